"""Documents, graph and changes over Neo4j, and what people ask who look at them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from typing_extensions import override

from graph.audience import UNRESTRICTED
from graph.errors import DependencyError, NotFoundError
from graph.filters import Filters
from graph.model import (
    Document,
    Entity,
    FloatArray,
    GraphCounts,
    IndexDelta,
    IndexRow,
    Mention,
    PlacedChunk,
    Relation,
    RevisionRecord,
)
from graph.ports.browsing import Neighbours, RevisionDay, RevisionReader, SurroundingsReader
from graph.ports.reading import ChangeReader, DocumentReader, GraphReader
from graph.stores.alike import MentionRow, RowsRead, read_entity
from graph.stores.cypher import administration, changes, fragments, reading
from graph.stores.neo4j.connection import Neo4jDatabase, Row
from graph.stores.neo4j.placed_cache import PlacedCache
from graph.stores.neo4j.rows import (
    BATCH,
    batches,
    read_document,
    read_index_row,
    read_mention,
    read_placed,
    read_record,
    read_relation,
)


class Neo4jReading(DocumentReader, GraphReader, SurroundingsReader, ChangeReader, RevisionReader):
    """Every read at a revision. Elements alter in ``valid_to`` only, so one revision reads alike at any time."""

    def __init__(self, database: Neo4jDatabase) -> None:
        self._database = database
        self._audience = UNRESTRICTED
        self._placed = PlacedCache()
        self._store_id: str | None = None
        self._newest: dict[str, int] = {}
        self._horizons: dict[str, int] = {}

    def forget_read(self, workspace: str) -> None:
        """Know nothing of a workspace that was erased: another one of its name begins anew."""
        self._newest.pop(workspace, None)
        self._horizons.pop(workspace, None)
        self._placed.forget(workspace)

    # --- documents

    @override
    def document(self, workspace: str, document_id: str, revision: int) -> Document:
        return read_document(self._version(reading.DOCUMENT, workspace, document_id, revision))

    @override
    def text(self, workspace: str, document_id: str, revision: int) -> str:
        return str(self._version(reading.TEXT, workspace, document_id, revision)[0])

    @override
    def documents(
        self, workspace: str, revision: int, *, after: str = "", limit: int = 100, filters: Filters | None = None
    ) -> tuple[Document, ...]:
        found: list[Document] = []
        size = max(limit, BATCH) if filters else limit
        while len(found) < limit:
            rows = self._at(reading.DOCUMENTS, workspace, revision, after=after, n=size)
            page = [read_document(row) for row in rows]
            found += [document for document in page if filters is None or filters.fits(document)]
            if len(page) < size:
                break
            after = page[-1].id
        return tuple(found[:limit])

    @override
    def versions(self, workspace: str, document_id: str) -> tuple[tuple[Document, int, int | None], ...]:
        rows = self._read(reading.VERSIONS, w=workspace, id=document_id)
        return tuple((read_document(row), row[-2], row[-1]) for row in rows)

    @override
    def document_chunks(self, workspace: str, document_id: str, revision: int) -> tuple[PlacedChunk, ...]:
        document = self.document(workspace, document_id, revision)
        rows = self._at(reading.DOCUMENT_CHUNKS, workspace, revision, id=document_id)
        return tuple(read_placed(row, document) for row in rows)

    @override
    def document_counts(self, workspace: str, document_id: str, revision: int) -> GraphCounts:
        live = self._at(reading.DOCUMENT, workspace, revision, id=document_id)
        chunks, mentions, relations, entities = self._at(reading.DOCUMENT_COUNTS, workspace, revision, id=document_id)[
            0
        ]
        return GraphCounts(
            documents=len(live), chunks=chunks, mentions=mentions, entities=entities, relations=relations
        )

    # --- graph

    @override
    def chunks(self, workspace: str, ids: Sequence[str], revision: int) -> tuple[PlacedChunk, ...]:
        self._check_readable(workspace, revision)
        writes = self._placed.writes
        # what is kept is kept of all documents
        found = self._placed.get(workspace, ids, revision) if self._audience.unrestricted else {}
        for batch in batches([identifier for identifier in dict.fromkeys(ids) if identifier not in found]):
            rows = self._read(reading.CHUNKS, w=workspace, r=revision, ids=batch)
            read = [(row[9], read_placed(row, read_document(row[-fragments.VERSION_WIDTH :]))) for row in rows]
            self._placed.put(workspace, [(since, placed) for since, placed in read if since is not None], writes)
            found |= {placed.chunk.id: placed for _, placed in read}
        return tuple(found[identifier] for identifier in ids if identifier in found)

    @override
    def find_entities(self, workspace: str, key: str, revision: int, *, limit: int = 20) -> tuple[Entity, ...]:
        ids = [row[0] for row in self._at(reading.FIND_ENTITIES, workspace, revision, key=key, n=limit)]
        found = self.entities_by_id(workspace, ids, revision)
        return tuple(found[identifier] for identifier in ids if identifier in found)

    @override
    def entity(self, workspace: str, entity_id: str, revision: int) -> Entity:
        found = self.entities_by_id(workspace, [entity_id], revision)
        if not found:
            raise NotFoundError(f"no entity {entity_id!r} at revision {revision}")
        return found[entity_id]

    def entities_by_id(self, workspace: str, ids: Sequence[str], revision: int) -> dict[str, Entity]:
        """Those of ``ids`` that are live."""
        found = self.mentions_by_entity(workspace, ids, revision)
        return {identifier: read_entity(identifier, rows) for identifier, rows in found.items()}

    def mentions_by_entity(self, workspace: str, ids: Sequence[str], revision: int) -> dict[str, list[MentionRow]]:
        """Live mentions of those of ``ids`` that have any."""
        mentions: dict[str, list[MentionRow]] = {}
        for batch in batches(ids):
            for identifier, *mention in self._at(reading.ENTITIES, workspace, revision, ids=batch):
                mentions.setdefault(identifier, []).append((mention[0], mention[1], mention[2], mention[3]))
        return mentions

    @override
    def mentions(self, workspace: str, entity_id: str, revision: int, *, limit: int = 100) -> tuple[Mention, ...]:
        rows = self._at(reading.MENTIONS, workspace, revision, id=entity_id, n=limit)
        return tuple(read_mention(row[0], row[1:]) for row in rows)

    @override
    def relations(self, workspace: str, entity_id: str, revision: int, *, limit: int = 100) -> tuple[Relation, ...]:
        rows = self._at(reading.RELATIONS, workspace, revision, id=entity_id, n=limit)
        return tuple(read_relation(row) for row in rows)

    @override
    def counts(self, workspace: str, revision: int) -> GraphCounts:
        documents = self._at(reading.COUNT_DOCUMENTS, workspace, revision)
        chunks, mentions, entities = self._at(reading.COUNT_MENTIONS, workspace, revision)[0]
        relations = self._at(reading.COUNT_RELATIONS, workspace, revision)
        return GraphCounts(
            documents=documents[0][0], chunks=chunks, mentions=mentions, entities=entities, relations=relations[0][0]
        )

    @override
    def entities(self, workspace: str, entity_ids: Sequence[str], revision: int) -> Mapping[str, Entity]:
        return self.entities_by_id(workspace, entity_ids, revision)

    @override
    def neighbours(self, workspace: str, entity_ids: Sequence[str], revision: int, *, limit: int = 100) -> Neighbours:
        ((count, ids),) = self._at(reading.NEIGHBOURS, workspace, revision, ids=list(entity_ids), n=limit)
        return Neighbours(ids=tuple(ids), count=count)

    @override
    def relations_among(
        self, workspace: str, entity_ids: Sequence[str], revision: int, *, each: int = 5, limit: int = 1000
    ) -> tuple[Relation, ...]:
        ids = list(entity_ids)
        rows = self._at(reading.RELATIONS_AMONG, workspace, revision, ids=ids, each=each, n=limit)
        return tuple(map(read_relation, rows))

    # --- changes

    @override
    def revision(self, workspace: str) -> int:
        """Raises:
        DependencyError: the database is another one, or an older state of it, than this process knew.
        """
        rows = self._read(administration.REVISION, w=workspace)
        store_id, revision, horizon = rows[0] if rows else (None, 0, 0)
        self._check_same(store_id)
        newest = max(self._newest.get(workspace, 0), 0)
        if (revision or 0) < newest:
            raise DependencyError(
                f"Neo4j at {self._database.address.url} went back from revision {newest} to {revision or 0} (restored"
                " from a backup?); start Quipu again, and it reads the missing documents anew"
            )
        self._newest[workspace] = revision or 0
        self._horizons[workspace] = horizon or 0
        return int(revision or 0)

    @override
    def revision_at(self, workspace: str, moment: datetime) -> int:
        rows = self._read(administration.REVISION_AT, w=workspace, moment=moment.astimezone(UTC))
        return int(rows[0][0] or 0)

    @override
    def log(self, workspace: str, since: int, until: int) -> tuple[RevisionRecord, ...]:
        rows = self._read(administration.LOG, w=workspace, since=since, until=until)
        return tuple(map(read_record, rows))

    @override
    def horizon(self, workspace: str) -> int:
        self.revision(workspace)
        return self._horizons[workspace]

    @override
    def revisions(self, workspace: str, until: int, *, limit: int = 100) -> tuple[RevisionRecord, ...]:
        return tuple(map(read_record, self._read(administration.REVISIONS, w=workspace, until=until, n=limit)))

    @override
    def days(self, workspace: str) -> tuple[RevisionDay, ...]:
        rows = self._read(administration.DAYS, w=workspace)
        return tuple(RevisionDay(day=date.fromisoformat(row[0]), revisions=row[1], last=row[2]) for row in rows)

    @override
    def rows(self, workspace: str, revision: int) -> Iterator[IndexRow]:
        ids = [row[0] for row in self._at(changes.ROW_IDS, workspace, revision)]
        yield from self._index_rows(workspace, ids, revision)

    @override
    def delta(self, workspace: str, since: int, until: int) -> IndexDelta:
        span = {"w": workspace, "since": since, "r": until}
        closed = self._read(changes.CLOSED, **span)
        opened = self._read(changes.OPENED, **span)
        documents = tuple(read_document(row) for row in self._read(changes.STARTED, **span))
        still = {document.id for document in documents}
        ended = self._read(changes.ENDED, **span)
        return IndexDelta(
            since=since,
            until=until,
            closed=tuple(row[0] for row in closed),
            opened=RowsRead(lambda: self._index_rows(workspace, [row[0] for row in opened], until)) if opened else (),
            documents=documents,
            documents_gone=tuple(row[0] for row in ended if row[0] not in still),
        )

    @override
    def vectors(self, workspace: str, chunk_ids: Sequence[str]) -> Mapping[str, FloatArray]:
        found: dict[str, FloatArray] = {}
        for batch in batches(list(chunk_ids)):
            rows = self._read(changes.VECTORS, w=workspace, ids=batch)
            found |= {row[0]: np.array(row[1], dtype=np.float32) for row in rows}
        return found

    # --- inside

    def _read(self, statement: str, **values: object) -> list[Row]:
        """Rows of a statement, as the audience may read them. Nothing that reads for others asks the database."""
        if self._audience.unrestricted:
            return self._database.read(statement, **values)
        principals = sorted(self._audience.principals)
        return self._database.read(fragments.as_readable(statement), principals=principals, **values)

    def _at(self, statement: str, workspace: str, revision: int, **values: object) -> list[Row]:
        """Rows of a statement at a revision that can still be read."""
        self._check_readable(workspace, revision)
        return self._read(statement, w=workspace, r=revision, **values)

    def _check_readable(self, workspace: str, revision: int) -> None:
        if workspace not in self._horizons:
            self.revision(workspace)
        horizon = self._horizons[workspace]
        if revision < horizon:
            raise NotFoundError(f"revision {revision} has been swept; the oldest readable one is {horizon}")

    def _check_same(self, store_id: str | None) -> None:
        if self._store_id is not None and store_id != self._store_id:
            raise DependencyError(
                f"Neo4j at {self._database.address.url} holds another store than before; start Quipu again"
            )

    def _version(self, statement: str, workspace: str, document_id: str, revision: int) -> Row:
        rows = self._at(statement, workspace, revision, id=document_id)
        if not rows:
            raise NotFoundError(f"no document {document_id!r} at revision {revision}")
        return rows[0]

    def _index_rows(self, workspace: str, ids: Sequence[str], revision: int) -> Iterator[IndexRow]:
        """Rows of live chunks, by chunk id; one purged in between is left out."""
        for batch in batches(ids):
            rows: list[Any] = self._read(changes.ROWS, w=workspace, r=revision, ids=batch)
            yield from sorted((read_index_row(row) for row in rows), key=lambda row: row.chunk.id)
