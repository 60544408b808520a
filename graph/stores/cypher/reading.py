"""Reading documents and the graph at a revision."""

from graph.stores.cypher.fragments import (
    CHUNK_COLUMNS,
    IS_VERSION,
    LIVES,
    MENTION_COLUMNS,
    MENTIONING,
    RELATING,
    RELATION_COLUMNS,
    VERSION_COLUMNS,
    at,
    either,
    readable,
    stated,
)

_ONE_VERSION = (
    f"WITH $id AS id {either('d', 'Document')} MATCH {IS_VERSION} WHERE {at('v')} {readable('v.document_id')}"
)
DOCUMENT = f"{_ONE_VERSION} RETURN {VERSION_COLUMNS}"
TEXT = f"{_ONE_VERSION} RETURN v.text"
DOCUMENTS_BY_ID = f"""
UNWIND $ids AS id {either("d", "Document")} MATCH {IS_VERSION} WHERE {at("v")} {readable("v.document_id")}
RETURN {VERSION_COLUMNS}
"""
VERSIONS = f"""
WITH $id AS id {either("d", "Document")} MATCH {IS_VERSION} WHERE true {readable("v.document_id")}
RETURN {VERSION_COLUMNS}, v.valid_from, v.valid_to ORDER BY v.valid_from
"""
DIGESTS = f"""
WITH $id AS id {either("d", "Document")} MATCH {IS_VERSION}
RETURN v.version, v.valid_from, v.valid_to, v.digest ORDER BY v.valid_from
"""
_PAGE = f"""
MATCH (d:%s) WHERE d.workspace = $w AND d.id > $after
MATCH {IS_VERSION} WHERE {at("v")} {readable("v.document_id")}
RETURN d, v ORDER BY d.workspace, d.id LIMIT $n
"""
DOCUMENTS = f"""
CALL () {{ {_PAGE % "Document"} UNION ALL {_PAGE % "PastDocument"} }}
RETURN {VERSION_COLUMNS} ORDER BY d.id LIMIT $n
"""
DOCUMENT_CHUNKS = f"""
{_ONE_VERSION} UNWIND range(0, size(v.chunk_ids) - 1) AS place WITH v, place, v.chunk_ids[place] AS id
{either("c", "Chunk")}
RETURN {CHUNK_COLUMNS}, place, v.places[3 * place], v.places[3 * place + 1], v.places[3 * place + 2] ORDER BY place
"""
DOCUMENT_COUNTS = f"""
WITH $id AS id {either("d", "Document")}
MATCH {LIVES} WHERE {at("p")} {readable("d.id")}
CALL (c) {{ MATCH {MENTIONING} WHERE {at("m")} RETURN count(m) AS mentions, collect(DISTINCT e.id) AS entities }}
CALL (c) {{ {RELATING} WITH x WHERE {at("x")} RETURN count(x) AS relations }}
WITH count(c) AS chunks, sum(mentions) AS mentions, sum(relations) AS relations, collect(entities) AS lists
UNWIND CASE lists WHEN [] THEN [[]] ELSE lists END AS list
UNWIND CASE list WHEN [] THEN [null] ELSE list END AS entity
RETURN chunks, mentions, relations, count(DISTINCT entity)
"""
COUNT_DOCUMENTS = f"""
MATCH (v:Version|PastVersion) WHERE v.workspace = $w AND {at("v")} {readable("v.document_id")} RETURN count(v)
"""
COUNT_MENTIONS = f"""
MATCH (c:Chunk|PastChunk) WHERE c.workspace = $w
MATCH (c)-[p:PART_OF|WAS_PART_OF]->() WHERE {at("p")} {readable("c.document_id")}
OPTIONAL MATCH {MENTIONING} WHERE {at("m")}
RETURN count(DISTINCT c), count(m), count(DISTINCT e)
"""
COUNT_RELATIONS = f"""
MATCH (a:Entity|PastEntity)-[r:RELATES|RELATED]->() WHERE a.workspace = $w AND {at("r")} {readable("r.document_id")}
RETURN count(r)
"""
CHUNKS = f"""
UNWIND $ids AS id {either("c", "Chunk")}
MATCH (c)-[p:PART_OF|WAS_PART_OF]->(d) WHERE {at("p")} {readable("c.document_id")}
MATCH {IS_VERSION} WHERE {at("v")}
WITH c, v, p, [n IN range(0, size(v.chunk_ids) - 1) WHERE v.chunk_ids[n] = c.id][0] AS place
RETURN {CHUNK_COLUMNS}, place, v.places[3 * place], v.places[3 * place + 1], v.places[3 * place + 2],
  CASE WHEN p.valid_to IS NULL AND v.valid_to IS NULL
  THEN CASE WHEN p.valid_from > v.valid_from THEN p.valid_from ELSE v.valid_from END END, {VERSION_COLUMNS}
"""
_NAMED = f"""
MATCH (e:%s) WHERE e.workspace = $w AND e.key CONTAINS $key
WITH e, COUNT {{ (e)<-[m:MENTIONS|MENTIONED]-(c) WHERE {at("m")} {readable("c.document_id")} }} AS n WHERE n > 0
RETURN e.id AS id, e.key AS key, n
"""
FIND_ENTITIES = f"""
CALL () {{ {_NAMED % "Entity"} UNION ALL {_NAMED % "PastEntity"} }} RETURN id ORDER BY n DESC, key, id LIMIT $n
"""
ENTITIES = f"""
UNWIND $ids AS id {either("e", "Entity")} MATCH (c)-[m:MENTIONS|MENTIONED]->(e) WHERE {at("m")}
{readable("c.document_id")}
RETURN e.id, m.name, m.type, m.key, c.document_id
"""
MENTIONS = f"""
WITH $id AS id {either("e", "Entity")} MATCH (c)-[m:MENTIONS|MENTIONED]->(e) WHERE {at("m")} {readable("c.document_id")}
RETURN c.id, {MENTION_COLUMNS} ORDER BY c.id, m.start, m.ordinal LIMIT $n
"""
RELATIONS = f"""
WITH $id AS id {either("e", "Entity")} MATCH (e)-[r:RELATES|RELATED]-() WHERE {at("r")}
{readable("r.document_id")}
WITH DISTINCT r ORDER BY r.chunk_id, r.start, r.predicate, r.ordinal LIMIT $n RETURN r.chunk_id, {RELATION_COLUMNS}
"""
NEIGHBOURS = f"""
UNWIND $ids AS id {either("e", "Entity")} MATCH (e)-[r:RELATES|RELATED]-(o) WHERE NOT o.id IN $ids AND {at("r")}
{readable("r.document_id")}
WITH o.id AS id, count(DISTINCT r) AS n ORDER BY n DESC, id WITH collect(id) AS found RETURN size(found), found[..$n]
"""
RELATIONS_AMONG = f"""
UNWIND $ids AS id {either("e", "Entity")} MATCH (e)-[r:RELATES|RELATED]->(o) WHERE o.id IN $ids AND {at("r")}
{readable("r.document_id")}
WITH r ORDER BY r.chunk_id, r.start, r.ordinal
WITH startNode(r).id AS source, r.predicate AS predicate, endNode(r).id AS target, collect(r)[..$each] AS some
UNWIND some AS r RETURN r.chunk_id, {RELATION_COLUMNS} ORDER BY r.chunk_id, r.start, r.predicate, r.ordinal LIMIT $n
"""
STATED_ALIASES = f"""
MATCH (a:Entity|PastEntity)-[r:SAME_AS|WAS_SAME_AS]->(b) WHERE a.workspace = $w AND {at("r")}
{readable("r.document_id")}
RETURN a.id, b.id, r.reason, r.chunk_id, r.start, r.end
"""
STATED_ALIASES_OF = f"""
UNWIND $ids AS id {either("e", "Entity")} MATCH (e)-[r:SAME_AS|WAS_SAME_AS]-() WHERE {at("r")}
{readable("r.document_id")} WITH DISTINCT r RETURN startNode(r).id, endNode(r).id, r.reason, r.chunk_id, r.start, r.end
"""
VERDICTS = f"""
MATCH (v:Verdict) WHERE v.workspace = $w AND {at("v")}
RETURN v.first_id, v.second_id, v.same, v.reason ORDER BY v.first_id, v.second_id
"""
LIVING = f"""
UNWIND $ids AS id {either("e", "Entity")}
WITH e WHERE EXISTS {{ (e)<-[m:MENTIONS|MENTIONED]-(c) WHERE {at("m")} {readable("c.document_id")} }} RETURN e.id
"""
READ_RELATIONS = f"""
UNWIND $ids AS id CALL (id) {{
  {stated("x", "RELATES", "id")} RETURN x UNION ALL {stated("x", "RELATED", "id")} RETURN x
}}
WITH x AS r WHERE {at("r")} {readable("r.document_id")}
RETURN r.chunk_id, {RELATION_COLUMNS} ORDER BY r.chunk_id, r.ordinal
"""
READ_ALIASES = f"""
UNWIND $ids AS id CALL (id) {{
  {stated("x", "SAME_AS", "id")} RETURN x UNION ALL {stated("x", "WAS_SAME_AS", "id")} RETURN x
}}
WITH x AS r WHERE {at("r")} {readable("r.document_id")}
RETURN startNode(r).id, endNode(r).id, r.reason, r.chunk_id, r.start, r.end ORDER BY r.chunk_id, r.ordinal
"""
