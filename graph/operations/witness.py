"""What the operational database remembers of the graph store: whose it is, and how far it was seen to go."""

import uuid

from typing_extensions import override

from graph.operations.database import OperationsDatabase
from graph.ports.operations import GraphWitness

_MIGRATIONS = (
    """
    CREATE TABLE graph_owner(id TEXT NOT NULL);
    CREATE TABLE graph_seen(workspace TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
    """,
)


class SqliteGraphWitness(GraphWitness):
    """The GraphWitness port over :class:`OperationsDatabase`. The identity of the data folder is drawn once."""

    def __init__(self, database: OperationsDatabase) -> None:
        self._database = database
        database.ensure_schema("witness", _MIGRATIONS)
        with database.transaction() as connection:
            if not connection.execute("SELECT 1 FROM graph_owner").fetchall():
                connection.execute("INSERT INTO graph_owner VALUES(?)", (uuid.uuid4().hex,))

    @property
    @override
    def owner(self) -> str:
        return str(self._database.read("SELECT id FROM graph_owner")[0][0])

    @override
    def adopt(self, owner: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("UPDATE graph_owner SET id=?", (owner,))

    @override
    def seen(self, workspace: str) -> int:
        rows = self._database.read("SELECT revision FROM graph_seen WHERE workspace=?", (workspace,))
        return int(rows[0][0]) if rows else 0

    @override
    def note(self, workspace: str, revision: int) -> None:
        if revision != self.seen(workspace):
            with self._database.transaction() as connection:
                connection.execute("INSERT OR REPLACE INTO graph_seen VALUES(?, ?)", (workspace, revision))

    @override
    def forget(self, workspace: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM graph_seen WHERE workspace=?", (workspace,))
