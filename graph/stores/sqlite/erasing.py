"""Deleting a workspace from the embedded graph store."""

from typing import Any

_CHUNKS = "SELECT id FROM chunks WHERE workspace=:w"
_READINGS = f"SELECT id FROM readings WHERE chunk IN ({_CHUNKS})"
_STATEMENTS = (
    *(f"DELETE FROM {table} WHERE reading IN ({_READINGS})" for table in ("mentions", "relations", "aliases")),
    f"DELETE FROM readings WHERE chunk IN ({_CHUNKS})",
    f"DELETE FROM staged_vectors WHERE chunk IN ({_CHUNKS})",
    *(
        f"DELETE FROM {table} WHERE workspace=:w"
        for table in ("lives", "versions", "chunks", "entities", "verdicts", "barriers", "rights", "log")
    ),
    "DELETE FROM workspaces WHERE id=:w",
)  # fmt: skip
"""From what depends on a chunk to the chunk, and the workspace itself last."""


def erase_workspace(connection: Any, workspace: str) -> None:
    """Delete every row of a workspace, in the transaction under way; none where it was never written."""
    for (number,) in connection.execute("SELECT id FROM workspaces WHERE name=?", (workspace,)).fetchall():
        for statement in _STATEMENTS:
            connection.execute(statement, {"w": number})
