"""Whose turn it is: workspaces take turns at a kind of work; a long queue of one keeps no other waiting. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from graph.jobs import JobKind

T = TypeVar("T")


class Turns:
    """The one that was served longest ago comes first; those that never were before it, in order of their names."""

    def __init__(self) -> None:
        self._served: dict[tuple[JobKind, str], int] = {}
        self._count = 0

    def order(self, kind: JobKind, workspaces: Iterable[str]) -> Sequence[str]:
        """Workspaces in the order in which they are to be served."""
        return sorted(workspaces, key=lambda workspace: (self._served.get((kind, workspace), 0), workspace))

    def line(self, kind: JobKind, queues: Mapping[str, Sequence[T]], batch: int) -> Sequence[T]:
        """What is served after what, from the queue of each workspace and ``batch`` at a time."""
        order = self.order(kind, queues)
        longest = max(map(len, queues.values()), default=0)
        return [
            one
            for first in range(0, longest, batch)
            for workspace in order
            for one in queues[workspace][first : first + batch]
        ]

    def took(self, kind: JobKind, workspace: str) -> None:
        """A workspace has had its turn."""
        self._count += 1
        self._served[kind, workspace] = self._count

    def forget(self, workspace: str) -> None:
        """A workspace is gone."""
        self._served = {place: turn for place, turn in self._served.items() if place[1] != workspace}
