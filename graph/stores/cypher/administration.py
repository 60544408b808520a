"""The store itself: its schema, its owner, its workspaces, and the log of revisions."""

from graph.stores.cypher.fragments import readable

_UNIQUE = "CREATE CONSTRAINT quipu_{name} IF NOT EXISTS FOR (n:{label}) REQUIRE ({keys}) IS UNIQUE"
_NODES = "CREATE INDEX quipu_{name} IF NOT EXISTS FOR (n:{label}) ON ({keys})"
_EDGES = "CREATE INDEX quipu_{name} IF NOT EXISTS FOR ()-[n:{label}]-() ON ({keys})"


def _schema(statement: str, label: str, *properties: str) -> str:
    name = "_".join((label.lower(), *properties))
    return statement.format(name=name, label=label, keys=", ".join(f"n.{one}" for one in properties))


SERVER = "CALL dbms.components() YIELD name, versions, edition RETURN name, versions[0], edition"
"""Which server it is."""
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        _schema(_UNIQUE, "QuipuStore", "name"),
        _schema(_UNIQUE, "Workspace", "name"),
        *(
            _schema(_UNIQUE, prefix + label, "workspace", "id")
            for label in ("Document", "Chunk", "Entity") for prefix in ("", "Past")
        ),
        _schema(_UNIQUE, "Revision", "workspace", "revision"),
        _schema(_NODES, "Revision", "workspace", "committed_at"),
        _schema(_NODES, "Entity", "name"),
        _schema(_NODES, "Version", "workspace", "valid_from"),
        _schema(_NODES, "PastVersion", "workspace", "valid_from"),
        _schema(_NODES, "PastVersion", "workspace", "valid_to"),
        _schema(_NODES, "Verdict", "workspace"),
        _schema(_EDGES, "PART_OF", "workspace", "valid_from"),
        _schema(_EDGES, "WAS_PART_OF", "workspace", "valid_from"),
        _schema(_EDGES, "WAS_PART_OF", "workspace", "valid_to"),
        *(_schema(_EDGES, label, "chunk_id") for label in ("RELATES", "RELATED", "SAME_AS", "WAS_SAME_AS")),
    ),
    (_schema(_UNIQUE, "Rights", "workspace", "id"),),
)  # fmt: skip
"""Each runs once, in order; each statement may run again, so that a migration that was cut off is repeated."""
READ_STORE = "MATCH (s:QuipuStore {name: 'quipu'}) RETURN s.id, s.schema, s.owner, s.embedder, s.dimension"
CREATE_STORE = "MERGE (s:QuipuStore {name: 'quipu'}) ON CREATE SET s.id = $id, s.schema = 0"
SET_SCHEMA = "MATCH (s:QuipuStore {name: 'quipu'}) SET s.schema = $schema"
CLAIM = "MATCH (s:QuipuStore {name: 'quipu'}) SET s.owner = coalesce(s.owner, $owner) RETURN s.owner"
STAMP = "MATCH (s:QuipuStore {name: 'quipu'}) SET s.embedder = coalesce(s.embedder, $identity) RETURN s.embedder"
SET_DIMENSION = (
    "MATCH (s:QuipuStore {name: 'quipu'}) SET s.dimension = coalesce(s.dimension, $dimension) RETURN s.dimension"
)
WORKSPACES = "MATCH (w:Workspace) RETURN w.name ORDER BY w.name"
REVISION = """
MATCH (s:QuipuStore {name: 'quipu'}) OPTIONAL MATCH (w:Workspace {name: $w}) RETURN s.id, w.revision, w.horizon
"""
LOCK = """
MERGE (w:Workspace {name: $w}) ON CREATE SET w.revision = 0, w.horizon = 0
SET w.locked_at = datetime() WITH w RETURN w.revision
"""
"""Setting a property takes the node's lock: writers of a workspace queue here, and cannot deadlock."""
PUBLISH = "MATCH (w:Workspace {name: $w}) SET w.revision = $revision"
COMMITTED = "MATCH (r:Revision {workspace: $w}) WHERE r.revision > $since AND r.write = $token RETURN count(r)"
RECORD = """
UNWIND $rows AS row
CREATE (r:Revision {workspace: $w})
SET r += row, r.write = $token, r.committed_at = coalesce(row.committed_at, $now)
"""
REVISION_AT = f"""
MATCH (r:Revision) WHERE r.workspace = $w AND r.committed_at <= $moment {readable("r.document_id")}
RETURN max(r.revision)
"""
LOG = f"""
MATCH (r:Revision) WHERE r.workspace = $w AND r.revision > $since AND r.revision <= $until {readable("r.document_id")}
RETURN r.revision, r.kind, r.document_id, r.version, r.committed_at ORDER BY r.revision
"""
BARRIERS = """
MATCH (d:Document {workspace: $w}) WHERE d.barrier IS NOT NULL RETURN d.id, d.barrier
UNION MATCH (d:PastDocument {workspace: $w}) WHERE d.barrier IS NOT NULL RETURN d.id, d.barrier
"""
