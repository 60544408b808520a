"""What the operational database remembers of the graph store: whose it is, and how far it was seen to go."""

import uuid

from graph.operations.database import OperationsDatabase

_MIGRATIONS = (
    """
    CREATE TABLE graph_owner(id TEXT NOT NULL);
    CREATE TABLE graph_seen(workspace TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
    """,
)


class GraphWitness:
    """By it a graph that was restored from an older backup, or belongs to another data folder, is told."""

    def __init__(self, database: OperationsDatabase) -> None:
        self._database = database
        database.ensure_schema("witness", _MIGRATIONS)
        with database.transaction() as connection:
            if not connection.execute("SELECT 1 FROM graph_owner").fetchall():
                connection.execute("INSERT INTO graph_owner VALUES(?)", (uuid.uuid4().hex,))

    @property
    def owner(self) -> str:
        """The identity of this data folder."""
        return str(self._database.read("SELECT id FROM graph_owner")[0][0])

    def seen(self, workspace: str) -> int:
        """The newest revision that was noted."""
        rows = self._database.read("SELECT revision FROM graph_seen WHERE workspace=?", (workspace,))
        return int(rows[0][0]) if rows else 0

    def note(self, workspace: str, revision: int) -> None:
        """The graph stands at this revision now."""
        if revision != self.seen(workspace):
            with self._database.transaction() as connection:
                connection.execute("INSERT OR REPLACE INTO graph_seen VALUES(?, ?)", (workspace, revision))
