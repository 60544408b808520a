"""Entities that are one thing, put together when they are read: merging rewrites nothing, so it can be undone."""

from collections.abc import Iterable, Sequence

from graph.model import Alias, Entity
from graph.ports import AliasReader

MAX_MEMBERS = 200
"""A thing with more names than this is a mistake somewhere; the others stay as they are."""


def aliases_around(
    reader: AliasReader, workspace: str, entity_ids: Sequence[str], revision: int
) -> tuple[Alias, ...]:  # fmt: skip
    """Every live alias that some of these entities are reached by, however many steps away."""
    found: dict[Alias, None] = {}
    known: set[str] = set()
    frontier = set(entity_ids)
    while frontier and len(known) < MAX_MEMBERS + len(entity_ids):
        aliases = reader.aliases(workspace, revision, entity_ids=sorted(frontier))
        known |= frontier
        found |= dict.fromkeys(aliases)
        frontier = {end for alias in aliases for end in (alias.first_id, alias.second_id)} - known
    return tuple(sorted(found, key=lambda alias: (alias.first_id, alias.second_id, alias.chunk_id, alias.start)))


def members(entity_id: str, aliases: Iterable[Alias]) -> tuple[str, ...]:
    """The entity and all that are one thing with it, sorted."""
    joined = {entity_id}
    pairs = [{alias.first_id, alias.second_id} for alias in aliases]
    while grown := [pair for pair in pairs if pair & joined and pair - joined]:
        joined |= set().union(*grown)
    return tuple(sorted(joined))


def chief(entities: Sequence[Entity]) -> Entity:
    """The one that a thing is shown as: the most mentioned, then the longest name, then the id."""
    return min(entities, key=lambda entity: (-entity.mentions, -len(entity.name), entity.id))
