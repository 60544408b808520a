"""Vectors of another embedder, which wait beside those in use."""

from graph.stores.cypher.fragments import CHUNK_COLUMNS, IS_VERSION, either

IS_STAGED = "MATCH (s:QuipuStore {name: 'quipu'}) RETURN coalesce(s.staged_embedder = $identity, false)"
UNSTAGED = f"""
MATCH (s:QuipuStore {{name: 'quipu'}}) WITH coalesce(s.staged_embedder = $identity, false) AS known
MATCH (c:Chunk|PastChunk) WHERE c.workspace = $w AND NOT (known AND c.staged IS NOT NULL)
WITH c ORDER BY c.id LIMIT $n
MATCH (c)-[p:PART_OF|WAS_PART_OF]->(d)
MATCH {IS_VERSION}
WHERE (p.valid_to IS NULL OR v.valid_from < p.valid_to) AND (v.valid_to IS NULL OR p.valid_from < v.valid_to)
WITH c, head(collect(v.title)) AS title RETURN {CHUNK_COLUMNS}, title ORDER BY c.id
"""
CLEAR_STAGED = "MATCH (c:Chunk|PastChunk) WHERE c.staged IS NOT NULL REMOVE c.staged"
SET_STAGED = "MATCH (s:QuipuStore {name: 'quipu'}) SET s.staged_embedder = $identity"
STAGE = f"UNWIND $rows AS row WITH row[0] AS id, row[1] AS vector {either('c', 'Chunk')} SET c.staged = vector"
COUNT_UNSTAGED = """
MATCH (s:QuipuStore {name: 'quipu'}) WITH coalesce(s.staged_embedder = $identity, false) AS known
OPTIONAL MATCH (c:Chunk|PastChunk) WHERE NOT (known AND c.staged IS NOT NULL) RETURN count(c)
"""
SET_ADOPTED = """
MATCH (s:QuipuStore {name: 'quipu'})
CALL () { OPTIONAL MATCH (c:Chunk|PastChunk) RETURN size(c.staged) AS dimension LIMIT 1 }
SET s.embedder = $identity, s.dimension = dimension REMOVE s.staged_embedder
"""
ADOPT = "MATCH (c:Chunk|PastChunk) SET c.embedding = c.staged REMOVE c.staged"
