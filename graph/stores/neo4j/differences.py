"""AliasReader, ContributionReader and DifferenceReader over Neo4j."""

from collections.abc import Sequence

from typing_extensions import override

from graph.audience import Audience
from graph.model import Alias, Difference, Document, Entity, Fact, GraphChange, Relation, Verdict
from graph.ports.reading import AliasReader, ContributionReader, DifferenceReader, KnowledgeReader
from graph.stores.alike import differences, entity_ends, first, moved, read_fact
from graph.stores.change_check import stacked
from graph.stores.cypher import changes, reading
from graph.stores.neo4j.connection import Neo4jDatabase, Row
from graph.stores.neo4j.reading import Neo4jReading
from graph.stores.neo4j.rows import BATCH, batches, read_document, read_relation

FactKey = tuple[str, str, str]


class Neo4jDifferences(Neo4jReading, DifferenceReader, AliasReader, ContributionReader):
    """The reading half of the store, with aliases and with what is different between two revisions."""

    def __init__(self, database: Neo4jDatabase) -> None:
        super().__init__(database)
        self._verdicts: dict[str, tuple[int, tuple[Verdict, ...]]] = {}

    @override
    def forget_read(self, workspace: str) -> None:
        super().forget_read(workspace)
        self._verdicts.pop(workspace, None)

    @override
    def aliases(
        self, workspace: str, revision: int, *, entity_ids: Sequence[str] | None = None, limit: int = 10_000
    ) -> tuple[Alias, ...]:
        verdicts = self.verdicts(workspace, revision)
        apart = {(v.first_id, v.second_id) for v in verdicts if not v.same}
        wanted = None if entity_ids is None else frozenset(entity_ids)
        found = {
            alias for row in self._stated(workspace, revision, wanted)
            if ((alias := _alias(row)).first_id, alias.second_id) not in apart
        }  # fmt: skip
        merged = [
            v for v in verdicts if v.same and (wanted is None or v.first_id in wanted or v.second_id in wanted)
        ]  # fmt: skip
        living = self._living(workspace, revision, sorted({end for v in merged for end in (v.first_id, v.second_id)}))
        found |= {
            Alias(first_id=v.first_id, second_id=v.second_id, reason=v.reason)
            for v in merged
            if v.first_id in living and v.second_id in living
        }
        ordered = sorted(found, key=lambda alias: (alias.first_id, alias.second_id, alias.chunk_id, alias.start))
        return tuple(ordered[:limit])

    @override
    def verdicts(self, workspace: str, revision: int) -> tuple[Verdict, ...]:
        """Every question asks for them; at one revision they never alter."""
        known, verdicts = self._verdicts.get(workspace, (-1, ()))
        if known != revision:
            verdicts = tuple(read_verdict(row) for row in self._at(reading.VERDICTS, workspace, revision))
            if not self._audience.unrestricted:
                verdicts = self._between_living(workspace, revision, verdicts)
            self._verdicts[workspace] = revision, verdicts
        return verdicts

    @override
    def changed_documents(
        self, workspace: str, since: int, until: int, *, after: str = "", limit: int = 100
    ) -> tuple[Difference[Document], ...]:
        self._check_readable(workspace, since)

        def page(last: str) -> list[str]:
            return [row[0] for row in self._changed(changes.CHANGED_DOCUMENTS, workspace, since, until, after=last)]

        def read(ids: Sequence[str], revision: int) -> dict[str, Document]:
            rows = self._read(reading.DOCUMENTS_BY_ID, w=workspace, r=revision, ids=ids)
            return {row[0]: read_document(row) for row in rows}

        return first(limit, differences(page, after, lambda ids: (read(ids, since), read(ids, until))))

    @override
    def changed_entities(
        self, workspace: str, since: int, until: int, *, after: str = "", limit: int = 100
    ) -> tuple[Difference[Entity], ...]:
        self._check_readable(workspace, since)

        def page(last: str) -> list[str]:
            return [row[0] for row in self._changed(changes.CHANGED_ENTITIES, workspace, since, until, after=last)]

        def ends(ids: Sequence[str]) -> tuple[dict[str, Entity], dict[str, Entity]]:
            came, went = moved(self._read(changes.MOVED, w=workspace, since=since, r=until, ids=ids))  # type: ignore[arg-type]
            altered = [one for one in ids if came.get(one) != went.get(one)]
            return entity_ends(altered, self.mentions_by_entity(workspace, altered, until), came, went)

        return first(limit, differences(page, after, ends))

    @override
    def changed_facts(
        self, workspace: str, since: int, until: int, *, after: FactKey = ("", "", ""), limit: int = 100
    ) -> tuple[Difference[Fact], ...]:
        self._check_readable(workspace, since)

        def page(last: FactKey) -> list[FactKey]:
            key = dict(zip(("source", "predicate", "target"), last, strict=True))
            rows = self._changed(changes.CHANGED_FACTS, workspace, since, until, **key)
            return [(row[0], row[1], row[2]) for row in rows]

        def read(keys: Sequence[FactKey], revision: int) -> dict[FactKey, Fact]:
            chunks: dict[FactKey, dict[str, str]] = {}
            wanted = [list(key) for key in keys]
            for *key, chunk, document in self._read(changes.FACTS, w=workspace, r=revision, keys=wanted):
                chunks.setdefault((key[0], key[1], key[2]), {})[chunk] = document
            return {key: read_fact(key, found) for key, found in chunks.items()}

        return first(limit, differences(page, after, lambda keys: (read(keys, since), read(keys, until))))

    @override
    def contribution(self, workspace: str, document_id: str, revision: int) -> GraphChange:
        placed = self.document_chunks(workspace, document_id, revision)
        ids = [item.chunk.id for item in placed]
        rows = {row.chunk.id: row for row in self._index_rows(workspace, ids, revision)}
        relations: list[Relation] = []
        aliases: list[Alias] = []
        for batch in batches(ids):
            relations += map(read_relation, self._at(reading.READ_RELATIONS, workspace, revision, ids=batch))
            aliases += map(_alias, self._at(reading.READ_ALIASES, workspace, revision, ids=batch))
        return GraphChange(
            document=self.document(workspace, document_id, revision),
            text=self.text(workspace, document_id, revision),
            chunks=tuple(item.chunk for item in placed),
            positions=tuple(item.position for item in placed),
            vectors=stacked([rows[identifier].vector for identifier in ids]),
            mentions=tuple(mention for identifier in ids for mention in rows[identifier].mentions),
            relations=tuple(relations),
            aliases=tuple(aliases),
        )

    def _changed(self, statement: str, workspace: str, since: int, until: int, **after: str) -> list[Row]:
        return self._read(statement, w=workspace, since=since, r=until, n=BATCH, **after)

    def _stated(self, workspace: str, revision: int, wanted: frozenset[str] | None) -> list[Row]:
        if wanted is None:
            return self._at(reading.STATED_ALIASES, workspace, revision)
        rows: list[Row] = []
        for batch in batches(sorted(wanted)):
            rows += self._at(reading.STATED_ALIASES_OF, workspace, revision, ids=batch)
        return rows

    def _between_living(self, workspace: str, revision: int, verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
        ends = sorted({end for verdict in verdicts for end in (verdict.first_id, verdict.second_id)})
        living = self._living(workspace, revision, ends)
        return tuple(one for one in verdicts if one.first_id in living and one.second_id in living)

    def _living(self, workspace: str, revision: int, ids: Sequence[str]) -> set[str]:
        living: set[str] = set()
        for batch in batches(ids):
            living |= {row[0] for row in self._at(reading.LIVING, workspace, revision, ids=batch)}
        return living


class Neo4jReader(Neo4jDifferences, KnowledgeReader):
    """A store as an audience may read it that may not read everything."""

    def __init__(self, whole: Neo4jDifferences, audience: Audience) -> None:
        super().__init__(whole._database)
        self._audience = audience
        self._store_id, self._newest, self._horizons = whole._store_id, whole._newest, whole._horizons


def read_verdict(row: Row) -> Verdict:
    """A verdict from its columns."""
    return Verdict(first_id=row[0], second_id=row[1], same=row[2], reason=row[3])


def _alias(row: Row) -> Alias:
    return Alias(first_id=row[0], second_id=row[1], reason=row[2], chunk_id=row[3], start=row[4], end=row[5])
