"""Workspaces: created, listed, deleted with everything in them."""

import re
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from api.access import Caller
from api.admission.model import NAME_FORM, Workspace, WorkspaceState
from api.admission.ports import WorkspaceRegister
from graph.errors import ConflictError, InputError, NotFoundError
from graph.model import DEFAULT_WORKSPACE

_NAME = re.compile(NAME_FORM)


class Workspaces:
    """The use case of workspaces. One process owns the data folder, so what is in memory is what is kept."""

    def __init__(self, register: WorkspaceRegister) -> None:
        self._register = register
        self._lock = threading.Lock()
        self._all = {workspace.name: workspace for workspace in register.all()}
        self._created: list[Callable[[str], object]] = []
        self._deleting: list[Callable[[str], object]] = []

    def on_created(self, call: Callable[[str], object]) -> None:
        """Have the name of a new workspace told before anybody works in it."""
        self._created.append(call)

    def on_deleting(self, call: Callable[[str], object]) -> None:
        """Have the name of a workspace told when it is to go: nobody comes in any more by then."""
        self._deleting.append(call)

    def exists(self, name: str) -> bool:
        """Whether anybody may work in it. Asks memory alone."""
        return self.state(name) == "live"

    def state(self, name: str) -> WorkspaceState | None:
        """How it stands with a workspace; None where there is nothing of this name."""
        found = self._all.get(name)
        return found.state if found else None

    def create(self, caller: Caller, name: str) -> Workspace:
        """Add an empty workspace.

        Raises:
            InputError: the name cannot be one.
            ConflictError: there is one of this name, or the one there was is not all gone yet.
        """
        caller.check("operator")
        if not _NAME.fullmatch(name):
            raise InputError("a workspace's name has 1 to 63 of a-z, 0-9 and -, and does not begin with -")
        workspace = Workspace(name=name, created_at=datetime.now(UTC))
        with self._lock:
            self._register.add(workspace)
            for call in self._created:
                call(name)
            self._all[name] = workspace
        return workspace

    def page(self, caller: Caller, *, after: str = "", limit: int = 100) -> Sequence[Workspace]:
        """Those that the caller may work in, in order of their names, at most ``limit`` after the name ``after``."""
        found = sorted((one for one in list(self._all.values()) if _sees(caller, one)), key=lambda one: one.name)
        return [one for one in found if one.name > after][:limit]

    def get(self, caller: Caller, name: str) -> Workspace:
        """One workspace. Raises NotFoundError."""
        found = self._all.get(name)
        if found is None or not _sees(caller, found):
            raise NotFoundError(f"no workspace {name!r}")
        return found

    def delete(self, caller: Caller, name: str) -> None:
        """Let nobody in any more, durably; all that is kept of it goes in the background, also after a restart.

        Raises:
            NotFoundError: there is none of this name.
            ConflictError: it is the default one.
        """
        caller.check("operator")
        found = self.get(caller, name)
        if name == DEFAULT_WORKSPACE:
            raise ConflictError(f"workspace {name!r} cannot be deleted; delete its documents instead")
        with self._lock:
            self._register.begin_deleting(name)
            self._all[name] = Workspace(name=name, created_at=found.created_at, state="deleting")
        for call in self._deleting:
            call(name)

    def to_delete(self) -> Sequence[str]:
        """The names of those that have yet to go."""
        return sorted(one.name for one in list(self._all.values()) if one.state == "deleting")

    def gone(self, name: str) -> None:
        """All that was kept of a workspace is gone."""
        with self._lock:
            self._register.remove(name)
            del self._all[name]


def _sees(caller: Caller, workspace: Workspace) -> bool:
    return caller.operator or workspace.name == caller.workspace
