"""What is asked of operational state as a whole: of everything that work keeps and that is not knowledge."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


class OperationalState(Protocol):
    """Where the register, the jobs and the caches are kept. Each has a port of its own; this spans them."""

    def transaction(self) -> AbstractContextManager[object]:
        """Commit all that is written meanwhile together, durably, or none of it where an exception leaves the block.

        A transaction within another one of the same thread joins it. Another thread's waits until this one has ended.
        Raises DependencyError.
        """
        ...

    def erase_freed_pages(self) -> None:
        """Let deleted bytes leave the disk: the last step of a purge.

        Raises:
            DependencyError: somebody who reads an old state still holds them.
        """
        ...


class StorageRoom(Protocol):
    """Whether there is room to take anything in, and what is kept back for deletions."""

    def problems(self) -> Sequence[str]:
        """Why nothing is taken in now, in one sentence; empty where there is room."""
        ...

    def check(self, wanted: int = 0) -> None:
        """Raise StorageFull where there is no room, or none for so many bytes."""
        ...

    def lend(self) -> None:
        """A deletion begins: give back what was kept for it, if there is no other room."""
        ...

    def give_back(self) -> None:
        """Something found no room: give back what was kept, so that it can be told at least."""
        ...


class GraphWitness(Protocol):
    """What was last seen of the graph, kept apart from it.

    It tells a graph that was restored from an older backup, and one that belongs to another data folder.
    """

    @property
    def owner(self) -> str:
        """The identity of this data folder."""
        ...

    def adopt(self, owner: str) -> None:
        """Be the data folder of this identity from now on: what is kept here was rebuilt from its graph."""
        ...

    def seen(self, workspace: str) -> int:
        """The revision that was noted last; 0 before the first."""
        ...

    def note(self, workspace: str, revision: int) -> None:
        """The graph stands at this revision now."""
        ...

    def forget(self, workspace: str) -> None:
        """Know nothing of a workspace that is deleted."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPosition:
    """How far the background check is: in which ``phase``, of which workspace, after which id.

    ``begun_at`` and ``ended_at`` are the moments of the pass, in seconds since 1970; ended passes are in no phase.
    """

    phase: str = ""
    workspace: str = ""
    after: str = ""
    begun_at: float = 0.0
    ended_at: float = 0.0


class CheckRegister(Protocol):
    """How far the background check is, and what it has found."""

    def position(self) -> CheckPosition:
        """Where it goes on; the beginning, where it has never been."""
        ...

    def move(self, position: CheckPosition, looked_at: Mapping[str, Sequence[str]]) -> None:
        """Go on from here, durably; what was looked at on the way is sound, or has these problems."""
        ...

    def problems(self) -> Sequence[str]:
        """What was found and is not known to be mended, in order of what it concerns."""
        ...


class ReadRules(Protocol):
    """By which rules the documents of a data folder are read, or are ordered to be."""

    def known(self) -> str:
        """The rules; empty before anything was noted."""
        ...

    def note(self, rules: str) -> None:
        """All documents are ordered to be read by these."""
        ...
