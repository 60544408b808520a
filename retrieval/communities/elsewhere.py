"""Where else a collection speaks of what is asked: passages that no point of an answer cites, by words of the question.

An answer by rule quotes a sentence of a few communities. Of the others that the search found, it names the passages:
a line for each of the matters that several of them share. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from graph.text.normal import normal
from graph.text.tokens import EAST_ASIAN_RUN, is_east_asian, stems, words
from retrieval.answer import Claim
from retrieval.communities.mapping import Point, term_weights
from retrieval.communities.sentences import Said, repeats, telling_sentences
from retrieval.communities.weights import LINE_LIMITS, GlobalLimits
from retrieval.communities.weights import SENTENCE_WEIGHTS as WEIGHTS
from retrieval.communities.whole_questions import words_of_telling
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion
from retrieval.questions.terms import is_character

_HEADING = {"en": "\n\nMore passages on", "zh": "\n\n更多段落，关于"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beyond:
    """A passage that the search found, and the place of its community among all; below 0: of none."""

    item: Evidence
    community: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Speaking:
    """A sentence that holds something of the question, the community of its passage, and the terms that it holds."""

    said: Said
    community: int
    terms: frozenset[str]

    @property
    def document(self) -> str:
        return self.said.item.placed.document.id


def elsewhere(
    found: Sequence[Beyond], read: ReadQuestion, points: Sequence[Point], limits: GlobalLimits
) -> tuple[tuple[Claim, ...], tuple[Evidence, ...]]:
    """Lines of passages that speak of the same, as claims, and their evidence; ``found``: best first.

    Each document stands in the answer once, in the points or here, and communities that nothing is cited of come
    first. Markers go on from those of the points.
    """
    cited = {item.placed.chunk.id for point in points for item in point.cited}
    heard = {item.placed.document.id for point in points for item in point.cited}
    known = {one.community for one in found if one.item.placed.chunk.id in cited}
    left = [one for one in _speaking(found, read) if one.document not in heard]
    matters = _matters(left, read)
    taken = [point.stems for point in points]
    claims: list[Claim] = []
    evidence: list[Evidence] = []
    while len(claims) < limits.lines:
        terms, line = _best_line(left, matters, known, taken)
        if not line:
            break
        first = len(cited) + len(evidence) + 1
        evidence += [replace(one.said.item, marker=marker) for marker, one in enumerate(line, start=first)]
        quotes = tuple((marker, one.said.text) for marker, one in enumerate(line, start=first))
        claims.append(Claim(text=_as_asked(terms, read.text), quotes=quotes, lead=_lead(read.text, first=not claims)))
        taken += [one.said.stems for one in line]
        known |= {one.community for one in line}
        used = {one.document for one in line}
        left = [one for one in left if one.document not in used]
        matters.pop(terms)
    return tuple(claims), tuple(evidence)


def _speaking(found: Sequence[Beyond], read: ReadQuestion) -> Iterator[_Speaking]:
    idle = words_of_telling(read.text)
    for one in found:
        for said in telling_sentences(one.item):
            terms = frozenset(term for term in read.terms.held(said.text) - idle if not is_character(term))
            if terms:
                yield _Speaking(said=said, community=one.community, terms=terms)


def _matters(speaking: Sequence[_Speaking], read: ReadQuestion) -> dict[frozenset[str], float]:
    """What a line may be of, with its weight: one of the heaviest terms, or two that stand together in a sentence."""
    weights = term_weights(read)
    telling = [term for term in weights if not is_character(term)]
    heavy = frozenset(sorted(telling, key=lambda term: (-weights[term], term))[: LINE_LIMITS.terms])
    held = {one.terms & heavy for one in speaking}
    found = {frozenset(some) for terms in held for many in (1, 2) for some in combinations(sorted(terms), many)}
    written = {terms: read.terms.held(_as_asked(terms, read.text)) for terms in sorted(found, key=sorted)}
    worth = {terms: sum(weights.get(term, 0.0) for term in sorted(said)) for terms, said in written.items()}
    return {terms: share for terms, share in worth.items() if share >= WEIGHTS.least}


def _best_line(
    left: Sequence[_Speaking], matters: Mapping[frozenset[str], float], known: "set[int]",
    taken: Sequence[frozenset[str]],
) -> tuple[frozenset[str], list[_Speaking]]:  # fmt: skip
    """The matter of which most is said: its weight times the passages that speak of it, two at least."""
    best: tuple[float, frozenset[str], list[_Speaking]] = (0.0, frozenset(), [])
    for terms, weight in matters.items():
        line = _line([one for one in left if terms <= one.terms], known, taken)
        if len(line) > 1 and len(line) * weight > best[0]:
            best = len(line) * weight, terms, line
    return best[1:]


def _line(fitting: Sequence[_Speaking], known: "set[int]", taken: Sequence[frozenset[str]]) -> list[_Speaking]:
    """Passages for one line: of communities that nothing was taken from first, those that say something else first."""
    line: list[_Speaking] = []
    there, communities, documents = list(taken), set(known), set[str]()
    for fresh, same in ((True, LINE_LIMITS.other), (True, LINE_LIMITS.same), (False, LINE_LIMITS.same)):
        for one in fitting:
            if len(line) == LINE_LIMITS.passages:
                return line
            known_there = one.document in documents or (fresh and one.community in communities)
            if not known_there and not repeats(one.said.stems, there, same):
                line.append(one)
                there.append(one.said.stems)
                communities.add(one.community)
                documents.add(one.document)
    return line


def _lead(question: str, *, first: bool) -> str:
    heading = _HEADING["zh" if is_east_asian(question) else "en"]
    return (heading + ("：" if is_east_asian(question) else ":") if first else "") + "\n- "


def _as_asked(terms: frozenset[str], question: str) -> str:
    """Terms as the question writes them, in its order: whole words, and pieces of Han as far as terms hold them."""
    written: dict[str, None] = {}
    for word in words(normal(question)):
        if EAST_ASIAN_RUN.match(word):
            written |= dict.fromkeys(_pieces(word, terms))
        elif word in terms or terms.intersection(stems(word)):
            written[word] = None
    return ("、" if is_east_asian(question) else ", ").join(written)


def _pieces(run: str, terms: frozenset[str]) -> Iterator[str]:
    """The longest pieces of a run of Han that pairs of the terms make up."""
    pairs = [run[place : place + 2] in terms for place in range(len(run) - 1)]
    start = None
    for place, held in enumerate((*pairs, False)):
        if held and start is None:
            start = place
        elif not held and start is not None:
            yield run[start : place + 1]
            start = None
