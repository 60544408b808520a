"""AliasReader and ContributionReader over SQLite."""

from collections.abc import Sequence
from typing import Any

from typing_extensions import override

from graph.model import Alias, GraphChange, Mention, Relation, Verdict
from graph.ports.reading import AliasReader, ContributionReader
from graph.stores.change_check import stacked
from graph.stores.sqlite.changes import SqliteChanges
from graph.stores.sqlite.documents import SqliteDocuments
from graph.stores.sqlite.reading import LIVE_TOO
from graph.stores.sqlite.rows import MENTION, RELATION, batches, read_mention, read_relation
from graph.stores.sqlite.schema import LIVE

_COUNTS = "v.valid_from <= :r AND :r < v.valid_to"
_STATED = f"""
SELECT a.first_id, a.second_id, a.reason, c.chunk_id, a.start, a.stop
FROM aliases a CROSS JOIN lives l ON l.reading=a.reading JOIN chunks c ON c.id=l.chunk
WHERE {LIVE_TOO} AND NOT EXISTS (
    SELECT 1 FROM verdicts v WHERE v.workspace=:w AND v.first_id=a.first_id AND v.second_id=a.second_id
    AND NOT v.same AND {_COUNTS})
"""
_MENTIONED = f"SELECT 1 FROM mentions m CROSS JOIN lives l ON l.reading=m.reading WHERE m.entity_id=a.%s AND {LIVE_TOO}"
_BOTH_MENTIONED = f" AND EXISTS ({_MENTIONED % 'first_id'}) AND EXISTS ({_MENTIONED % 'second_id'})"
_DECIDED = f"""
SELECT a.first_id, a.second_id, a.reason, '', 0, 0 FROM verdicts a
WHERE a.workspace=:w AND a.same AND a.valid_from <= :r AND :r < a.valid_to{_BOTH_MENTIONED}
"""
_READ_ALIASES = "SELECT first_id, second_id, reason, ?, start, stop FROM aliases WHERE reading=? ORDER BY ordinal"
_VERDICTS = "SELECT first_id, second_id, same, reason FROM verdicts"


class SqliteAliasReading(SqliteDocuments, SqliteChanges, AliasReader, ContributionReader):
    """Aliases and verdicts, and whole contributions."""

    @override
    def aliases(
        self, workspace: str, revision: int, *, entity_ids: Sequence[str] | None = None, limit: int = 10_000
    ) -> tuple[Alias, ...]:
        bindings = {"w": self._readable(workspace, revision), "r": revision}
        if entity_ids is None:
            found = self._aliases("", bindings)
        else:
            found = set()
            for batch in batches(sorted(set(entity_ids))):
                names = {f"e{place}": entity for place, entity in enumerate(batch)}
                wanted = ",".join(f":{name}" for name in names)
                within = f" AND (a.first_id IN ({wanted}) OR a.second_id IN ({wanted}))"
                found |= self._aliases(within, {**bindings, **names})
        ordered = sorted(found, key=lambda alias: (alias.first_id, alias.second_id, alias.chunk_id, alias.start))
        return tuple(ordered[:limit])

    @override
    def verdicts(self, workspace: str, revision: int) -> tuple[Verdict, ...]:
        seen = "" if self._audience.unrestricted else _BOTH_MENTIONED
        rows = self._read(
            f"{_VERDICTS} a WHERE workspace=:w AND valid_from <= :r AND :r < valid_to{seen}"
            " ORDER BY first_id, second_id",
            {"w": self._readable(workspace, revision), "r": revision},
        )
        return tuple(_verdict(row) for row in rows)

    @override
    def contribution(self, workspace: str, document_id: str, revision: int) -> GraphChange:
        placed = self.document_chunks(workspace, document_id, revision)
        ids = [item.chunk.id for item in placed]
        vectors = self.vectors(workspace, ids)
        readings = self._read(
            "SELECT l.reading, c.chunk_id FROM chunks c JOIN lives l ON l.chunk=c.id WHERE c.workspace=:w"
            " AND c.document_id=:d AND l.valid_from <= :r AND :r < l.valid_to ORDER BY c.id",
            {"w": self._readable(workspace, revision), "d": document_id, "r": revision},
        )
        mentions: list[Mention] = []
        relations: list[Relation] = []
        aliases: list[Alias] = []
        for reading, chunk in readings:
            for row in self._read(f"SELECT {MENTION} FROM mentions m WHERE reading=? ORDER BY ordinal", (reading,)):
                mentions.append(read_mention(chunk, row))
            for row in self._read(f"SELECT {RELATION} FROM relations r WHERE reading=? ORDER BY ordinal", (reading,)):
                relations.append(read_relation(chunk, row))
            for row in self._read(_READ_ALIASES, (chunk, reading)):
                aliases.append(_alias(row))
        return GraphChange(
            document=self.document(workspace, document_id, revision),
            text=self.text(workspace, document_id, revision),
            chunks=tuple(item.chunk for item in placed),
            positions=tuple(item.position for item in placed),
            vectors=stacked([vectors[identifier] for identifier in ids]),
            mentions=tuple(mentions),
            relations=tuple(relations),
            aliases=tuple(aliases),
        )

    def verdicts_within(self, connection: Any, workspace: str) -> tuple[Verdict, ...]:
        """The verdicts that count now, as a transaction sees them."""
        rows = connection.execute(
            f"{_VERDICTS} WHERE workspace=(SELECT id FROM workspaces WHERE name=?) AND valid_to=?", (workspace, LIVE)
        ).fetchall()
        return tuple(_verdict(row) for row in rows)

    def _aliases(self, within: str, bindings: dict[str, Any]) -> set[Alias]:
        rows = self._read(_STATED + within, bindings) + self._read(_DECIDED + within, bindings)
        return {_alias(row) for row in rows}


def _verdict(row: Sequence[Any]) -> Verdict:
    return Verdict(first_id=row[0], second_id=row[1], same=bool(row[2]), reason=row[3])


def _alias(row: Sequence[Any]) -> Alias:
    return Alias(first_id=row[0], second_id=row[1], reason=row[2], chunk_id=row[3], start=row[4], end=row[5])
