"""What people ask of a graph that they look at: what stands around an entity, and which revisions there were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from graph.model import Entity, Relation, RevisionRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Entities that relations lead to: the first ids, and how many there are in all."""

    ids: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionDay:
    """How many revisions a day (UTC) made, and the last of them."""

    day: date
    revisions: int
    last: int


class SurroundingsReader(Protocol):
    """What stands around entities, however many there are: each call is one question to the store."""

    def entities(self, workspace: str, entity_ids: Sequence[str], revision: int) -> Mapping[str, Entity]:
        """Those of some entities that are live, by id."""
        ...

    def neighbours(
        self, workspace: str, entity_ids: Sequence[str], revision: int, *, limit: int = 100
    ) -> Neighbours:  # fmt: skip
        """Other entities that live relations tie to these; those with the most such relations first, then by id."""
        ...

    def relations_among(
        self, workspace: str, entity_ids: Sequence[str], revision: int, *, each: int = 5, limit: int = 1000
    ) -> tuple[Relation, ...]:
        """Live relations both of whose ends are among these, at most ``each`` of one fact.

        By chunk id, start, predicate.
        """
        ...


class RevisionReader(Protocol):
    """Which revisions there were."""

    def horizon(self, workspace: str) -> int:
        """The oldest revision that can still be read."""
        ...

    def revisions(self, workspace: str, until: int, *, limit: int = 100) -> tuple[RevisionRecord, ...]:
        """Records of revisions, newest first, from ``until`` backwards."""
        ...

    def days(self, workspace: str) -> tuple[RevisionDay, ...]:
        """Days that made revisions, in order."""
        ...
