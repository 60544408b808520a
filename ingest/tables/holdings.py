"""How many documents and bytes each workspace holds, in the operational database."""

from typing_extensions import override

from graph.operations.database import OperationsDatabase
from graph.quotas import Holding
from ingest.ports import Holdings

_MIGRATIONS = (
    """
    CREATE TABLE holdings(
        workspace TEXT NOT NULL, document_id TEXT NOT NULL, bytes INTEGER NOT NULL,
        PRIMARY KEY(workspace, document_id)) WITHOUT ROWID;
    CREATE TABLE holding_totals(
        workspace TEXT PRIMARY KEY, documents INTEGER NOT NULL, bytes INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE holdings_counted(once INTEGER NOT NULL);
    """,
)
_ADD = (
    "INSERT INTO holding_totals VALUES(?, ?, ?) ON CONFLICT(workspace) DO UPDATE SET"
    " documents=documents+excluded.documents, bytes=bytes+excluded.bytes"
)
_WITHIN = (
    "SELECT count(*), coalesce(sum(bytes), 0) FROM holdings WHERE workspace=? AND document_id > ? AND document_id < ?"
)
_KEY = "WHERE workspace=? AND document_id=?"


class SqliteHoldings(Holdings):
    """The Holdings port over :class:`OperationsDatabase`; totals are kept beside, so that none is ever added up."""

    def __init__(self, database: OperationsDatabase) -> None:
        self._database = database
        database.ensure_schema("holdings", _MIGRATIONS)

    @property
    @override
    def counted(self) -> bool:
        return bool(self._database.read("SELECT 1 FROM holdings_counted"))

    @override
    def held(self, workspace: str, *, within: str | None = None) -> Holding:
        if within is None:
            rows = self._database.read("SELECT documents, bytes FROM holding_totals WHERE workspace=?", (workspace,))
        else:
            rows = self._database.read(_WITHIN, (workspace, f"{within}/", f"{within}0"))  # "0" comes after "/"
        return Holding(documents=rows[0][0], bytes=rows[0][1]) if rows else Holding()

    @override
    def size_of(self, workspace: str, document_id: str) -> int | None:
        rows = self._database.read(f"SELECT bytes FROM holdings {_KEY}", (workspace, document_id))  # noqa: S608
        return int(rows[0][0]) if rows else None

    @override
    def hold(self, workspace: str, document_id: str, size: int) -> None:
        with self._database.transaction() as connection:
            before = self.size_of(workspace, document_id)
            connection.execute("INSERT OR REPLACE INTO holdings VALUES(?, ?, ?)", (workspace, document_id, size))
            connection.execute(_ADD, (workspace, int(before is None), size - (before or 0)))

    @override
    def release(self, workspace: str, document_id: str) -> None:
        with self._database.transaction() as connection:
            before = self.size_of(workspace, document_id)
            if before is not None:
                connection.execute(f"DELETE FROM holdings {_KEY}", (workspace, document_id))  # noqa: S608
                connection.execute(_ADD, (workspace, -1, -before))

    @override
    def forget_all(self, workspace: str | None = None) -> None:
        with self._database.transaction() as connection:
            if workspace is not None:
                for table in ("holdings", "holding_totals"):
                    connection.execute(f"DELETE FROM {table} WHERE workspace=?", (workspace,))  # noqa: S608
                return
            for table in ("holdings", "holding_totals", "holdings_counted"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608
            connection.execute("INSERT INTO holdings_counted VALUES(1)")
