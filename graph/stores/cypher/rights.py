"""Who may read documents. ``readers`` is missing where the whole workspace may; see ``graph/rights.py``."""

_COLUMNS = "x.id, x.readers, x.coming, x.version, x.waits"
RIGHTS = f"MATCH (x:Rights) WHERE x.workspace = $w RETURN {_COLUMNS}"
RIGHTS_OF = f"UNWIND $ids AS id MATCH (x:Rights {{workspace: $w, id: id}}) RETURN {_COLUMNS}"
SET_RIGHTS = """
UNWIND $rows AS row MERGE (x:Rights {workspace: $w, id: row.id})
SET x.readers = row.readers, x.coming = row.coming, x.version = row.version, x.waits = row.waits
"""
DROP_RIGHTS = "UNWIND $ids AS id MATCH (x:Rights {workspace: $w, id: id}) DELETE x"
DROP_ALL_RIGHTS = "MATCH (x:Rights) WHERE x.workspace = $w DELETE x"
