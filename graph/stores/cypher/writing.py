"""Writing documents, chunks and the graph. Every list is sorted by id."""

from graph.stores.cypher.fragments import either, stated

STATES = f"""
UNWIND $ids AS id {either("d", "Document")}
OPTIONAL MATCH (v:Version)-[:VERSION_OF]->(d)
RETURN d.id, d.barrier, d.removed, v.version, v.digest, v.valid_from,
  COLLECT {{ MATCH (c:Chunk)-[p:PART_OF]->(d) RETURN [c.id, p.reading] }}
"""
END_LIVES = """
UNWIND $rows AS row
MATCH (c:Chunk {workspace: $w, id: row[0]})-[p:PART_OF]->(d)
CREATE (c)-[q:WAS_PART_OF]->(d) SET q = properties(p), q.valid_to = row[1] DELETE p
"""
END_MENTIONS = """
UNWIND $rows AS row
MATCH (c:Chunk {workspace: $w, id: row[0]})-[m:MENTIONS]->(e)
CREATE (c)-[n:MENTIONED]->(e) SET n = properties(m), n.valid_to = row[1] DELETE m
RETURN collect(DISTINCT e.id)
"""
END_RELATIONS, END_ALIASES = (
    f"""
UNWIND $rows AS row {stated("r", present, "row[0]")}
CREATE (a)-[n:{past}]->(b) SET n = properties(r), n.valid_to = row[1] DELETE r
"""
    for present, past in (("RELATES", "RELATED"), ("SAME_AS", "WAS_SAME_AS"))
)
END_VERSIONS = """
UNWIND $rows AS row
MATCH (v:Version)-[:VERSION_OF]->(:Document {workspace: $w, id: row[0]})
REMOVE v:Version SET v:PastVersion, v.valid_to = row[1]
"""
REVIVE_DOCUMENTS = """
UNWIND $ids AS id MATCH (d:PastDocument {workspace: $w, id: id}) REMOVE d:PastDocument SET d:Document
"""
REVIVE_CHUNKS = "UNWIND $ids AS id MATCH (c:PastChunk {workspace: $w, id: id}) REMOVE c:PastChunk SET c:Chunk"
REVIVE_ENTITIES = "UNWIND $ids AS id MATCH (e:PastEntity {workspace: $w, id: id}) REMOVE e:PastEntity SET e:Entity"
MERGE_DOCUMENTS = "UNWIND $rows AS row MERGE (d:Document {workspace: $w, id: row.id}) SET d += row"
RETIRE_DOCUMENTS = """
UNWIND $rows AS row MATCH (d:Document {workspace: $w, id: row.id})
REMOVE d:Document SET d:PastDocument, d = row, d.workspace = $w
"""
MERGE_ENTITIES = """
UNWIND $rows AS row MERGE (e:Entity {workspace: $w, id: row[0]})
ON CREATE SET e.key = row[1], e.name = row[2], e.type = row[3], e.nested = row[4]
"""
MERGE_CHUNKS = "UNWIND $rows AS row MERGE (c:Chunk {workspace: $w, id: row.id}) ON CREATE SET c += row"
KNOWN_CHUNKS = "UNWIND $ids AS id MATCH (c:Chunk {workspace: $w, id: id}) RETURN c.id"
_BEGIN_LIVES = """
UNWIND $rows AS row
MATCH (c:Chunk {{workspace: $w, id: row.chunk}}) MATCH (d:Document {{workspace: $w, id: row.document}})
CREATE (c)-[p:{type} {{workspace: $w, reading: row.reading, valid_from: row.since, valid_to: row.until}}]->(d)
"""
_BEGIN_MENTIONS = """
UNWIND $rows AS row MATCH (c:Chunk {{workspace: $w, id: row.chunk}})
UNWIND row.mentions AS m MATCH (e:Entity {{workspace: $w, id: m[0]}})
CREATE (c)-[:{type} {{
  ordinal: m[1], sentence: m[2], start: m[3], end: m[4], name: m[5], key: m[6], type: m[7], is_name: m[8],
  valid_from: row.since, valid_to: row.until}}]->(e)
"""
_BEGIN_RELATIONS = """
UNWIND $rows AS row UNWIND row.relations AS r
MATCH (a:Entity {{workspace: $w, id: r[0]}}) MATCH (b:Entity {{workspace: $w, id: r[1]}})
CREATE (a)-[:{type} {{
  predicate: r[2], start: r[3], end: r[4], extractor: r[5], ordinal: r[6], chunk_id: row.chunk,
  document_id: row.document, valid_from: row.since, valid_to: row.until}}]->(b)
"""
_BEGIN_ALIASES = """
UNWIND $rows AS row UNWIND row.aliases AS a
MATCH (one:Entity {{workspace: $w, id: a[0]}}) MATCH (other:Entity {{workspace: $w, id: a[1]}})
CREATE (one)-[:{type} {{
  reason: a[2], start: a[3], end: a[4], ordinal: a[5], chunk_id: row.chunk, document_id: row.document,
  valid_from: row.since, valid_to: row.until}}]->(other)
"""
BEGIN: tuple[tuple[str, str, str], ...] = tuple(
    (part, statement.format(type=present), statement.format(type=past))
    for part, statement, present, past in (
        ("chunk", _BEGIN_LIVES, "PART_OF", "WAS_PART_OF"),
        ("mentions", _BEGIN_MENTIONS, "MENTIONS", "MENTIONED"),
        ("relations", _BEGIN_RELATIONS, "RELATES", "RELATED"),
        ("aliases", _BEGIN_ALIASES, "SAME_AS", "WAS_SAME_AS"),
    )
)
"""(what of a life it writes, statement for a life that goes on, statement for one that has ended) in order."""
_BEGIN_VERSIONS = """
UNWIND $rows AS row MATCH (d:Document {{workspace: $w, id: row.document_id}})
CREATE (v:{label} {{workspace: $w}})-[:VERSION_OF]->(d) SET v += row
"""
BEGIN_VERSIONS, BEGIN_PAST_VERSIONS = (_BEGIN_VERSIONS.format(label=one) for one in ("Version", "PastVersion"))
RETIRE_CHUNKS = """
UNWIND $ids AS id MATCH (c:Chunk {workspace: $w, id: id}) WHERE NOT EXISTS { (c)-[:PART_OF]->() }
REMOVE c:Chunk SET c:PastChunk
"""
RETIRE_ENTITIES = """
UNWIND $ids AS id MATCH (e:Entity {workspace: $w, id: id}) WHERE NOT EXISTS { (e)<-[:MENTIONS]-() }
REMOVE e:Entity SET e:PastEntity
"""
END_VERDICTS = """
UNWIND $rows AS row MATCH (v:Verdict {workspace: $w}) WHERE v.first_id = row.first_id AND v.second_id = row.second_id
AND v.valid_to IS NULL SET v.valid_to = $revision
"""
BEGIN_VERDICTS = "UNWIND $rows AS row CREATE (v:Verdict {workspace: $w, valid_from: $revision}) SET v += row"
