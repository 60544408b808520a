"""Which communities matter for a question: those that the passages lie in which a search found for it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.communities.model import Communities, Community
from retrieval.model import Hit

LATE = 10
"""A hit counts ``1 / (LATE + rank)``: the first ones more, but no single one for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A community, and which of its chunks the search found, best first."""

    community: Community
    hits: tuple[str, ...] = ()


def choose(communities: Communities, hits: Sequence[Hit], most: int, *, everything: bool) -> tuple[Chosen, ...]:
    """At most ``most`` communities, those that matter most first; the largest where ``everything`` is asked for."""
    found: dict[int, list[Hit]] = {}
    for hit in hits:
        place = communities.of_chunk.get(hit.chunk_id)
        if place is not None:
            found.setdefault(place, []).append(hit)
    if everything:
        ranked = list(range(len(communities.all)))
    else:
        worth = {place: sum(1 / (LATE + hit.rank) for hit in held) for place, held in found.items()}
        ranked = sorted(worth, key=lambda place: (-worth[place], place))
    return tuple(
        Chosen(community=communities.all[place], hits=tuple(hit.chunk_id for hit in found.get(place, ())))
        for place in ranked[:most]
    )
