"""What keys and workspaces ask of whatever keeps them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from api.admission.model import Key, Workspace
from graph.ports.spending import Cost


class KeyRegister(Protocol):
    """Keys, durably. Thread-safe."""

    def add(self, key: Key) -> None:
        """Keep a new key."""
        ...

    def all(self) -> Sequence[Key]:
        """Every key that is kept, revoked ones as well, in order of their ids."""
        ...

    def revoke(self, key_id: str, at: datetime) -> None:
        """Note that a key counts no more. The first time is kept."""
        ...

    def note_uses(self, uses: Mapping[str, datetime], costs: Mapping[str, Cost]) -> None:
        """Note when keys were last used and what they cost in all, by id; ids that are not kept are passed over."""
        ...

    def forget(self, workspace: str) -> None:
        """Drop the keys that are bound to a workspace: part of deleting it."""
        ...

    def ever(self) -> bool:
        """Whether there has ever been a key, also one that is forgotten by now."""
        ...


class WorkspaceRegister(Protocol):
    """The workspaces there are: the default one from the beginning. Thread-safe."""

    def add(self, workspace: Workspace) -> None:
        """Keep a new workspace. Raises ConflictError where there is one of this name, or one is being deleted."""
        ...

    def all(self) -> Sequence[Workspace]:
        """Every workspace, those being deleted as well, in order of their names."""
        ...

    def begin_deleting(self, name: str) -> None:
        """Note, durably, that a workspace is to go."""
        ...

    def remove(self, name: str) -> None:
        """All of it is gone; the name is free again."""
        ...
