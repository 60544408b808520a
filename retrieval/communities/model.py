"""Values on the way from a collection to what it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from retrieval.answer import Claim
from retrieval.model import Evidence

Level = Literal["fine", "broad"]
"""Where the tree of names is cut: broad communities are of whole fine ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """Names that texts mention together, and the passages that are mostly about them.

    ``id`` follows from the names and the chunks, and from nothing else: another content is another community.
    ``names`` are normalised, the most telling first; ``chunk_ids`` are those with most of its names first. A chunk
    belongs to one community, or to none where it has no names.
    """

    id: str
    names: tuple[str, ...]
    chunk_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Communities:
    """All of one snapshot, the largest first; ``of_chunk`` is the place of each chunk's community.

    ``seen`` stands for all that an audience may read where that is not everything: reports weigh words by how rare
    they are there.
    """

    all: tuple[Community, ...]
    of_chunk: Mapping[str, int]
    revision: int
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the passages of one community say, and what that rests on.

    ``claims`` cite by the markers of ``evidence``, which holds the passages that it rests on. ``labels``
    are the central names as the texts write them. ``by_model``: a language model wrote it, and it was verified.
    """

    community: Community
    labels: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    claims: tuple[Claim, ...]
    by_model: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """All communities of a snapshot, and the reports on those that are shown."""

    communities: Communities
    reports: tuple[Report, ...]
