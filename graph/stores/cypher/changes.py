"""Reading what changed between two revisions."""

from graph.stores.cypher.fragments import (
    CHUNK_COLUMNS,
    IS_VERSION,
    MENTION_COLUMNS,
    MENTIONING,
    RELATING,
    VERSION_COLUMNS,
    at,
    either,
    readable,
)

ROW_IDS = f"""
MATCH (c:Chunk|PastChunk)-[p:PART_OF|WAS_PART_OF]->() WHERE c.workspace = $w AND {at("p")} {readable("c.document_id")}
RETURN c.id ORDER BY c.id
"""
ROWS = f"""
UNWIND $ids AS id {either("c", "Chunk")}
MATCH (c)-[p:PART_OF|WAS_PART_OF]->(d) WHERE {at("p")} {readable("c.document_id")}
MATCH {IS_VERSION} WHERE {at("v")}
RETURN {CHUNK_COLUMNS}, v.title, c.embedding,
  COLLECT {{ MATCH {MENTIONING} WHERE {at("m")} RETURN [m.ordinal, {MENTION_COLUMNS}] }}
"""
CLOSED = f"""
MATCH (c)-[p:WAS_PART_OF]->() WHERE p.workspace = $w AND p.valid_to > $since AND p.valid_to <= $r
AND p.valid_from <= $since {readable("c.document_id")} RETURN DISTINCT c.id ORDER BY c.id
"""
_OPENED = (
    "MATCH (c)-[p:%s]->() WHERE p.workspace = $w AND p.valid_from > $since AND p.valid_from <= $r"
    f" {readable('c.document_id')}"
)
OPENED = f"""
CALL () {{
  {_OPENED % "PART_OF"} RETURN c.id AS id
  UNION ALL {_OPENED % "WAS_PART_OF"} AND p.valid_to > $r RETURN c.id AS id
}} RETURN id ORDER BY id
"""
_STARTED = (
    f"MATCH (v:%s) WHERE v.workspace = $w AND v.valid_from > $since AND v.valid_from <= $r {readable('v.document_id')}"
)
STARTED = f"""
CALL () {{ {_STARTED % "Version"} RETURN v UNION ALL {_STARTED % "PastVersion"} AND v.valid_to > $r RETURN v }}
RETURN {VERSION_COLUMNS} ORDER BY v.document_id
"""
_ENDED = (
    "MATCH (v:PastVersion) WHERE v.workspace = $w AND v.valid_to > $since AND v.valid_to <= $r"
    f" {readable('v.document_id')}"
)
ENDED = f"{_ENDED} RETURN DISTINCT v.document_id ORDER BY v.document_id"
VECTORS = f"""
UNWIND $ids AS id {either("c", "Chunk")} WITH c WHERE true {readable("c.document_id")} RETURN c.id, c.embedding
"""
CHANGED_DOCUMENTS = f"""
CALL () {{
  {_STARTED % "Version"} RETURN v.document_id AS id UNION {_STARTED % "PastVersion"} RETURN v.document_id AS id
  UNION {_ENDED} RETURN v.document_id AS id
}}
WITH id WHERE id > $after RETURN id ORDER BY id LIMIT $n
"""
_BEGUN = "p.workspace = $w AND p.valid_from > $since AND p.valid_from <= $r"
_GONE = "p.workspace = $w AND p.valid_to > $since AND p.valid_to <= $r"
_CHANGED_LIVES = f"""
CALL () {{
  MATCH (c)-[p:PART_OF]->() WHERE {_BEGUN} RETURN c, p.valid_from AS life
  UNION MATCH (c)-[p:WAS_PART_OF]->() WHERE {_BEGUN} RETURN c, p.valid_from AS life
  UNION MATCH (c)-[p:WAS_PART_OF]->() WHERE {_GONE} RETURN c, p.valid_from AS life
}}
"""
CHANGED_ENTITIES = f"""
{_CHANGED_LIVES} MATCH {MENTIONING} WHERE m.valid_from = life AND e.id > $after
RETURN DISTINCT e.id ORDER BY e.id LIMIT $n
"""
MOVED = f"""
UNWIND $ids AS id {either("e", "Entity")} MATCH (c)-[m:MENTIONS|MENTIONED]->(e)
WHERE (m.valid_from > $since AND {at("m")} OR m.valid_from <= $since AND m.valid_to > $since AND m.valid_to <= $r)
{readable("c.document_id")}
RETURN e.id, m.name, m.type, m.key, c.document_id, m.valid_from > $since
"""
CHANGED_FACTS = f"""
{_CHANGED_LIVES} {RELATING}
WITH x, life WHERE x.valid_from = life
WITH DISTINCT startNode(x).id AS source, x.predicate AS predicate, endNode(x).id AS target
WHERE source > $source OR (source = $source AND (predicate > $predicate
  OR (predicate = $predicate AND target > $target)))
RETURN source, predicate, target ORDER BY source, predicate, target LIMIT $n
"""
FACTS = f"""
UNWIND $keys AS key WITH key[0] AS id, key[1] AS predicate, key[2] AS target
{either("e", "Entity")}
MATCH (e)-[r:RELATES|RELATED {{predicate: predicate}}]->(o) WHERE o.id = target AND {at("r")}
{readable("r.document_id")}
RETURN e.id, predicate, target, r.chunk_id, r.document_id
"""  # fmt: skip
