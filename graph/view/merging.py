"""Entities that are one thing, put together when they are read: merging rewrites nothing, so it can be undone."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Protocol

from graph.identity import entity_id
from graph.model import Alias, Entity
from graph.ports.reading import AliasReader, GraphReader

MAX_MEMBERS = 200
"""More names than this can only come from a mistake: no further ones are followed."""


class NameReader(GraphReader, AliasReader, Protocol):
    """The readers that tell under which names a thing is known."""


def aliases_around(
    reader: NameReader, workspace: str, entity_ids: Sequence[str], revision: int
) -> tuple[Alias, ...]:  # fmt: skip
    """Every live alias that some of these entities are reached by, however many steps away.

    A name that texts state to be that of several things, as one abbreviation may be, leads to none of them.
    """
    found: dict[Alias, None] = {}
    known: set[str] = set()
    vague: set[str] = set()
    frontier = set(entity_ids)
    while frontier and len(known) < MAX_MEMBERS + len(entity_ids):
        aliases = reader.aliases(workspace, revision, entity_ids=sorted(frontier))
        known |= frontier
        vague |= {one for one in frontier if _of_several_things(reader, workspace, one, aliases, revision)}
        found |= dict.fromkeys(aliases)
        frontier = {end for alias in aliases if _leads(alias, vague) for end in _ends(alias)} - known
    kept = [alias for alias in found if _leads(alias, vague)]
    return tuple(sorted(kept, key=lambda alias: (alias.first_id, alias.second_id, alias.chunk_id, alias.start)))


def _ends(alias: Alias) -> tuple[str, str]:
    return alias.first_id, alias.second_id


def _leads(alias: Alias, vague: set[str]) -> bool:
    """Whether an alias is followed: one by verdict always is."""
    return not alias.chunk_id or vague.isdisjoint(_ends(alias))


def _of_several_things(
    reader: NameReader, workspace: str, entity: str, aliases: Iterable[Alias], revision: int
) -> bool:  # fmt: skip
    """Whether texts state names for an entity of which none is a longer form of the other."""
    stated = [_ends(alias) for alias in aliases if alias.chunk_id and entity in _ends(alias)]
    others = {second if first == entity else first for first, second in stated}
    keys = _keys(reader, workspace, sorted(others), revision) if len(others) > 1 else ()
    words = [set(key.split()) for key in keys]
    return any(not (one <= other or other <= one) for one, other in combinations(words, 2))


def _keys(reader: NameReader, workspace: str, entities: Iterable[str], revision: int) -> tuple[str, ...]:
    """Their normalised names; an entity that has been purged since has none."""
    found = [reader.mentions(workspace, entity, revision, limit=1) for entity in entities]
    return tuple(mention.key for mentions in found for mention in mentions)


def members(entity_id: str, aliases: Iterable[Alias]) -> tuple[str, ...]:
    """The entity and all that are one thing with it, sorted."""
    joined = {entity_id}
    pairs = [{alias.first_id, alias.second_id} for alias in aliases]
    while grown := [pair for pair in pairs if pair & joined and pair - joined]:
        joined |= set().union(*grown)
    return tuple(sorted(joined))


def joined(entity_ids: Iterable[str], aliases: Iterable[Alias]) -> dict[str, tuple[str, ...]]:
    """As :func:`members`, of many entities at once."""
    together: dict[str, set[str]] = {}
    for alias in aliases:
        one = together.get(alias.first_id, {alias.first_id}) | together.get(alias.second_id, {alias.second_id})
        together |= dict.fromkeys(one, one)
    return {one: tuple(sorted(together.get(one, {one}))) for one in entity_ids}


def other_names(
    reader: NameReader, workspace: str, keys: Iterable[str], revision: int
) -> dict[str, tuple[str, ...]]:  # fmt: skip
    """The other normalised names of the thing that each name means; a name without any is left out."""
    named = {entity_id(workspace, key): key for key in keys}
    aliases = aliases_around(reader, workspace, sorted(named), revision)
    found = {}
    for one, key in named.items():
        others = [other for other in members(one, aliases) if other != one]
        if others:
            found[key] = _keys(reader, workspace, others, revision)
    return found


def chief(entities: Sequence[Entity]) -> Entity:
    """The one that a thing is shown as: the most mentioned, then the longest name, then the id."""
    return min(entities, key=lambda entity: (-entity.mentions, -len(entity.name), entity.id))
