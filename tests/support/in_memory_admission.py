"""Keys and workspaces without a database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from api.admission.model import Key, Workspace
from api.admission.ports import KeyRegister, WorkspaceRegister
from graph.errors import ConflictError
from graph.ports.spending import Cost


class InMemoryKeys(KeyRegister):
    def __init__(self) -> None:
        self._keys: dict[str, Key] = {}
        self._ever = False

    def add(self, key: Key) -> None:
        self._keys[key.id] = key
        self._ever = True

    def all(self) -> Sequence[Key]:
        return [self._keys[key_id] for key_id in sorted(self._keys)]

    def revoke(self, key_id: str, at: datetime) -> None:
        if key_id in self._keys and self._keys[key_id].revoked_at is None:
            self._keys[key_id] = replace(self._keys[key_id], revoked_at=at)

    def note_uses(self, uses: Mapping[str, datetime], costs: Mapping[str, Cost]) -> None:
        for key_id, cost in costs.items():
            if key_id in self._keys:
                self._keys[key_id] = replace(self._keys[key_id], calls=cost.calls, tokens=cost.tokens)
        for key_id, at in uses.items():
            if key_id in self._keys:
                self._keys[key_id] = replace(self._keys[key_id], last_used_at=at)

    def forget(self, workspace: str) -> None:
        self._keys = {key.id: key for key in self._keys.values() if key.workspace != workspace}

    def ever(self) -> bool:
        return self._ever


class InMemoryWorkspaces(WorkspaceRegister):
    def __init__(self) -> None:
        self._all = {"default": Workspace(name="default", created_at=datetime.now(UTC))}

    def add(self, workspace: Workspace) -> None:
        held = self._all.get(workspace.name)
        if held is not None:
            what = "is there already" if held.state == "live" else "is being deleted"
            raise ConflictError(f"workspace {workspace.name!r} {what}")
        self._all[workspace.name] = workspace

    def all(self) -> Sequence[Workspace]:
        return [self._all[name] for name in sorted(self._all)]

    def begin_deleting(self, name: str) -> None:
        if name in self._all:
            self._all[name] = replace(self._all[name], state="deleting")

    def remove(self, name: str) -> None:
        self._all.pop(name, None)
