"""What a snapshot holds of a thing that is named: its other names, its relations, and the passages that mention it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph.filters import Filters
from graph.identity import entity_id
from graph.model import Entity, PlacedChunk, Relation
from graph.text.held_names import holds_name
from graph.text.names import norm
from graph.view.merging import chief
from graph.view.snapshot import Snapshot

MOST_RELATIONS = 10_000
MOST_MENTIONS = 10_000
MOST_NEAR = 200
MOST_CANDIDATES = 20
_QUALIFIED = re.compile(r".+?\s*[(（]([^()（）]{2,60})[)）]\s*")
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedThing:
    """A thing under all its names, by the entity that it is shown as; without ids where none is known of this name.

    ``candidates`` are then names that hold the one asked for.
    """

    entity_id: str
    name: str
    ids: frozenset[str] = frozenset()
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A relation as seen from a named thing: ``other`` is the entity at its other end."""

    relation: Relation
    out: bool
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surrounding:
    """All that is read of a named thing. ``passages`` are those that mention it, as far as the filters let them."""

    thing: NamedThing
    links: tuple[Link, ...]
    passages: Mapping[str, PlacedChunk]
    bounded: bool


class FactReading:
    """Reads one snapshot; what has been read once is kept until the query is answered."""

    def __init__(self, snapshot: Snapshot, filters: Filters) -> None:
        self._snapshot = snapshot
        self._filters = filters
        self._around: dict[str, Surrounding] = {}
        self._shown: dict[str, Entity] = {}
        self.live: dict[str, Entity] = {}
        """Entities that have been met, by id."""

    def named(self, name: str, *, literally: bool) -> NamedThing:
        """The thing of a name or an id. Unless ``literally``, one that alone has a name which holds it will do."""
        if _ID.fullmatch(name) and self._snapshot.things([name]):
            return self._thing(name)
        key = norm(name)
        if not key:
            return NamedThing(entity_id="", name=name)
        plain = [entity_id(self._snapshot.workspace, key, sign) for sign in dict.fromkeys((_qualifier(name), ""))]
        live = self._snapshot.things(plain)
        if (found := next((one for one in plain if one in live), None)) is not None:
            return self._thing(found)
        holding = [
            one
            for one in self._snapshot.entities(key, MOST_CANDIDATES)
            if holds_name(one.key, key) or holds_name(norm(one.name), key)
        ]
        called = [one for one in holding if key in {one.key, norm(one.name)}]
        shown = self.shown([one.id for one in holding])
        for some in (called, holding):
            things = {shown[one.id].id: shown[one.id] for one in some if one.id in shown}
            if len(things) == 1 and (some is called or not literally):
                return self._thing(next(iter(things)))
        return NamedThing(entity_id="", name=name, candidates=tuple(dict.fromkeys(one.name for one in holding)))

    def around(self, thing: NamedThing) -> Surrounding:
        """Its relations, each once, in order of chunk and place; nothing where it is not known."""
        if thing.entity_id not in self._around:
            self._around[thing.entity_id] = self._read(thing)
        return self._around[thing.entity_id]

    def shown(self, entity_ids: Iterable[str]) -> Mapping[str, Entity]:
        """For each live entity the one that its thing is shown as: the same for all names of one thing."""
        missing = [one for one in dict.fromkeys(entity_ids) if one not in self._shown]
        if not missing:
            return self._shown
        together = self._snapshot.joined(missing)
        live = self._snapshot.things(sorted({each for ids in together.values() for each in ids}))
        self.live |= live
        for one, ids in together.items():
            if one in live:
                best = chief([live[each] for each in ids if each in live])
                self._shown |= {one: best, best.id: best}
        return self._shown

    def names_near(self, entity_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """For each entity the names of whatever is related to it, at most some hundreds."""
        related = {one: _links(self._snapshot.relations_of(one, MOST_NEAR), {one}) for one in entity_ids}
        ends = self._snapshot.things(sorted({link.other for each in related.values() for link in each}))
        return {
            one: tuple(ends[link.other].name for link in each if link.other in ends) for one, each in related.items()
        }

    def _thing(self, entity: str) -> NamedThing:
        """The thing that an entity is, under all its names."""
        live = self._snapshot.things(self._snapshot.joined([entity])[entity])
        self.live |= live
        best = chief(list(live.values()))
        return NamedThing(entity_id=best.id, name=best.name, ids=frozenset(live))

    def _read(self, thing: NamedThing) -> Surrounding:
        relations: dict[Relation, None] = {}
        chunk_ids: dict[str, None] = {}
        bounded = False
        for one in sorted(thing.ids):
            found = self._snapshot.relations_of(one, MOST_RELATIONS + 1)
            mentions = self._snapshot.mentions_of(one, MOST_MENTIONS + 1)
            bounded |= len(found) > MOST_RELATIONS or len(mentions) > MOST_MENTIONS
            relations |= dict.fromkeys(found[:MOST_RELATIONS])
            chunk_ids |= dict.fromkeys(mention.chunk_id for mention in mentions[:MOST_MENTIONS])
        chunk_ids |= dict.fromkeys(one.chunk_id for one in relations)
        passages = self._passages(list(chunk_ids))
        kept = [one for one in relations if one.chunk_id in passages]
        return Surrounding(thing=thing, links=_links(kept, thing.ids), passages=passages, bounded=bounded)

    def _passages(self, chunk_ids: Sequence[str]) -> dict[str, PlacedChunk]:
        """Live passages of documents that satisfy the filters."""
        placed = self._snapshot.passages(chunk_ids) if chunk_ids else ()
        return {one.chunk.id: one for one in placed if not self._filters or self._filters.fits(one.document)}


def _links(relations: Iterable[Relation], ids: Iterable[str]) -> tuple[Link, ...]:
    """Relations that lead away from a thing: from one of its names to another of them is none."""
    mine = frozenset(ids)
    found = []
    for one in relations:
        if one.source_id in mine and one.target_id not in mine:
            found.append(Link(relation=one, out=True, other=one.target_id))
        elif one.target_id in mine and one.source_id not in mine:
            found.append(Link(relation=one, out=False, other=one.source_id))
    return tuple(found)


def _qualifier(name: str) -> str:
    """What a name says in parentheses to tell it from others of its like: "planet" of "Mercury (planet)"."""
    found = _QUALIFIED.fullmatch(name)
    return norm(found[1]) if found else ""
