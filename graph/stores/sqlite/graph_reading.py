"""GraphReader and SurroundingsReader over SQLite."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

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
from graph.ports.browsing import Neighbours, SurroundingsReader
from graph.ports.reading import GraphReader
from graph.stores.alike import MentionRow, read_entity
from graph.stores.sqlite.reading import AT, LIVE_HERE, LIVE_TOO, SqliteReading
from graph.stores.sqlite.rows import (
    BATCH,
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

_CANDIDATES = """
SELECT entity_id, key, weight FROM entities WHERE workspace=:w AND key LIKE :k ESCAPE '\\'
ORDER BY weight DESC, key, entity_id LIMIT :n
"""
_LIVE_MENTIONS = f"""
SELECT m.entity_id, count(*) FROM mentions m CROSS JOIN lives l ON l.reading=m.reading
WHERE m.entity_id IN (SELECT value FROM json_each(:ids)) AND {LIVE_TOO} GROUP BY m.entity_id
"""
_END = f"""
SELECT r.%s AS other FROM relations r CROSS JOIN lives l ON l.reading=r.reading
WHERE r.%s IN (SELECT value FROM json_each(:ids)) AND {LIVE_TOO}
"""
_NEIGHBOURS = f"""
SELECT other, count(*) OVER () FROM ({_END % ("target_id", "source_id")} UNION ALL {_END % ("source_id", "target_id")})
WHERE other NOT IN (SELECT value FROM json_each(:ids)) GROUP BY other ORDER BY count(*) DESC, other LIMIT :n
"""
_AMONG = f"""
SELECT c.chunk_id, {RELATION}, r.ordinal AS place, row_number() OVER (
    PARTITION BY r.source_id, r.predicate, r.target_id ORDER BY c.chunk_id, r.start, r.ordinal) AS number
FROM relations r CROSS JOIN lives l ON l.reading=r.reading JOIN chunks c ON c.id=l.chunk
WHERE r.source_id IN (SELECT value FROM json_each(:ids)) AND +r.target_id IN (SELECT value FROM json_each(:ids))
AND {LIVE_TOO}
"""


class SqliteGraphReading(SqliteReading, GraphReader, SurroundingsReader):
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
        wanted = {"w": number, "k": f"%{escaped}%"}
        ids = self._most_mentioned(wanted, revision, limit)
        found = self.entities_by_id(number, ids, revision)
        return tuple(found[identity] for identity in ids if identity in found)

    def _most_mentioned(self, wanted: dict[str, Any], revision: int, limit: int) -> list[str]:
        """Ids of live entities of some name, as ``find_entities`` orders them.

        Candidates come by weight, which no number of live mentions exceeds: once the last of the best stands before
        whatever may still come, no more of them are counted.
        """
        counts: dict[str, int] = {}
        size = max(2 * limit, BATCH)
        while True:
            rows = self._read(_CANDIDATES, {**wanted, "n": size})
            ids = json.dumps([row[0] for row in rows if row[0] not in counts])
            counts |= dict.fromkeys((row[0] for row in rows), 0) | counts
            counts |= dict(self._read(_LIVE_MENTIONS, {"w": wanted["w"], "r": revision, "ids": ids}))
            live = [(-counts[one], key, one) for one, key, _ in rows if counts[one]]
            best = sorted(live)[:limit]
            if len(rows) < size or (len(best) == limit and best[-1] < (-rows[-1][2], *rows[-1][1::-1])):
                return [one for _, _, one in best]
            size *= 8

    @override
    def entity(self, workspace: str, entity_id: str, revision: int) -> Entity:
        found = self.entities_by_id(self._readable(workspace, revision), [entity_id], revision)
        if entity_id not in found:
            raise NotFoundError(f"no entity {entity_id!r} at revision {revision}")
        return found[entity_id]

    def entities_by_id(self, number: int, ids: Sequence[str], revision: int) -> dict[str, Entity]:
        """Those of ``ids`` that are live in the workspace of this number."""
        found = self.mentions_by_entity(number, ids, revision)
        return {entity_id: read_entity(entity_id, rows) for entity_id, rows in found.items()}

    def mentions_by_entity(self, number: int, ids: Sequence[str], revision: int) -> dict[str, list[MentionRow]]:
        """Live mentions of those of ``ids`` that have any."""
        rows: dict[str, list[MentionRow]] = {}
        for batch in batches(ids):
            for entity_id, *row in self._read(
                "SELECT m.entity_id, m.name, m.type, m.key, c.document_id FROM mentions m"
                " CROSS JOIN lives l ON l.reading=m.reading JOIN chunks c ON c.id=l.chunk"
                f" WHERE m.entity_id IN ({marks(batch)}) AND +l.workspace=? AND l.valid_from <= ? AND ? < l.valid_to",
                (*batch, number, revision, revision),
            ):
                rows.setdefault(entity_id, []).append((row[0], row[1], row[2], row[3]))
        return rows

    @override
    def entities(self, workspace: str, entity_ids: Sequence[str], revision: int) -> Mapping[str, Entity]:
        return self.entities_by_id(self._readable(workspace, revision), entity_ids, revision)

    @override
    def neighbours(self, workspace: str, entity_ids: Sequence[str], revision: int, *, limit: int = 100) -> Neighbours:
        rows = self._read(_NEIGHBOURS, {**self._around(workspace, entity_ids, revision), "n": limit})
        return Neighbours(ids=tuple(row[0] for row in rows), count=rows[0][1] if rows else 0)

    @override
    def relations_among(
        self, workspace: str, entity_ids: Sequence[str], revision: int, *, each: int = 5, limit: int = 1000
    ) -> tuple[Relation, ...]:
        rows = self._read(
            f"SELECT * FROM ({_AMONG}) WHERE number <= :each ORDER BY chunk_id, start, predicate, place LIMIT :n",
            {**self._around(workspace, entity_ids, revision), "each": each, "n": limit},
        )
        return tuple(read_relation(row[0], row[1:]) for row in rows)

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

    def _around(self, workspace: str, entity_ids: Sequence[str], revision: int) -> dict[str, Any]:
        return {"w": self._readable(workspace, revision), "r": revision, "ids": json.dumps(list(entity_ids))}

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
