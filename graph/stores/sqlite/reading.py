"""What every read of the embedded graph store needs: the file, and whether a revision can still be read."""

from graph.errors import NotFoundError
from graph.stores.sqlite.connection import SqliteFile

AT = "valid_from <= :r AND :r < valid_to"
LIVE_HERE = "l.workspace=:w AND l.valid_from <= :r AND :r < l.valid_to"
LIVE_TOO = f"+{LIVE_HERE}"
"""For lives that another table leads to; the + keeps SQLite from reading all lives of the workspace instead."""


class SqliteReading:
    """Rows are immutable but for ``valid_to``, so one revision reads alike at any time."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def _number(self, workspace: str) -> int:
        rows = self._file.read("SELECT id FROM workspaces WHERE name=?", (workspace,))
        return int(rows[0][0]) if rows else -1

    def _readable(self, workspace: str, revision: int) -> int:
        """The workspace's number, once it is certain that ``revision`` can still be read."""
        rows = self._file.read("SELECT id, horizon FROM workspaces WHERE name=?", (workspace,))
        number, horizon = rows[0] if rows else (-1, 0)
        if revision < horizon:
            raise NotFoundError(f"revision {revision} has been swept; the oldest readable one is {horizon}")
        return int(number)
