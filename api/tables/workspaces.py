"""Workspaces in the operational database: the default one from the beginning."""

from collections.abc import Sequence
from datetime import UTC, datetime

from typing_extensions import override

from api.admission.model import Workspace
from api.admission.ports import WorkspaceRegister
from graph.errors import ConflictError
from graph.operations.database import OperationsDatabase

_MIGRATIONS = (
    """
    CREATE TABLE workspaces(name TEXT PRIMARY KEY, created_at TEXT NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO workspaces VALUES('default', strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now'), 'live');
    """,
)


class SqliteWorkspaces(WorkspaceRegister):
    """The WorkspaceRegister port over :class:`OperationsDatabase`."""

    def __init__(self, database: OperationsDatabase) -> None:
        self._database = database
        database.ensure_schema("workspaces", _MIGRATIONS)

    @override
    def add(self, workspace: Workspace) -> None:
        with self._database.transaction() as connection:
            held = connection.execute("SELECT state FROM workspaces WHERE name=?", (workspace.name,)).fetchall()
            if held:
                what = "is there already" if held[0][0] == "live" else "is being deleted"
                raise ConflictError(f"workspace {workspace.name!r} {what}")
            connection.execute(
                "INSERT INTO workspaces VALUES(?, ?, ?)",
                (workspace.name, workspace.created_at.astimezone(UTC).isoformat(), workspace.state),
            )

    @override
    def all(self) -> Sequence[Workspace]:
        rows = self._database.read("SELECT name, created_at, state FROM workspaces ORDER BY name")
        return [
            Workspace(name=name, created_at=datetime.fromisoformat(created_at), state=state)
            for name, created_at, state in rows
        ]

    @override
    def begin_deleting(self, name: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("UPDATE workspaces SET state='deleting' WHERE name=?", (name,))

    @override
    def remove(self, name: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM workspaces WHERE name=?", (name,))
