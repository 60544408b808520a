"""GraphReader over SQLite."""

from collections.abc import Sequence

from typing_extensions import override

from graph.errors import NotFoundError
from graph.model import (
    Chunk,
    Document,
    Entity,
    GraphCounts,
    Mention,
    PlacedChunk,
    Relation,
)
from graph.ports.reading import GraphReader
from graph.stores.alike import read_entity
from graph.stores.sqlite.reading import AT, LIVE_HERE, LIVE_TOO, SqliteReading
from graph.stores.sqlite.rows import (
    CHUNK,
    MENTION,
    RELATION,
    VERSION,
    batches,
    marks,
    read_chunk,
    read_document,
    read_mention,
    read_places,
    read_position,
    read_relation,
)


class SqliteGraphReading(SqliteReading, GraphReader):
    """Chunks, entities and relations, at a revision."""

    @override
    def chunks(self, workspace: str, ids: Sequence[str], revision: int) -> tuple[PlacedChunk, ...]:
        number = self._readable(workspace, revision)
        found: dict[str, tuple[int, Chunk]] = {}
        for batch in batches(list(ids)):
            rows = self._read(
                f"SELECT {CHUNK} FROM chunks c JOIN lives l ON l.chunk=c.id WHERE c.workspace=? AND c.chunk_id IN"
                f" ({marks(batch)}) AND l.valid_from <= ? AND ? < l.valid_to",
                (number, *batch, revision, revision),
            )
            found |= {row[1]: (row[0], read_chunk(row)) for row in rows}
        versions = {
            owner: self._placed(number, owner, revision) for owner in {c.document_id for _, c in found.values()}
        }
        placed: list[PlacedChunk] = []
        for identifier in ids:
            if identifier not in found:
                continue
            chunk_number, chunk = found[identifier]
            version = versions[chunk.document_id]
            if version is None or chunk_number not in version[1]:
                continue  # purged between the two reads
            order, place = version[1][chunk_number]
            placed.append(PlacedChunk(chunk=chunk, position=read_position(chunk.id, order, place), document=version[0]))
        return tuple(placed)

    @override
    def find_entities(self, workspace: str, key: str, revision: int, *, limit: int = 20) -> tuple[Entity, ...]:
        number = self._readable(workspace, revision)
        escaped = key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        rows = self._read(
            "SELECT e.entity_id, count(*) AS n FROM entities e CROSS JOIN mentions m ON m.entity_id=e.entity_id"
            " CROSS JOIN lives l ON l.reading=m.reading"
            f" WHERE e.workspace=:w AND e.key LIKE :k ESCAPE '\\' AND {LIVE_TOO}"
            " GROUP BY e.entity_id ORDER BY n DESC, e.key, e.entity_id LIMIT :n",
            {"w": number, "k": f"%{escaped}%", "r": revision, "n": limit},
        )
        ids = [row[0] for row in rows]
        found = self.entities_by_id(number, ids, revision)
        return tuple(found[identity] for identity in ids if identity in found)

    @override
    def entity(self, workspace: str, entity_id: str, revision: int) -> Entity:
        found = self.entities_by_id(self._readable(workspace, revision), [entity_id], revision)
        if entity_id not in found:
            raise NotFoundError(f"no entity {entity_id!r} at revision {revision}")
        return found[entity_id]

    def entities_by_id(self, number: int, ids: Sequence[str], revision: int) -> dict[str, Entity]:
        """Those of ``ids`` that are live in the workspace of this number."""
        rows: dict[str, list[tuple[str, str, str, str]]] = {}
        for batch in batches(ids):
            for entity_id, *row in self._read(
                "SELECT m.entity_id, m.name, m.type, m.key, c.document_id FROM mentions m"
                " CROSS JOIN lives l ON l.reading=m.reading JOIN chunks c ON c.id=l.chunk"
                f" WHERE m.entity_id IN ({marks(batch)}) AND +l.workspace=? AND l.valid_from <= ? AND ? < l.valid_to",
                (*batch, number, revision, revision),
            ):
                rows.setdefault(entity_id, []).append((row[0], row[1], row[2], row[3]))
        return {entity_id: read_entity(entity_id, found) for entity_id, found in rows.items()}

    @override
    def mentions(self, workspace: str, entity_id: str, revision: int, *, limit: int = 100) -> tuple[Mention, ...]:
        rows = self._read(
            f"SELECT c.chunk_id, {MENTION} FROM mentions m CROSS JOIN lives l ON l.reading=m.reading"
            f" JOIN chunks c ON c.id=l.chunk WHERE m.entity_id=:e AND {LIVE_TOO}"
            " ORDER BY c.chunk_id, m.start, m.ordinal LIMIT :n",
            {"w": self._readable(workspace, revision), "e": entity_id, "r": revision, "n": limit},
        )
        return tuple(read_mention(row[0], row[1:]) for row in rows)

    @override
    def relations(self, workspace: str, entity_id: str, revision: int, *, limit: int = 100) -> tuple[Relation, ...]:
        rows = self._read(
            f"SELECT c.chunk_id, {RELATION} FROM relations r CROSS JOIN lives l ON l.reading=r.reading"
            " JOIN chunks c ON c.id=l.chunk"
            f" WHERE (r.source_id=:e OR r.target_id=:e) AND {LIVE_TOO}"
            " ORDER BY c.chunk_id, r.start, r.predicate, r.ordinal LIMIT :n",
            {"w": self._readable(workspace, revision), "e": entity_id, "r": revision, "n": limit},
        )
        return tuple(read_relation(row[0], row[1:]) for row in rows)

    @override
    def counts(self, workspace: str, revision: int) -> GraphCounts:
        bindings = {"w": self._readable(workspace, revision), "r": revision}
        documents = self._read(f"SELECT count(*) FROM versions WHERE workspace=:w AND {AT}", bindings)
        chunks = self._read(f"SELECT count(*) FROM lives l WHERE {LIVE_HERE}", bindings)
        mentions = self._read(
            "SELECT count(*), count(DISTINCT m.entity_id) FROM lives l JOIN mentions m ON m.reading=l.reading"
            f" WHERE {LIVE_HERE}",
            bindings,
        )
        relations = self._read(
            f"SELECT count(*) FROM lives l JOIN relations r ON r.reading=l.reading WHERE {LIVE_HERE}", bindings
        )
        return GraphCounts(
            documents=documents[0][0],
            chunks=chunks[0][0],
            mentions=mentions[0][0],
            entities=mentions[0][1],
            relations=relations[0][0],
        )

    def _placed(
        self, number: int, document_id: str, revision: int
    ) -> tuple[Document, dict[int, tuple[int, tuple[int, int, int, int]]]] | None:
        rows = self._read(
            f"SELECT {VERSION}, positions FROM versions WHERE workspace=:w AND document_id=:d AND {AT}",
            {"w": number, "d": document_id, "r": revision},
        )
        if not rows:
            return None
        places = {place[0]: (order, place) for order, place in enumerate(read_places(rows[0][-1]))}
        return read_document(rows[0]), places
