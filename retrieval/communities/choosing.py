"""Which communities matter for a question: those that the passages lie in which a search found for it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.communities.model import Communities, Community
from retrieval.model import Hit

LATE = 10
"""A hit counts ``1 / (LATE + rank)``: the first ones more, but no single one for all."""

NONE = Community(id="", names=(), chunk_ids=())
"""What passages without names belong to."""
NOWHERE = -1
"""The place of no community."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A community, and which of its chunks the search found, best first."""

    community: Community
    hits: tuple[str, ...] = ()


def choose(communities: Communities, hits: Sequence[Hit], most: int, *, everything: bool) -> tuple[Chosen, ...]:
    """At most ``most`` communities, those that matter most first, then what was found in none of them.

    Where ``everything`` is asked for, the size of a community counts as much as what was found in it.
    """
    found: dict[int, list[Hit]] = {}
    for hit in hits:
        found.setdefault(communities.of_chunk.get(hit.chunk_id, NOWHERE), []).append(hit)
    loose = found.pop(NOWHERE, [])
    worth = {place: sum(1 / (LATE + hit.rank) for hit in held) for place, held in found.items()}
    if everything:
        best = max(worth.values(), default=1.0)
        sizes = [len(one.chunk_ids) for one in communities.all]
        largest = max(sizes, default=1)
        worth = {place: worth.get(place, 0.0) / best + size / largest for place, size in enumerate(sizes)}
    ranked = sorted(worth, key=lambda place: (-worth[place], place))[:most]
    chosen = [
        Chosen(community=communities.all[place], hits=tuple(hit.chunk_id for hit in found.get(place, ())))
        for place in ranked
    ]
    if loose:
        chosen.append(Chosen(community=NONE, hits=tuple(hit.chunk_id for hit in loose)))
    return tuple(chosen)
