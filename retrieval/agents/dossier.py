"""What all researchers found, put together for the writer: one numbering of passages, claims that rest on it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from retrieval.agents.model import Report
from retrieval.answer import Claim
from retrieval.finding.weights import BROAD_LIMITS, EVIDENCE_LIMITS
from retrieval.model import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """The evidence of an answer, with markers from 1, and the claims of its researchers by these markers.

    ``exact`` are claims of reports that are exact, ``found`` those of the others; ``parts`` are those among them that
    answer the parts of the question, ``whole`` those that answer it as a whole, out of passages.
    """

    evidence: tuple[Evidence, ...]
    exact: tuple[Claim, ...] = ()
    found: tuple[Claim, ...] = ()
    parts: tuple[Claim, ...] = ()
    whole: tuple[Claim, ...] = ()


def put_together(reports: Sequence[Report]) -> Dossier:
    """Passages that claims rest on first, then the others, the best of each report before the second best of any.

    There are as many as any other answer may rest on, unless a report alone has gathered more. What one researcher
    alone found stays in its order.
    """
    reports = [report for report in reports if report.evidence]
    evidence = reports[0].evidence if len(reports) == 1 else tuple(_gathered(reports))
    markers = {item.placed.chunk.id: item.marker for item in evidence}
    moved = [(report, tuple(_moved(report, markers))) for report in reports]
    exact = [claim for report, claims in moved if report.exact for claim in claims]
    found = [claim for report, claims in moved if not report.exact for claim in claims]
    whole = [claim for report, claims in moved if _is_whole(report) for claim in claims]
    parts = [claim for report, claims in moved if report.task.part and not report.exact for claim in claims]
    return Dossier(
        evidence=evidence, exact=tuple(exact), found=tuple(dict.fromkeys(found)), parts=tuple(dict.fromkeys(parts)),
        whole=tuple(whole),
    )  # fmt: skip


def _is_whole(report: Report) -> bool:
    return report.task.role == "passages" and not report.task.part and not report.exact


def _gathered(reports: Sequence[Report]) -> Iterator[Evidence]:
    cited = (item for report in reports for item in _cited(report))
    others = (item for rank in zip_longest(*(report.evidence for report in reports)) for item in rank if item)
    most = max((len(report.evidence) for report in reports), default=0)
    return _within(_once((*cited, *others)), max(most, EVIDENCE_LIMITS.passages))


def _cited(report: Report) -> Iterator[Evidence]:
    used = {marker for claim in report.claims for marker, _ in claim.quotes}
    return (item for item in report.evidence if item.marker in used)


def _once(items: Sequence[Evidence]) -> list[Evidence]:
    """Each passage once. One that was the best of some search is not only beside."""
    kept: dict[str, Evidence] = {}
    for item in items:
        before = kept.setdefault(item.placed.chunk.id, item)
        if before.beside and not item.beside:
            kept[item.placed.chunk.id] = replace(before, beside=False)
    return list(kept.values())


def _within(items: Sequence[Evidence], most: int) -> Iterator[Evidence]:
    characters = 0
    bound = EVIDENCE_LIMITS.characters if most <= EVIDENCE_LIMITS.passages else BROAD_LIMITS.characters
    for marker, item in enumerate(items[:most], start=1):
        characters += len(item.placed.chunk.text)
        if marker > 1 and characters > bound:
            return
        yield replace(item, marker=marker)


def _moved(report: Report, markers: dict[str, int]) -> Iterator[Claim]:
    """A report's claims by the markers of the dossier; those whose passages are all in it."""
    own = {item.marker: markers.get(item.placed.chunk.id) for item in report.evidence}
    for claim in report.claims:
        quotes = tuple((moved, quote) for marker, quote in claim.quotes if (moved := own.get(marker)) is not None)
        if len(quotes) == len(claim.quotes):
            yield replace(claim, quotes=quotes)
