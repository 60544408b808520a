"""The DifferenceReader port over SQLite: candidates from what opened or closed in between, compared at both ends."""

import json
from collections.abc import Sequence

from typing_extensions import override

from graph.model import Difference, Document, Entity, Fact
from graph.ports.reading import DifferenceReader
from graph.stores.alike import differences, entity_ends, first, moved, read_fact
from graph.stores.sqlite.graph_reading import SqliteGraphReading
from graph.stores.sqlite.rows import BATCH, VERSION, batches, marks, read_document

_OPENED = "INDEXED BY {table}_by_start {more} WHERE workspace=:w AND valid_from > :s AND valid_from <= :u"
_CLOSED = "INDEXED BY {table}_by_end {more} WHERE workspace=:w AND valid_to > :s AND valid_to <= :u"


def _either(columns: str, table: str, *, more: str = "", after: str) -> str:
    """Rows of what opened and of what closed, each through its own index (or SQLite may read everything).

    What may not be read is among these candidates, and differs in nothing once both ends are read for the audience.
    """
    halves = [f"SELECT {columns} FROM main.{{table}} {half} AND {after}" for half in (_OPENED, _CLOSED)]
    order = ", ".join(str(number + 1) for number in range(columns.count(",") + 1))
    return f"{' UNION '.join(halves).format(table=table, more=more)} ORDER BY {order} LIMIT :n"


_DOCUMENTS = _either("document_id", "versions", after="document_id > :after")
_ENTITIES = _either("m.entity_id", "lives", more="CROSS JOIN mentions m USING(reading)", after="m.entity_id > :after")
_FACTS = _either(
    "r.source_id, r.predicate, r.target_id", "lives", more="CROSS JOIN relations r USING(reading)",
    after="(r.source_id, r.predicate, r.target_id) > (:source, :predicate, :target)",
)  # fmt: skip

_TOUCHED = """
CROSS JOIN main.lives l ON l.reading={0}.reading AND l.workspace=:w
AND (l.valid_from > :s AND l.valid_from <= :u OR l.valid_to > :s AND l.valid_to <= :u)
"""
_NAMES = """
SELECT e.entity_id FROM entities e WHERE e.workspace=:w AND e.entity_id {0} :after
AND EXISTS (SELECT 1 FROM {1} t {2} WHERE t.{3}=e.entity_id) ORDER BY e.entity_id LIMIT :n
"""
_MANY_ENTITIES = _NAMES.format(">", "mentions", _TOUCHED.format("t"), "entity_id")
_MANY_SOURCES = _NAMES.format(">=", "relations", _TOUCHED.format("t"), "source_id")
_MANY_FACTS = f"""
SELECT DISTINCT r.source_id, r.predicate, r.target_id FROM relations r {_TOUCHED.format("r")}
WHERE r.source_id IN (SELECT value FROM json_each(:sources))
AND (r.source_id, r.predicate, r.target_id) > (:source, :predicate, :target) ORDER BY 1, 2, 3 LIMIT :n
"""
"""The same candidates, met in the order of their keys: no row is read that comes after the page. That is quicker where
a good part of all lives is among them; else it would look at every name in vain."""
_MOVED = """
SELECT m.entity_id, m.name, m.type, m.key, c.document_id, l.valid_from > :s FROM mentions m
CROSS JOIN lives l ON l.reading=m.reading JOIN chunks c ON c.id=l.chunk
WHERE m.entity_id IN (SELECT value FROM json_each(:ids)) AND +l.workspace=:w
AND (l.valid_from > :s AND l.valid_from <= :u AND l.valid_to > :u
    OR l.valid_from <= :s AND l.valid_to > :s AND l.valid_to <= :u)
"""
"""Mentions that are at one end of the span only; of whoever has many, most are at both."""
_LIVES_BETWEEN = f"""
SELECT (SELECT count(*) FROM main.lives {_OPENED.format(table="lives", more="")})
     + (SELECT count(*) FROM main.lives {_CLOSED.format(table="lives", more="")}), (SELECT max(id) FROM main.lives)
"""
FEW = 1_000
"""So many lives are always read and sorted as a whole."""
SHARE = 10
"""From one part in so many of all lives on, keys are walked through in their order."""
Span = dict[str, int]
Key = tuple[str, str, str]


class SqliteDifferences(SqliteGraphReading, DifferenceReader):
    """What is different between two revisions."""

    @override
    def changed_documents(
        self, workspace: str, since: int, until: int, *, after: str = "", limit: int = 100
    ) -> tuple[Difference[Document], ...]:
        number = self._readable(workspace, since)
        span = {"w": number, "s": since, "u": until, "n": _page_size(limit)}

        def page(last: str) -> list[str]:
            return [row[0] for row in self._read(_DOCUMENTS, {**span, "after": last})]

        def ends(ids: Sequence[str]) -> tuple[dict[str, Document], dict[str, Document]]:
            return self._documents_by_id(number, ids, since), self._documents_by_id(number, ids, until)

        return first(limit, differences(page, after, ends))

    @override
    def changed_entities(
        self, workspace: str, since: int, until: int, *, after: str = "", limit: int = 100
    ) -> tuple[Difference[Entity], ...]:
        number = self._readable(workspace, since)
        span = {"w": number, "s": since, "u": until, "n": _page_size(limit)}

        many = self._many(span)
        candidates = _MANY_ENTITIES if many else _ENTITIES

        def page(last: str) -> list[str]:
            return [row[0] for row in self._read(candidates, {**span, "after": last})]

        def ends(ids: Sequence[str]) -> tuple[dict[str, Entity], dict[str, Entity]]:
            if many:
                return self.entities_by_id(number, ids, since), self.entities_by_id(number, ids, until)
            return self._around_span(ids, span)

        return first(limit, differences(page, after, ends))

    @override
    def changed_facts(
        self, workspace: str, since: int, until: int, *, after: Key = ("", "", ""), limit: int = 100
    ) -> tuple[Difference[Fact], ...]:
        number = self._readable(workspace, since)
        span = {"w": number, "s": since, "u": until, "n": _page_size(limit)}

        many = self._many(span)

        def page(last: Key) -> list[Key]:
            wanted = {**span, **dict(zip(("source", "predicate", "target"), last, strict=True))}
            if many:
                sources = [row[0] for row in self._read(_MANY_SOURCES, {**span, "after": last[0]})]
                rows = self._read(_MANY_FACTS, {**wanted, "sources": json.dumps(sources)})
            else:
                rows = self._read(_FACTS, wanted)
            return [(row[0], row[1], row[2]) for row in rows]

        def ends(keys: Sequence[Key]) -> tuple[dict[Key, Fact], dict[Key, Fact]]:
            return self._facts_by_key(number, keys, since), self._facts_by_key(number, keys, until)

        return first(limit, differences(page, after, ends))

    def _many(self, span: Span) -> bool:
        """Whether a good part of all lives began or ended in a span."""
        ((between, ever),) = self._read(_LIVES_BETWEEN, span)
        return bool(between > FEW and between * SHARE > ever)

    def _around_span(self, ids: Sequence[str], span: Span) -> tuple[dict[str, Entity], dict[str, Entity]]:
        """Entities at both ends of a span in which few lives began or ended, those of which mentions came or went."""
        came, went = moved(self._read(_MOVED, {**span, "ids": json.dumps(list(ids))}))
        altered = [one for one in ids if came.get(one) != went.get(one)]
        return entity_ends(altered, self.mentions_by_entity(span["w"], altered, span["u"]), came, went)

    def _documents_by_id(self, number: int, ids: Sequence[str], revision: int) -> dict[str, Document]:
        found: dict[str, Document] = {}
        for batch in batches(ids):
            rows = self._read(
                f"SELECT {VERSION} FROM versions"
                f" WHERE workspace=? AND document_id IN ({marks(batch)}) AND +valid_from <= ? AND ? < +valid_to",
                (number, *batch, revision, revision),
            )
            found |= {row[0]: read_document(row) for row in rows}
        return found

    def _facts_by_key(self, number: int, keys: Sequence[Key], revision: int) -> dict[Key, Fact]:
        wanted = frozenset(keys)
        chunks: dict[Key, dict[int, str]] = {}
        for batch in batches(sorted({key[0] for key in keys})):
            for *key, chunk, document in self._read(
                "SELECT r.source_id, r.predicate, r.target_id, c.id, c.document_id FROM relations r"
                " CROSS JOIN lives l ON l.reading=r.reading JOIN chunks c ON c.id=l.chunk"
                f" WHERE r.source_id IN ({marks(batch)}) AND +l.workspace=? AND l.valid_from <= ? AND ? < l.valid_to",
                (*batch, number, revision, revision),
            ):
                if (fact := (key[0], key[1], key[2])) in wanted:
                    chunks.setdefault(fact, {})[chunk] = document
        return {key: read_fact(key, found) for key, found in chunks.items()}


def _page_size(limit: int) -> int:
    """Candidates read at once: little more than are asked for, as most of them differ."""
    return min(max(limit, 100), BATCH)
