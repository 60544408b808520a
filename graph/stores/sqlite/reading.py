"""What every read of the embedded graph store needs: the file, and whether a revision can still be read."""

import json
from typing import Any

from graph.audience import UNRESTRICTED, Audience
from graph.errors import NotFoundError
from graph.stores.sqlite.connection import Bindings, SqliteFile

AT = "valid_from <= :r AND :r < valid_to"
LIVE_HERE = "l.workspace=:w AND l.valid_from <= :r AND :r < l.valid_to"
LIVE_TOO = f"+{LIVE_HERE}"
"""For lives that another table leads to; the + keeps SQLite from reading all lives of the workspace instead."""


_FORBIDS = """
x.workspace={0}.workspace AND x.document_id={0}.document_id AND x.readers IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM json_each(iif(json_valid(x.readers), x.readers, '[]')) p
    WHERE p.value IN (SELECT value FROM json_each(:principals)))
"""
_OF_DOCUMENTS = f"""
{{0}} AS NOT MATERIALIZED (
    SELECT * FROM main.{{0}} o WHERE NOT EXISTS (SELECT 1 FROM main.rights x WHERE {_FORBIDS.format("o")}))
"""
_AS_READABLE = f"""
WITH {_OF_DOCUMENTS.format("versions")}, {_OF_DOCUMENTS.format("chunks")}, {_OF_DOCUMENTS.format("log")},
lives AS NOT MATERIALIZED (
    SELECT * FROM main.lives o WHERE NOT EXISTS (
        SELECT 1 FROM main.chunks z CROSS JOIN main.rights x WHERE z.id=o.chunk AND {_FORBIDS.format("z")}))
"""
"""Put before a statement it lets it see readable documents only: every table that leads to a text, a mention or a
relation is taken by what is left of it. Readers that cannot be read any more are nobody. SQLite merges this into the
statement, which goes by the same indexes."""


class SqliteReading:
    """Rows are immutable but for ``valid_to``, so one revision reads alike at any time."""

    def __init__(self, file: SqliteFile, audience: Audience = UNRESTRICTED) -> None:
        self._file = file
        self._audience = audience
        self._principals = json.dumps(sorted(audience.principals))

    def _read(self, sql: str, bindings: Bindings = ()) -> list[tuple[Any, ...]]:
        """All rows of a query, as the audience may read them. Nothing that reads for others asks the file itself."""
        if self._audience.unrestricted:
            return self._file.read(sql, bindings)
        if isinstance(bindings, dict):
            return self._file.read(_AS_READABLE + sql, {**bindings, "principals": self._principals})
        return self._file.read(_AS_READABLE + sql, (self._principals, *bindings))

    def _number(self, workspace: str) -> int:
        rows = self._read("SELECT id FROM workspaces WHERE name=?", (workspace,))
        return int(rows[0][0]) if rows else -1

    def _readable(self, workspace: str, revision: int) -> int:
        """The workspace's number, once it is certain that ``revision`` can still be read."""
        rows = self._read("SELECT id, horizon FROM workspaces WHERE name=?", (workspace,))
        number, horizon = rows[0] if rows else (-1, 0)
        if revision < horizon:
            raise NotFoundError(f"revision {revision} has been swept; the oldest readable one is {horizon}")
        return int(number)
