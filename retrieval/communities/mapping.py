"""What the reports on communities say to a question: the map and the reduce of an answer by rule. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from graph.text.inert import inert_line
from graph.text.tokens import is_east_asian, stems
from retrieval.answer import Claim
from retrieval.communities.model import Report
from retrieval.communities.sentences import repeats, telling_sentences
from retrieval.communities.weights import SENTENCE_WEIGHTS as WEIGHTS
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Point:
    """What one community may say to the question: a claim, the passages it cites, and how well it fits, from 0.

    ``asked`` is the share of the question's terms that it holds.
    """

    claim: Claim
    cited: tuple[Evidence, ...]
    stems: frozenset[str]
    asked: float
    worth: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Read:
    """A report with the passages of its community that the search found for the question, best first."""

    report: Report
    found: tuple[Evidence, ...] = ()


def points_of(one: Read, read: ReadQuestion) -> list[Point]:
    """What a community says to the question, best first: of its report, and of its passages that were found."""
    weights = term_weights(read)
    by_marker = {item.marker: item for item in one.report.evidence}
    points = []
    for place, claim in enumerate(one.report.claims):
        named = dict.fromkeys(marker for marker, _ in claim.quotes)
        cited = tuple(by_marker[marker] for marker in named if marker in by_marker)
        points.append(_point(claim, cited, read, weights, WEIGHTS.central / (1 + place)))
    for place, item in enumerate(one.found):
        found = WEIGHTS.found / (1 + place)
        for said in telling_sentences(item):
            claim = Claim(text=" ".join(said.text.split()), quotes=((item.marker, said.text),))
            points.append(_point(claim, (item,), read, weights, found))
    return sorted(points, key=lambda point: -point.worth)


def term_weights(read: ReadQuestion) -> dict[str, float]:
    """Weight of each term of the question by its rarity in the knowledge base, sum 1; empty where none is known."""
    known = read.known
    if known is None:
        return {}
    raw = {term: known.rarity(term) for term in read.terms.all if known.holding.get(term)}
    total = sum(raw.values())
    return {term: weight / total for term, weight in raw.items()} if total else {}


def _point(
    claim: Claim, cited: tuple[Evidence, ...], read: ReadQuestion, weights: "dict[str, float]", more: float
) -> Point:
    asked = sum(weights.get(term, 0.0) for term in sorted(read.terms.held(claim.text)))
    around = max((sum(weights.get(t, 0.0) for t in sorted(read.terms.held(item.placed.chunk.text))) for item in cited),
                 default=0.0)  # fmt: skip
    return Point(
        claim=claim,
        cited=cited,
        stems=frozenset(stems(claim.text)),
        asked=asked,
        worth=WEIGHTS.asked * asked + WEIGHTS.around * around + more,
    )


def reduce(points: Sequence[Sequence[Point]], most: int, *, everything: bool) -> list[tuple[int, Point]]:
    """The points to be said, at most ``most``, as (place of the community, point), by community.

    Each community says its best before any says its second; each document is heard once, and nothing twice. A point
    that has nearly nothing of the question is left out, unless ``everything`` is asked for.
    """
    taken: list[tuple[int, Point]] = []
    documents: set[str] = set()
    left = [list(each) for each in points]
    said = True
    while said and len(taken) < most:
        said = False
        for place, each in enumerate(left):
            point = next(_fitting(each, documents, [other.stems for _, other in taken], everything=everything), None)
            if point is None or len(taken) == most:
                continue
            taken.append((place, point))
            documents |= {item.placed.document.id for item in point.cited}
            said = True
    return sorted(taken, key=lambda one: one[0])


def _fitting(
    points: Sequence[Point], documents: "set[str]", taken: Sequence[frozenset[str]], *, everything: bool
) -> Iterator[Point]:
    for point in points:
        fits = everything or point.asked >= WEIGHTS.least
        own = {item.placed.document.id for item in point.cited}
        if fits and own and own.isdisjoint(documents) and not repeats(point.stems, taken):
            yield point


def told(reads: Sequence[Read], taken: Sequence[tuple[int, Point]]) -> tuple[tuple[Claim, ...], tuple[Evidence, ...]]:
    """The answer's claims, under the names of their communities, and the evidence that they cite, numbered anew."""
    markers: dict[str, int] = {}
    evidence: list[Evidence] = []
    claims: list[Claim] = []
    before = None
    for place, point in taken:
        for item in point.cited:
            if item.placed.chunk.id not in markers:
                markers[item.placed.chunk.id] = len(markers) + 1
                evidence.append(replace(item, marker=markers[item.placed.chunk.id]))
        old = {item.marker: markers[item.placed.chunk.id] for item in point.cited}
        quotes = tuple((old[marker], quote) for marker, quote in point.claim.quotes if marker in old)
        lead = "\n- " if place == before else _heading(reads[place].report) + "\n- "
        claims.append(replace(point.claim, quotes=quotes, lead=lead))
        before = place
    return tuple(claims), tuple(evidence)


def _heading(report: Report) -> str:
    labels = [inert_line(label) for label in report.labels[:3]]
    if not labels:
        return "\n"
    han = is_east_asian("".join(labels))
    return "\n\n" + ("、" if han else ", ").join(labels) + ("：" if han else ":")
