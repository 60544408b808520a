"""The workspaces that were erased since the start: what was under way in them must not write any more."""

import threading

from graph.errors import Superseded


class ErasedWorkspaces:
    """Names, in memory: after a restart nothing of before is under way. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: set[str] = set()

    def add(self, workspace: str) -> None:
        """Refuse what is written into it from now on."""
        with self._lock:
            self._names.add(workspace)

    def discard(self, workspace: str) -> None:
        """Let another workspace of this name be written."""
        with self._lock:
            self._names.discard(workspace)

    def check(self, workspace: str) -> None:
        """Raise Superseded where it was erased. Call with the workspace's writing lock held."""
        with self._lock:
            if workspace in self._names:
                raise Superseded(f"workspace {workspace!r} was deleted")
