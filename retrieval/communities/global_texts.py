"""What an answer about a whole collection says of itself: how much of it was looked at. Pure."""

from collections.abc import Sequence

from graph.text.tokens import is_east_asian
from retrieval.answer import Step
from retrieval.communities.choosing import Chosen
from retrieval.communities.map_reduce import Mapped, Reported
from retrieval.communities.mapping import Read
from retrieval.communities.model import Communities
from retrieval.pipeline import Found
from retrieval.step_texts import AT_REVISION, CHOSEN, COMMUNITIES, PASSAGES, POINTS, REPORTED, REPORTS


def looked_at(
    reads: Sequence[Read], mapped: Mapped, communities: Communities, passages: int, question: str
) -> str:  # fmt: skip
    """Which part of the collection the answer rests on."""
    heard = sum(bool(one.report.community.id) for one in reads)
    read = {item.placed.chunk.id for one in reads for item in (*one.report.evidence, *one.found)}
    read |= {item.placed.chunk.id for item in mapped.evidence}
    if is_east_asian(question):
        return f"看了 {len(communities.all)} 个社区中的 {heard} 个，{passages} 段中的 {len(read)} 段"
    return f"read {heard} of {len(communities.all)} communities, {len(read)} of {passages} passages"


def searched(found: Found) -> Step:
    """The search by which communities are chosen."""
    asked, result = found.read.text, found.result
    return Step(
        name="search", input=asked, seconds=sum(result.timings.values()),
        detail=AT_REVISION.told(asked, count=len(result.hits), revision=result.revision),
    )  # fmt: skip


def chose(communities: Communities, chosen: Sequence[Chosen], found: Found, seconds: float) -> Step:
    """Clustering, where it was not kept, and the choice."""
    asked, heard = found.read.text, sum(bool(one.community.id) for one in chosen)
    return Step(
        name="communities", input=PASSAGES.told(asked, count=found.snapshot.size), seconds=seconds,
        detail=CHOSEN.told(asked, chosen=heard, all=len(communities.all)),
    )  # fmt: skip


def wrote(reported: Reported, question: str, seconds: float) -> Step:
    """The reports on the communities that were chosen."""
    by_model = sum(one.report.by_model for one in reported.reads)
    sentences = sum(len(one.report.claims) for one in reported.reads)
    return Step(
        name="reports", input=COMMUNITIES.told(question, count=len(reported.reads)), seconds=seconds,
        calls=reported.calls, tokens=reported.tokens,
        detail=REPORTED.told(question, sentences=sentences, by_model=by_model),
    )  # fmt: skip


def mapped_to(mapped: Mapped, reads: int, question: str, seconds: float) -> Step:
    """The points of the answer."""
    detail = POINTS.told(question, points=len(mapped.claims), communities=mapped.communities)
    return Step(name="map", input=REPORTS.told(question, count=reads), detail=detail, seconds=seconds)
