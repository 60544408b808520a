"""What an answer about a whole collection says of itself: how much of it was looked at. Pure."""

from collections.abc import Sequence

from graph.text.tokens import is_east_asian
from retrieval.answer import Step
from retrieval.communities.choosing import Chosen
from retrieval.communities.map_reduce import Mapped, Reported
from retrieval.communities.mapping import Read
from retrieval.communities.model import Communities
from retrieval.pipeline import Found


def looked_at(reads: Sequence[Read], communities: Communities, passages: int, question: str) -> str:
    """Which part of the collection the answer rests on."""
    heard = sum(bool(one.report.community.id) for one in reads)
    read = {item.placed.chunk.id for one in reads for item in (*one.report.evidence, *one.found)}
    if is_east_asian(question):
        return f"看了 {len(communities.all)} 个社区中的 {heard} 个，{passages} 段中的 {len(read)} 段"
    return f"read {heard} of {len(communities.all)} communities, {len(read)} of {passages} passages"


def searched(found: Found) -> Step:
    """The search by which communities are chosen."""
    return Step(
        name="search", input=found.read.text, seconds=sum(found.result.timings.values()),
        detail=f"{len(found.result.hits)} passages at revision {found.result.revision}",
    )  # fmt: skip


def chose(communities: Communities, chosen: Sequence[Chosen], passages: int, seconds: float) -> Step:
    """Clustering, where it was not kept, and the choice."""
    detail = f"{len(chosen)} of {len(communities.all)} communities"
    return Step(name="communities", input=f"{passages} passages", detail=detail, seconds=seconds)


def wrote(reported: Reported, seconds: float) -> Step:
    """The reports on the communities that were chosen."""
    by_model = sum(one.report.by_model for one in reported.reads)
    sentences = sum(len(one.report.claims) for one in reported.reads)
    return Step(
        name="reports", input=f"{len(reported.reads)} communities", seconds=seconds, calls=reported.calls,
        tokens=reported.tokens, detail=f"{sentences} sentences, {by_model} reports by a language model",
    )  # fmt: skip


def mapped_to(mapped: Mapped, reads: int, seconds: float) -> Step:
    """The points of the answer."""
    detail = f"{len(mapped.claims)} points of {mapped.communities} communities"
    return Step(name="map", input=f"{reads} reports", detail=detail, seconds=seconds)
