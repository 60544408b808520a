"""What stands around an entity, within bounds, for people who look at the graph."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from graph.errors import NotFoundError
from graph.model import Alias, Entity, Relation
from graph.ports.browsing import SurroundingsReader
from graph.view.merging import NameReader, aliases_around

MOST_RELATIONS = 1_000
MOST_OF_ONE_FACT = 5
SHOWN_LEFT_OFF = 20
"""Of what a bound leaves off so many are named; the others are counted."""


class GraphReaders(NameReader, SurroundingsReader, Protocol):
    """What is read of a store for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Entities near one, the relations and aliases among them, and what the bounds left off.

    ``left_off`` are the first of ``left_off_count`` entities; ``relations_left_off`` says whether relations were.
    """

    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...]
    aliases: tuple[Alias, ...]
    left_off: tuple[Entity, ...]
    left_off_count: int
    relations_left_off: bool


def surroundings(
    reader: GraphReaders, workspace: str, entity_id: str, revision: int, *, depth: int, limit: int
) -> Surroundings:  # fmt: skip
    """At most ``limit`` entities within ``depth`` relations of one, the most related first; an alias is no step.

    Raises NotFoundError.
    """
    walk = _Walk(reader, workspace, revision, limit)
    walk.take([entity_id])
    if entity_id not in reader.entities(workspace, [entity_id], revision):
        raise NotFoundError(f"no entity {entity_id!r} at revision {revision}")
    for _ in range(depth):
        if not walk.go_on():
            break
    relations = reader.relations_among(
        workspace, walk.seen, revision, each=MOST_OF_ONE_FACT, limit=MOST_RELATIONS + 1
    )  # fmt: skip
    found = reader.entities(workspace, [*walk.seen, *walk.left_off], revision)
    return Surroundings(
        entities=_of(found, walk.seen), relations=relations[:MOST_RELATIONS],
        aliases=tuple(one for one in walk.aliases if {one.first_id, one.second_id} <= found.keys()),
        left_off=_of(found, walk.left_off), left_off_count=walk.left_off_count,
        relations_left_off=len(relations) > MOST_RELATIONS,
    )  # fmt: skip


class _Walk:
    """Goes outwards from an entity until there is nothing more, or no more room."""

    def __init__(self, reader: GraphReaders, workspace: str, revision: int, limit: int) -> None:
        self._reader, self._workspace, self._revision, self._limit = reader, workspace, revision, limit
        self.seen: list[str] = []
        self.aliases: dict[Alias, None] = {}
        self.left_off: list[str] = []
        self.left_off_count = 0

    def take(self, entity_ids: Sequence[str]) -> None:
        """Some entities, and, as far as there is room, whatever is one thing with them."""
        found = aliases_around(self._reader, self._workspace, entity_ids, self._revision)
        joined = [end for alias in found for end in (alias.first_id, alias.second_id)]
        self.seen = list(dict.fromkeys([*self.seen, *entity_ids, *joined]))[: self._limit]
        kept = frozenset(self.seen)
        self.aliases |= dict.fromkeys(alias for alias in found if kept >= {alias.first_id, alias.second_id})

    def go_on(self) -> bool:
        """One relation further; whether there is more to see."""
        room = self._limit - len(self.seen)
        around = self._reader.neighbours(
            self._workspace, self.seen, self._revision, limit=room + SHOWN_LEFT_OFF
        )  # fmt: skip
        self.take(around.ids[:room])
        self.left_off_count = max(around.count - room, 0)
        self.left_off = [one for one in around.ids[room:] if one not in self.seen]
        return bool(around.ids) and not self.left_off_count


def _of(found: Mapping[str, Entity], ids: Iterable[str]) -> tuple[Entity, ...]:
    return tuple(found[one] for one in ids if one in found)
