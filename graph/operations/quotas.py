"""Limits of single workspaces and the tokens they have spent, in the operational database."""

from collections.abc import Mapping

from typing_extensions import override

from graph.operations.database import OperationsDatabase
from graph.ports.quotas import QuotaBook
from graph.quotas import Limits

_MIGRATIONS = (
    """
    CREATE TABLE limits(workspace TEXT PRIMARY KEY, documents INTEGER, bytes INTEGER, tokens INTEGER) WITHOUT ROWID;
    CREATE TABLE tokens_spent(
        day TEXT NOT NULL, workspace TEXT NOT NULL, tokens INTEGER NOT NULL, PRIMARY KEY(day, workspace)) WITHOUT ROWID;
    """,
)
_ADD = (
    "INSERT INTO tokens_spent VALUES(?, ?, ?) ON CONFLICT(day, workspace) DO UPDATE SET tokens=tokens+excluded.tokens"
)
_KEPT = "date(?, '-31 days')"


class SqliteQuotaBook(QuotaBook):
    """The QuotaBook port over :class:`OperationsDatabase`. Tokens of the last month are kept."""

    def __init__(self, database: OperationsDatabase) -> None:
        self._database = database
        database.ensure_schema("quotas", _MIGRATIONS)

    @override
    def limits(self, workspace: str) -> Limits:
        rows = self._database.read("SELECT documents, bytes, tokens FROM limits WHERE workspace=?", (workspace,))
        return Limits(documents=rows[0][0], bytes=rows[0][1], tokens=rows[0][2]) if rows else Limits()

    @override
    def set_limits(self, workspace: str, limits: Limits) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO limits VALUES(?, ?, ?, ?)",
                (workspace, limits.documents, limits.bytes, limits.tokens),
            )

    @override
    def spent(self, day: str) -> Mapping[str, int]:
        rows = self._database.read("SELECT workspace, tokens FROM tokens_spent WHERE day=?", (day,))
        return {str(workspace): int(tokens) for workspace, tokens in rows}

    @override
    def add_spent(self, day: str, tokens: Mapping[str, int]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(_ADD, [(day, workspace, number) for workspace, number in tokens.items()])
            connection.execute(f"DELETE FROM tokens_spent WHERE day < {_KEPT}", (day,))

    @override
    def forget(self, workspace: str) -> None:
        with self._database.transaction() as connection:
            for table in ("limits", "tokens_spent"):
                connection.execute(f"DELETE FROM {table} WHERE workspace=?", (workspace,))
