"""Purging, and sweeping what ended long ago."""

from graph.stores.cypher.fragments import IS_VERSION, MENTIONING, RELATING, either, stated

_EDGES = ("RELATES", "RELATED", "SAME_AS", "WAS_SAME_AS")
_FORGOTTEN_COUNTS = f"""
WITH c, p.reading AS reading, min(p.valid_from) AS since, count(p) AS lives
CALL (c, since) {{
  MATCH {MENTIONING} WHERE m.valid_from = since RETURN count(m) AS mentions, collect(DISTINCT e.id) AS entities
}}
CALL (c, since) {{ {RELATING} WITH x, since WHERE x.valid_from = since RETURN count(x) AS relations }}
WITH sum(lives) AS lives, count(reading) AS readings, sum(mentions) AS mentions, sum(relations) AS relations,
  collect(entities) AS lists
UNWIND CASE lists WHEN [] THEN [[]] ELSE lists END AS list
UNWIND CASE list WHEN [] THEN [null] ELSE list END AS entity
RETURN lives, readings, mentions, relations, count(DISTINCT entity)
"""
PURGED_COUNTS = f"""
WITH $id AS id {either("d", "Document")} MATCH (c)-[p:PART_OF|WAS_PART_OF]->(d) {_FORGOTTEN_COUNTS}
"""
SWEPT_COUNTS = f"""
MATCH (c)-[p:WAS_PART_OF]->() WHERE p.workspace = $w AND p.valid_to <= $horizon {_FORGOTTEN_COUNTS}
"""
PURGE_EDGES = f"""
WITH $id AS id {either("d", "Document")} MATCH (c)-[:PART_OF|WAS_PART_OF]->(d) WITH DISTINCT c
CALL (c) {{
  {" UNION ALL ".join(f"{stated('r', kind, 'c.id')} RETURN r" for kind in _EDGES)}
}}
DELETE r
"""
PURGED_ENTITIES = f"""
WITH $id AS id {either("d", "Document")} MATCH (c)-[:PART_OF|WAS_PART_OF]->(d)
MATCH (c)-[:MENTIONS|MENTIONED]->(e) RETURN collect(DISTINCT e.id)
"""
PURGE_CHUNKS = f"""
WITH $id AS id {either("d", "Document")} MATCH (c)-[:PART_OF|WAS_PART_OF]->(d) WITH DISTINCT c DETACH DELETE c
"""
PURGE_VERSIONS = f"WITH $id AS id {either('d', 'Document')} MATCH {IS_VERSION} DETACH DELETE v RETURN count(*)"
RENAME_ENTITIES = """
UNWIND $ids AS id MATCH (e:Entity {workspace: $w, id: id})
WHERE NOT EXISTS { (e)<-[m:MENTIONS]-() WHERE m.name = e.name AND m.type = e.type }
CALL (e) {
  MATCH (e)<-[m:MENTIONS]-() WITH m.name AS name, m.type AS type, count(*) AS n ORDER BY n DESC, name, type
  RETURN name, type LIMIT 1
}
SET e.name = name, e.type = type
"""
"""A name that only a purged document wrote must not stay."""
DROP_ENTITIES = """
UNWIND $ids AS id MATCH (e:Entity|PastEntity) WHERE e.workspace = $w AND e.id = id
AND NOT EXISTS { (e)<-[:MENTIONS|MENTIONED]-() } DETACH DELETE e
"""
SWEPT = f"""
MATCH (c)-[p:WAS_PART_OF]->() WHERE p.workspace = $w AND p.valid_to <= $horizon WITH c, p LIMIT $n
CALL (c, p) {{
  MATCH (c)-[m:MENTIONED]->(e) WHERE m.valid_from = p.valid_from
  WITH collect(DISTINCT e.id) AS entities, collect(m) AS ms
  FOREACH (m IN ms | DELETE m) RETURN entities
}}
CALL (c, p) {{
  CALL (c, p) {{
    {stated("r", "RELATED", "c.id")} AND r.valid_from = p.valid_from RETURN r
    UNION ALL {stated("r", "WAS_SAME_AS", "c.id")} AND r.valid_from = p.valid_from RETURN r
  }}
  WITH collect(r) AS rs FOREACH (r IN rs | DELETE r) RETURN size(rs) AS gone
}}
DELETE p RETURN c.id, entities
"""
SWEEP_CHUNKS = """
UNWIND $ids AS id MATCH (c:PastChunk {workspace: $w, id: id}) WHERE NOT EXISTS { (c)-[:WAS_PART_OF]->() }
DETACH DELETE c
"""
SWEEP_VERSIONS = """
MATCH (v:PastVersion) WHERE v.workspace = $w AND v.valid_to <= $horizon DETACH DELETE v RETURN count(*)
"""
SET_HORIZON = "MATCH (w:Workspace {name: $w}) WHERE w.horizon < $horizon SET w.horizon = $horizon"
ERASE_NODES = """
MATCH (n:Document|PastDocument|Version|PastVersion|Chunk|PastChunk|Entity|PastEntity|Revision|Verdict|Rights)
WHERE n.workspace = $w WITH n LIMIT $n DETACH DELETE n RETURN count(*)
"""
ERASE_WORKSPACE = "MATCH (w:Workspace {name: $w}) DETACH DELETE w"
