"""Statements of a walk: a search inside Neo4j. They need the indexes below, and terms on chunks."""

from graph.stores.cypher.fragments import VERSION_COLUMNS, at, either

TERMS_INDEX, PAST_TERMS_INDEX = "quipu_terms", "quipu_past_terms"
NESTED_INDEX, PAST_NESTED_INDEX = "quipu_nested", "quipu_past_nested"
VECTOR_INDEX, PAST_VECTOR_INDEX = "quipu_vectors", "quipu_past_vectors"
_WORDS = (
    "CREATE FULLTEXT INDEX {} IF NOT EXISTS FOR (n:{}) ON EACH [n.{}]"
    " OPTIONS {{indexConfig: {{`fulltext.analyzer`: 'whitespace'}}}}"
)
_VECTORS = (
    "CREATE VECTOR INDEX {} IF NOT EXISTS FOR (c:{}) ON (c.embedding)"
    " OPTIONS {{indexConfig: {{`vector.similarity_function`: 'cosine'}}}}"
)
KEY_INDEX, PAST_KEY_INDEX = "quipu_entity_key", "quipu_past_entity_key"
_KEYS = "CREATE INDEX {} IF NOT EXISTS FOR (e:{}) ON (e.workspace, e.key)"
INDEXES = {
    KEY_INDEX: _KEYS.format(KEY_INDEX, "Entity"),
    PAST_KEY_INDEX: _KEYS.format(PAST_KEY_INDEX, "PastEntity"),
    TERMS_INDEX: _WORDS.format(TERMS_INDEX, "Chunk", "terms"),
    PAST_TERMS_INDEX: _WORDS.format(PAST_TERMS_INDEX, "PastChunk", "terms"),
    NESTED_INDEX: _WORDS.format(NESTED_INDEX, "Entity", "nested"),
    PAST_NESTED_INDEX: _WORDS.format(PAST_NESTED_INDEX, "PastEntity", "nested"),
    VECTOR_INDEX: _VECTORS.format(VECTOR_INDEX, "Chunk"),
    PAST_VECTOR_INDEX: _VECTORS.format(PAST_VECTOR_INDEX, "PastChunk"),
}
"""No dimension is fixed: another embedder's vectors are indexed as they are put in the place of the old ones."""
INDEX_STATES = "SHOW INDEXES YIELD name, state WHERE name IN $names RETURN name, state ORDER BY name"
_PAGE = "MATCH (n:{}) WHERE n.workspace = $w AND n.id > $after WITH n ORDER BY n.workspace, n.id LIMIT $n"
_BARE = _PAGE + " RETURN max(n.id), collect(CASE WHEN {} THEN n.id END)"
_STALE = "n.plain IS NULL OR coalesce(n.cut, 1) <> $cut"
BARE_CHUNKS = tuple(_BARE.format(label, _STALE) for label in ("Chunk", "PastChunk"))
BARE_ENTITIES = tuple(_BARE.format(label, "n.nested IS NULL") for label in ("Entity", "PastEntity"))
"""A page of nodes by id: the last one's, and those that a walk cannot find yet, for want of terms of today."""
CHUNK_TEXTS = f"""
UNWIND $ids AS id {either("c", "Chunk")}
MATCH (c)-[p:PART_OF|WAS_PART_OF]->(d)<-[:VERSION_OF]-(v:Version|PastVersion)
WHERE (p.valid_to IS NULL OR v.valid_from < p.valid_to) AND (v.valid_to IS NULL OR p.valid_from < v.valid_to)
WITH c, head(collect(v.title)) AS title RETURN c.id, title, c.headings, c.text
"""
ENTITY_NAMES = f"UNWIND $ids AS id {either('e', 'Entity')} RETURN e.id, e.name"
SET_WORDS = f"UNWIND $rows AS row WITH row, row.id AS id {either('n', 'Chunk')} SET n += row"
SET_NESTED = f"UNWIND $rows AS row WITH row, row.id AS id {either('n', 'Entity')} SET n += row"

# --- one question; all in one record, because the driver's cost goes by records

_LIVE = "(c)-[p:PART_OF|WAS_PART_OF]->(d)"
_FOUND = f"""
WITH CASE WHEN EXISTS {{ MATCH ()-[p:WAS_PART_OF]->() WHERE p.workspace = $w AND p.valid_to > $r }}
THEN $indexes ELSE [$indexes[0]] END AS indexes
UNWIND indexes AS index CALL %s YIELD node AS c, score
WITH c, score ORDER BY score DESC, c.id LIMIT $n
RETURN collect([c.id, score, c.workspace = $w AND EXISTS {{ {_LIVE} WHERE {at("p")} }}])
"""
NEAREST = _FOUND % "db.index.vector.queryNodes(index, $n, $vector)"
MATCHING = _FOUND % "db.index.fulltext.queryNodes(index, $query, {limit: $n})"
"""Both look into the index of the past where something has ended since the revision that is read."""
LIVE_WORDS = f"""
CALL () {{ {_PAGE.format("Chunk")} RETURN n AS c UNION ALL {_PAGE.format("PastChunk")} RETURN n AS c }}
WITH c ORDER BY c.id LIMIT $n
RETURN collect([EXISTS {{ {_LIVE} WHERE {at("p")} }}, c.id, c.terms, c.titled, c.plain])
"""
WORDS_OF = f"UNWIND $ids AS id {either('c', 'Chunk')} RETURN collect([c.id, c.terms, c.titled, c.plain])"
TITLE_WORDS = f"""
UNWIND $ids AS id {either("d", "Document")}
MATCH (v:Version|PastVersion)-[:VERSION_OF]->(d) WHERE {at("v")}
WITH d.id AS document, v.chunk_ids[0] AS id {either("c", "Chunk")} RETURN collect([document, c.terms, c.titled])
"""
_PASSAGES = f"""
CALL (e, mentions) {{
  MATCH (c)-[m:MENTIONS|MENTIONED]->(e) WHERE mentions <= $most AND m.is_name AND {at("m")}
  WITH c, max(m.sentence) AS sentence ORDER BY c.id RETURN collect([c.id, c.document_id, sentence >= 0]) AS passages
}}
"""
_NAMED = """
UNWIND $keys AS key CALL (key) {
  MATCH (e:Entity {workspace: $w, key: key}) RETURN e
  UNION ALL MATCH (e:PastEntity {workspace: $w, key: key}) RETURN e
}
"""
KNOWN_NAMES = f"""
{_NAMED} WITH e WHERE EXISTS {{ (e)<-[m:MENTIONS|MENTIONED]-() WHERE m.is_name AND {at("m")} }}
RETURN collect(DISTINCT e.key)
"""
CHUNKS_OF = f"""
CALL () {{
  {_NAMED} WITH e, COUNT {{ (e)<-[:MENTIONS]-() }} AS mentions
  {_PASSAGES} RETURN collect([e.key, passages, mentions]) AS own
}}
CALL () {{
  UNWIND $indexes AS index CALL db.index.fulltext.queryNodes(index, $nested, {{limit: $longer}}) YIELD node AS e, score
  WITH e, score, COUNT {{ (e)<-[:MENTIONS]-() }} AS mentions WHERE e.workspace = $w
  ORDER BY score DESC, e.key LIMIT $longer
  {_PASSAGES} RETURN collect([e.nested, passages]) AS longer
}}
RETURN own, longer
"""
"""The names asked for, homonyms apart, and the longer names that they stand at the edge of."""
NAMES_IN = f"""
UNWIND $ids AS id {either("c", "Chunk")}
MATCH (c)-[m:MENTIONS|MENTIONED]->(e) WHERE m.is_name AND {at("m")}
WITH c, collect([m.ordinal, m.key, m.name, m.sentence, COUNT {{ (e)<-[:MENTIONS]-() }}]) AS names
RETURN collect([c.id, names])
"""
CARDS = f"""
UNWIND $ids AS id {either("c", "Chunk")} MATCH {_LIVE} WHERE {at("p")}
MATCH (v:Version|PastVersion)-[:VERSION_OF]->(d) WHERE {at("v")}
RETURN collect([c.id, c.terms, c.titled, {VERSION_COLUMNS}])
"""
VECTORS = f"UNWIND $ids AS id {either('c', 'Chunk')} RETURN collect([c.id, c.embedding])"
