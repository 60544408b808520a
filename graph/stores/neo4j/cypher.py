"""Every statement that Quipu sends to Neo4j, constant and named. Values are bound; no text becomes a label or a key.

What holds now has the labels ``Document``, ``Version``, ``Chunk``, ``Entity`` and the types ``PART_OF``,
``MENTIONS``, ``RELATES``, ``SAME_AS``. What was has ``Past…`` labels and ``WAS_PART_OF``, ``MENTIONED``,
``RELATED``, ``WAS_SAME_AS``, with ``valid_to``. A statement that reads at revision ``$r`` looks at both.
``$w`` is the workspace. Needs Neo4j 5.23 or newer (``CALL (x) { … }``).
"""


def at(*names: str) -> str:
    """Conditions that elements are live at ``$r``."""
    return " AND ".join(f"{n}.valid_from <= $r AND ($r < {n}.valid_to OR {n}.valid_to IS NULL)" for n in names)


def either(name: str, label: str, id_expression: str = "id") -> str:
    """A node by its id, whether it is of the present or of the past."""
    match = f"MATCH ({name}:%s {{workspace: $w, id: {id_expression}}}) RETURN {name}"
    outer = id_expression.split(".", maxsplit=1)[0]
    return f"CALL ({outer}) {{ {match % label} UNION ALL {match % ('Past' + label)} }}"


_UNIQUE = "CREATE CONSTRAINT quipu_{name} IF NOT EXISTS FOR (n:{label}) REQUIRE ({keys}) IS UNIQUE"
_NODES = "CREATE INDEX quipu_{name} IF NOT EXISTS FOR (n:{label}) ON ({keys})"
_EDGES = "CREATE INDEX quipu_{name} IF NOT EXISTS FOR ()-[n:{label}]-() ON ({keys})"


def _schema(statement: str, label: str, *properties: str) -> str:
    name = "_".join((label.lower(), *properties))
    return statement.format(name=name, label=label, keys=", ".join(f"n.{one}" for one in properties))


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
)  # fmt: skip
"""Each runs once, in order; each statement may run again, so that a migration that was cut off is repeated."""
AWAIT_INDEXES = "CALL db.awaitIndexes(30)"

# --- the store itself

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
REVISION_AT = """
MATCH (r:Revision) WHERE r.workspace = $w AND r.committed_at <= $moment RETURN max(r.revision)
"""
LOG = """
MATCH (r:Revision) WHERE r.workspace = $w AND r.revision > $since AND r.revision <= $until
RETURN r.revision, r.kind, r.document_id, r.version, r.committed_at ORDER BY r.revision
"""

# --- reading documents

_VERSION = (
    "v.document_id, v.version, v.title, v.source, v.media_type, v.metadata, v.content_hash, v.created_at,"
    " v.updated_at, v.stage"
)
VERSION_WIDTH = 10
_IS_VERSION = "(v:Version|PastVersion)-[:VERSION_OF]->(d)"
_ONE_VERSION = f"WITH $id AS id {either('d', 'Document')} MATCH {_IS_VERSION} WHERE {at('v')}"
DOCUMENT = f"{_ONE_VERSION} RETURN {_VERSION}"
TEXT = f"{_ONE_VERSION} RETURN v.text"
DOCUMENTS_BY_ID = f"""
UNWIND $ids AS id {either("d", "Document")} MATCH {_IS_VERSION} WHERE {at("v")} RETURN {_VERSION}
"""
VERSIONS = f"""
WITH $id AS id {either("d", "Document")} MATCH {_IS_VERSION}
RETURN {_VERSION}, v.valid_from, v.valid_to ORDER BY v.valid_from
"""
_PAGE = f"""
MATCH (d:%s) WHERE d.workspace = $w AND d.id > $after
MATCH {_IS_VERSION} WHERE {at("v")} RETURN d, v ORDER BY d.workspace, d.id LIMIT $n
"""
DOCUMENTS = f"""
CALL () {{ {_PAGE % "Document"} UNION ALL {_PAGE % "PastDocument"} }}
RETURN {_VERSION} ORDER BY d.id LIMIT $n
"""
_CHUNK = "c.id, c.document_id, c.headings, c.text, c.sentences"
CHUNK_WIDTH = 5
DOCUMENT_CHUNKS = f"""
{_ONE_VERSION} UNWIND range(0, size(v.chunk_ids) - 1) AS place WITH v, place, v.chunk_ids[place] AS id
{either("c", "Chunk")}
RETURN {_CHUNK}, place, v.places[3 * place], v.places[3 * place + 1], v.places[3 * place + 2] ORDER BY place
"""
_LIVES = "(c)-[p:PART_OF|WAS_PART_OF]->(d)"
_MENTIONS = "(c)-[m:MENTIONS|MENTIONED]->(e)"
_RELATIONS = """
CALL (c) {
  MATCH (a)-[x:RELATES]->() WHERE x.chunk_id = c.id AND a.workspace = $w RETURN x
  UNION ALL MATCH (a)-[x:RELATED]->() WHERE x.chunk_id = c.id AND a.workspace = $w RETURN x
}
"""
DOCUMENT_COUNTS = f"""
WITH $id AS id {either("d", "Document")}
MATCH {_LIVES} WHERE {at("p")}
CALL (c) {{ MATCH {_MENTIONS} WHERE {at("m")} RETURN count(m) AS mentions, collect(DISTINCT e.id) AS entities }}
CALL (c) {{ {_RELATIONS} WITH x WHERE {at("x")} RETURN count(x) AS relations }}
WITH count(c) AS chunks, sum(mentions) AS mentions, sum(relations) AS relations, collect(entities) AS lists
UNWIND CASE lists WHEN [] THEN [[]] ELSE lists END AS list
UNWIND CASE list WHEN [] THEN [null] ELSE list END AS entity
RETURN chunks, mentions, relations, count(DISTINCT entity)
"""
COUNT_DOCUMENTS = f"MATCH (v:Version|PastVersion) WHERE v.workspace = $w AND {at('v')} RETURN count(v)"
COUNT_MENTIONS = f"""
MATCH (c:Chunk|PastChunk) WHERE c.workspace = $w
MATCH (c)-[p:PART_OF|WAS_PART_OF]->() WHERE {at("p")}
OPTIONAL MATCH {_MENTIONS} WHERE {at("m")}
RETURN count(DISTINCT c), count(m), count(DISTINCT e)
"""
COUNT_RELATIONS = f"""
MATCH (a:Entity|PastEntity)-[r:RELATES|RELATED]->() WHERE a.workspace = $w AND {at("r")} RETURN count(r)
"""

# --- reading the graph

CHUNKS = f"""
UNWIND $ids AS id {either("c", "Chunk")}
MATCH (c)-[p:PART_OF|WAS_PART_OF]->(d) WHERE {at("p")}
MATCH {_IS_VERSION} WHERE {at("v")}
WITH c, v, p, [n IN range(0, size(v.chunk_ids) - 1) WHERE v.chunk_ids[n] = c.id][0] AS place
RETURN {_CHUNK}, place, v.places[3 * place], v.places[3 * place + 1], v.places[3 * place + 2],
  CASE WHEN p.valid_to IS NULL AND v.valid_to IS NULL
  THEN CASE WHEN p.valid_from > v.valid_from THEN p.valid_from ELSE v.valid_from END END, {_VERSION}
"""
_NAMED = f"""
MATCH (e:%s) WHERE e.workspace = $w AND e.key CONTAINS $key
WITH e, COUNT {{ (e)<-[m:MENTIONS|MENTIONED]-() WHERE {at("m")} }} AS n WHERE n > 0
RETURN e.id AS id, n
"""
FIND_ENTITIES = f"""
CALL () {{ {_NAMED % "Entity"} UNION ALL {_NAMED % "PastEntity"} }} RETURN id ORDER BY n DESC, id LIMIT $n
"""
ENTITIES = f"""
UNWIND $ids AS id {either("e", "Entity")} MATCH (c)-[m:MENTIONS|MENTIONED]->(e) WHERE {at("m")}
RETURN e.id, m.name, m.type, m.key, c.document_id
"""
_MENTION = "e.id, m.sentence, m.start, m.end, m.name, m.key, m.type, m.is_name"
MENTIONS = f"""
WITH $id AS id {either("e", "Entity")} MATCH (c)-[m:MENTIONS|MENTIONED]->(e) WHERE {at("m")}
RETURN c.id, {_MENTION} ORDER BY c.id, m.start, m.ordinal LIMIT $n
"""
_RELATION = "startNode(r).id, endNode(r).id, r.predicate, r.start, r.end, r.extractor"
RELATIONS = f"""
WITH $id AS id {either("e", "Entity")} MATCH (e)-[r:RELATES|RELATED]-() WHERE {at("r")}
WITH DISTINCT r ORDER BY r.chunk_id, r.start, r.predicate, r.ordinal LIMIT $n RETURN r.chunk_id, {_RELATION}
"""
STATED_ALIASES = f"""
MATCH (a:Entity|PastEntity)-[r:SAME_AS|WAS_SAME_AS]->(b) WHERE a.workspace = $w AND {at("r")}
RETURN a.id, b.id, r.reason, r.chunk_id, r.start, r.end
"""
STATED_ALIASES_OF = f"""
UNWIND $ids AS id {either("e", "Entity")} MATCH (e)-[r:SAME_AS|WAS_SAME_AS]-() WHERE {at("r")}
WITH DISTINCT r RETURN startNode(r).id, endNode(r).id, r.reason, r.chunk_id, r.start, r.end
"""
VERDICTS = f"""
MATCH (v:Verdict) WHERE v.workspace = $w AND {at("v")}
RETURN v.first_id, v.second_id, v.same, v.reason ORDER BY v.first_id, v.second_id
"""
LIVING = f"""
UNWIND $ids AS id {either("e", "Entity")}
WITH e WHERE EXISTS {{ (e)<-[m:MENTIONS|MENTIONED]-() WHERE {at("m")} }} RETURN e.id
"""

# --- reading changes

ROW_IDS = f"""
MATCH (c:Chunk|PastChunk)-[p:PART_OF|WAS_PART_OF]->() WHERE c.workspace = $w AND {at("p")} RETURN c.id ORDER BY c.id
"""
ROWS = f"""
UNWIND $ids AS id {either("c", "Chunk")}
MATCH (c)-[p:PART_OF|WAS_PART_OF]->(d) WHERE {at("p")}
MATCH {_IS_VERSION} WHERE {at("v")}
RETURN {_CHUNK}, v.title, c.embedding,
  COLLECT {{ MATCH {_MENTIONS} WHERE {at("m")} RETURN [m.ordinal, {_MENTION}] }}
"""
READ_RELATIONS = f"""
UNWIND $ids AS id CALL (id) {{
  MATCH (a)-[x:RELATES]->() WHERE x.chunk_id = id AND a.workspace = $w RETURN x
  UNION ALL MATCH (a)-[x:RELATED]->() WHERE x.chunk_id = id AND a.workspace = $w RETURN x
}}
WITH x AS r WHERE {at("r")} RETURN r.chunk_id, {_RELATION} ORDER BY r.chunk_id, r.ordinal
"""
READ_ALIASES = f"""
UNWIND $ids AS id CALL (id) {{
  MATCH (a)-[x:SAME_AS]->() WHERE x.chunk_id = id AND a.workspace = $w RETURN x
  UNION ALL MATCH (a)-[x:WAS_SAME_AS]->() WHERE x.chunk_id = id AND a.workspace = $w RETURN x
}}
WITH x AS r WHERE {at("r")}
RETURN startNode(r).id, endNode(r).id, r.reason, r.chunk_id, r.start, r.end ORDER BY r.chunk_id, r.ordinal
"""
CLOSED = """
MATCH (c)-[p:WAS_PART_OF]->() WHERE p.workspace = $w AND p.valid_to > $since AND p.valid_to <= $r
AND p.valid_from <= $since RETURN DISTINCT c.id ORDER BY c.id
"""
OPENED = """
CALL () {
  MATCH (c)-[p:PART_OF]->() WHERE p.workspace = $w AND p.valid_from > $since AND p.valid_from <= $r RETURN c.id AS id
  UNION ALL
  MATCH (c)-[p:WAS_PART_OF]->() WHERE p.workspace = $w AND p.valid_from > $since AND p.valid_from <= $r
  AND p.valid_to > $r RETURN c.id AS id
} RETURN id ORDER BY id
"""
_STARTED = "MATCH (v:%s) WHERE v.workspace = $w AND v.valid_from > $since AND v.valid_from <= $r"
STARTED = f"""
CALL () {{ {_STARTED % "Version"} RETURN v UNION ALL {_STARTED % "PastVersion"} AND v.valid_to > $r RETURN v }}
RETURN {_VERSION} ORDER BY v.document_id
"""
_ENDED = "MATCH (v:PastVersion) WHERE v.workspace = $w AND v.valid_to > $since AND v.valid_to <= $r"
ENDED = f"{_ENDED} RETURN DISTINCT v.document_id ORDER BY v.document_id"
VECTORS = f"UNWIND $ids AS id {either('c', 'Chunk')} RETURN c.id, c.embedding"
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
{_CHANGED_LIVES} MATCH {_MENTIONS} WHERE m.valid_from = life AND e.id > $after
RETURN DISTINCT e.id ORDER BY e.id LIMIT $n
"""
CHANGED_FACTS = f"""
{_CHANGED_LIVES} {_RELATIONS}
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
RETURN e.id, predicate, target, r.chunk_id, r.document_id
"""  # fmt: skip

# --- writing; every list is sorted by id

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
_END_EDGES = """
UNWIND $rows AS row
MATCH (a:Entity)-[r:{present}]->(b) WHERE r.chunk_id = row[0] AND a.workspace = $w
CREATE (a)-[n:{past}]->(b) SET n = properties(r), n.valid_to = row[1] DELETE r
"""
END_RELATIONS = _END_EDGES.format(present="RELATES", past="RELATED")
END_ALIASES = _END_EDGES.format(present="SAME_AS", past="WAS_SAME_AS")
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

# --- maintenance

_FORGOTTEN_COUNTS = f"""
WITH c, p.reading AS reading, min(p.valid_from) AS since, count(p) AS lives
CALL (c, since) {{
  MATCH {_MENTIONS} WHERE m.valid_from = since RETURN count(m) AS mentions, collect(DISTINCT e.id) AS entities
}}
CALL (c, since) {{ {_RELATIONS} WITH x, since WHERE x.valid_from = since RETURN count(x) AS relations }}
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
  MATCH (a)-[r:RELATES]->() WHERE r.chunk_id = c.id AND a.workspace = $w RETURN r
  UNION ALL MATCH (a)-[r:RELATED]->() WHERE r.chunk_id = c.id AND a.workspace = $w RETURN r
  UNION ALL MATCH (a)-[r:SAME_AS]->() WHERE r.chunk_id = c.id AND a.workspace = $w RETURN r
  UNION ALL MATCH (a)-[r:WAS_SAME_AS]->() WHERE r.chunk_id = c.id AND a.workspace = $w RETURN r
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
PURGE_VERSIONS = f"WITH $id AS id {either('d', 'Document')} MATCH {_IS_VERSION} DETACH DELETE v RETURN count(*)"
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
SWEPT = """
MATCH (c)-[p:WAS_PART_OF]->() WHERE p.workspace = $w AND p.valid_to <= $horizon WITH c, p LIMIT $n
CALL (c, p) {
  MATCH (c)-[m:MENTIONED]->(e) WHERE m.valid_from = p.valid_from
  WITH collect(DISTINCT e.id) AS entities, collect(m) AS ms
  FOREACH (m IN ms | DELETE m) RETURN entities
}
CALL (c, p) {
  CALL (c, p) {
    MATCH (a)-[r:RELATED]->() WHERE r.chunk_id = c.id AND a.workspace = $w AND r.valid_from = p.valid_from RETURN r
    UNION ALL MATCH (a)-[r:WAS_SAME_AS]->()
    WHERE r.chunk_id = c.id AND a.workspace = $w AND r.valid_from = p.valid_from RETURN r
  }
  WITH collect(r) AS rs FOREACH (r IN rs | DELETE r) RETURN size(rs) AS gone
}
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

# --- vectors of another embedder

IS_STAGED = "MATCH (s:QuipuStore {name: 'quipu'}) RETURN coalesce(s.staged_embedder = $identity, false)"
UNSTAGED = f"""
MATCH (s:QuipuStore {{name: 'quipu'}}) WITH coalesce(s.staged_embedder = $identity, false) AS known
MATCH (c:Chunk|PastChunk) WHERE c.workspace = $w AND NOT (known AND c.staged IS NOT NULL)
WITH c ORDER BY c.id LIMIT $n
MATCH (c)-[p:PART_OF|WAS_PART_OF]->(d)
MATCH {_IS_VERSION}
WHERE (p.valid_to IS NULL OR v.valid_from < p.valid_to) AND (v.valid_to IS NULL OR p.valid_from < v.valid_to)
WITH c, head(collect(v.title)) AS title RETURN {_CHUNK}, title ORDER BY c.id
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
