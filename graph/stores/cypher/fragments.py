"""Parts that several statements share.

What holds now has the labels ``Document``, ``Version``, ``Chunk``, ``Entity`` and the types ``PART_OF``,
``MENTIONS``, ``RELATES``, ``SAME_AS``. What was has ``Past…`` labels and ``WAS_PART_OF``, ``MENTIONED``,
``RELATED``, ``WAS_SAME_AS``, with ``valid_to``. A statement that reads at revision ``$r`` looks at both.
``$w`` is the workspace. Needs Neo4j 5.23 or newer (``CALL (x) { … }``). Every statement that reads a document, or what
stands in one, says where readable documents are told from others (:func:`readable`).
"""

import re
from functools import cache


def at(*names: str) -> str:
    """Conditions that elements are live at ``$r``."""
    return " AND ".join(f"{n}.valid_from <= $r AND ($r < {n}.valid_to OR {n}.valid_to IS NULL)" for n in names)


def either(name: str, label: str, id_expression: str = "id") -> str:
    """A node by its id, whether it is of the present or of the past."""
    match = f"MATCH ({name}:%s {{workspace: $w, id: {id_expression}}}) RETURN {name}"
    outer = id_expression.split(".", maxsplit=1)[0]
    return f"CALL ({outer}) {{ {match % label} UNION ALL {match % ('Past' + label)} }}"


def stated(edge: str, kind: str, chunk: str) -> str:
    """Relations or aliases that one chunk states, found by the index whatever the planner's statistics say."""
    return (
        f"MATCH (a)-[{edge}:{kind}]->(b) USING INDEX {edge}:{kind}(chunk_id)"
        f" WHERE {edge}.chunk_id = {chunk} AND a.workspace = $w"
    )


def readable(owner: str) -> str:
    """A place in a statement, after a condition, where :func:`as_readable` leaves documents out by their id."""
    return f"/* readable: {owner} */"


@cache
def as_readable(statement: str) -> str:
    """The statement for an audience ``$principals``, which may not read everything; also constant."""
    return _PLACE.sub(_LEFT_OUT, statement)


_PLACE = re.compile(r"/\* readable: ([\w.]+) \*/")
_LEFT_OUT = (
    r"AND NOT EXISTS { MATCH (x_:Rights {workspace: $w, id: \1}) WHERE NONE(p_ IN x_.readers WHERE p_ IN $principals) }"
)
VERSION_COLUMNS = (
    "v.document_id, v.version, v.title, v.source, v.media_type, v.metadata, v.content_hash, v.created_at,"
    " v.updated_at, v.stage"
)
VERSION_WIDTH = 10
IS_VERSION = "(v:Version|PastVersion)-[:VERSION_OF]->(d)"
CHUNK_COLUMNS = "c.id, c.document_id, c.headings, c.text, c.sentences"
CHUNK_WIDTH = 5
LIVES = "(c)-[p:PART_OF|WAS_PART_OF]->(d)"
MENTIONING = "(c)-[m:MENTIONS|MENTIONED]->(e)"
RELATING = f"""
CALL (c) {{
  {stated("x", "RELATES", "c.id")} RETURN x UNION ALL {stated("x", "RELATED", "c.id")} RETURN x
}}
"""
MENTION_COLUMNS = "e.id, m.sentence, m.start, m.end, m.name, m.key, m.type, m.is_name"
RELATION_COLUMNS = "startNode(r).id, endNode(r).id, r.predicate, r.start, r.end, r.extractor"
