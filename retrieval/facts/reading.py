"""What a snapshot holds of a thing that is named: its other names, its relations, and the passages that mention it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph.filters import Filters
from graph.identity import entity_id
from graph.model import Entity, PlacedChunk, Relation
from graph.text.names import norm
from graph.text.tokens import is_east_asian
from graph.view.merging import chief
from graph.view.snapshot import Snapshot

MOST_RELATIONS = 10_000
MOST_MENTIONS = 10_000
MOST_CANDIDATES = 20
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedThing:
    """A thing under all its names: ids, normalised names, and how it is shown."""

    entity_id: str
    name: str
    ids: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ()
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

    def named(self, name: str, *, literally: bool) -> NamedThing:
        """The thing of a name or an id. Unless ``literally``, one that alone has a name which holds it will do."""
        if _ID.fullmatch(name) and (found := self._snapshot.things([name])):
            return self._of_keys([found[name].key])
        key = norm(name)
        if not key:
            return NamedThing(entity_id="", name=name)
        thing = self._of_keys([key])
        if thing.ids:
            return thing
        holding = [one for one in self._snapshot.entities(key, MOST_CANDIDATES) if _holds(one.key, key)]
        shown = self.shown([one.id for one in holding])
        things = {shown[one.id].id: shown[one.id] for one in holding if one.id in shown}
        if len(things) == 1 and not literally:
            return self._of_keys([next(iter(things.values())).key])
        return NamedThing(entity_id="", name=name, candidates=tuple(one.name for one in things.values()))

    def around(self, thing: NamedThing) -> Surrounding:
        """Its relations, each once, in order of chunk and place; nothing where it is not known."""
        if thing.entity_id not in self._around:
            self._around[thing.entity_id] = self._read(thing)
        return self._around[thing.entity_id]

    def shown(self, entity_ids: Iterable[str]) -> Mapping[str, Entity]:
        """For each live entity the one that its thing is shown as: the same for all names of one thing."""
        missing = [one for one in dict.fromkeys(entity_ids) if one not in self._shown]
        live = self._snapshot.things(missing) if missing else {}
        others = self._snapshot.other_names(sorted({entity.key for entity in live.values()})) if live else {}
        ids = {key: self._id(key) for keys in others.values() for key in keys}
        named = {**live, **self._snapshot.things(sorted(set(ids.values()) - live.keys()))} if ids else live
        for entity in live.values():
            one_thing = [named[ids[key]] for key in others.get(entity.key, ()) if ids[key] in named]
            self._shown[entity.id] = chief([entity, *one_thing])
        return self._shown

    def dates_of(self, ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Names of whatever is related to entities, by the entity; for what is looked at for its dates."""
        related = {
            one: [link.other for link in _links(self._snapshot.relations(entity.key, MOST_CANDIDATES * 10), {one})]
            for one, entity in self._snapshot.things(ids).items()
        }
        ends = self._snapshot.things(sorted({other for each in related.values() for other in each}))
        return {one: tuple(ends[o].name for o in each if o in ends) for one, each in related.items()}

    def _id(self, key: str) -> str:
        return entity_id(self._snapshot.workspace, key)

    def _of_keys(self, keys: Sequence[str]) -> NamedThing:
        """The thing that has these names, under all others as well; without ids where it is not live."""
        every = dict.fromkeys(keys)
        every |= {other: None for others in self._snapshot.other_names(keys).values() for other in others}
        live = self._snapshot.things([self._id(key) for key in every])
        if not live:
            return NamedThing(entity_id="", name=keys[0])
        best = chief(list(live.values()))
        return NamedThing(
            entity_id=best.id, name=best.name, ids=frozenset(live),
            keys=tuple(key for key in every if self._id(key) in live),
        )  # fmt: skip

    def _read(self, thing: NamedThing) -> Surrounding:
        relations: dict[Relation, None] = {}
        chunk_ids: dict[str, None] = {}
        bounded = False
        for key in thing.keys:
            found = self._snapshot.relations(key, MOST_RELATIONS + 1)
            mentions = self._snapshot.mentions(key, MOST_MENTIONS + 1)
            bounded |= len(found) > MOST_RELATIONS or len(mentions) > MOST_MENTIONS
            relations |= dict.fromkeys(found[:MOST_RELATIONS])
            chunk_ids |= dict.fromkeys(one.chunk_id for one in mentions[:MOST_MENTIONS])
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


def _holds(key: str, asked: str) -> bool:
    """Whether a name holds another as whole words."""
    return asked in key if is_east_asian(asked) else f" {asked} " in f" {key} "
