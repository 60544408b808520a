"""Whether chosen sentences may be shown as an answer, and what is said where they may not. Pure.

Sentences answer if they hold what the question asks about. That is judged by terms, each as heavy as it is rare in the
whole knowledge base: what the sentences hold together, what one of them holds alone (a question is seldom answered by
words gathered here and there), what no document holds at all; and by names, of which an answer may lack none that
nobody mentions near it. A name that only a bridge leads to need not be in a chosen sentence: any passage of the
evidence may hold it.
"""

from collections.abc import Iterable, Mapping, Sequence

from graph.model import Span
from graph.text.held_names import holds_name, norm_text
from graph.text.names import find_names
from graph.text.tokens import is_east_asian, stems, words
from retrieval.answering.weights import ANSWER_WEIGHTS, REFUSAL_WEIGHTS, RefusalWeights
from retrieval.model import Evidence, Refusal
from retrieval.questions.other_languages import small_words_of
from retrieval.questions.read_question import MAX_NAMED, ReadQuestion
from retrieval.questions.terms import is_character


def refused(
    read: ReadQuestion, evidence: Sequence[Evidence], chosen: Sequence[tuple[int, str]],
    weights: RefusalWeights = REFUSAL_WEIGHTS,
) -> bool:  # fmt: skip
    """Whether the chosen sentences are no answer. ``chosen``: (marker, sentence)."""
    shares = _shares(read)
    if not shares or not chosen:
        return True
    return worth(read, evidence, chosen, shares, weights) < weights.least


def worth(
    read: ReadQuestion, evidence: Sequence[Evidence], chosen: Sequence[tuple[int, str]], shares: Mapping[str, float],
    weights: RefusalWeights,
) -> float:  # fmt: skip
    """What speaks for sentences as an answer, less what speaks against them. ``shares``: the terms' weights, sum 1."""
    placed = {item.marker: item.placed for item in evidence}
    held = [
        read.terms.held(" ".join((placed[marker].document.title, *placed[marker].chunk.headings, text)))
        for marker, text in chosen
    ]
    known = read.known
    return (
        weights.covered * _sum(shares, frozenset[str]().union(*held))
        + weights.covered_by_one * max(_sum(shares, one) for one in held)
        + weights.unknown * (_sum(shares, filter(known.unknown, shares)) if known is not None else 0.0)
        + weights.nameless * _nameless(read, evidence)
    )


def refusal_of(read: ReadQuestion, evidence: Sequence[Evidence], weights: RefusalWeights = REFUSAL_WEIGHTS) -> Refusal:
    """What came nearest, and which words of the question no document knows."""
    return Refusal(nearest=tuple(evidence[: weights.nearest]), unknown_terms=tuple(dict.fromkeys(_unknown(read))))


def _shares(read: ReadQuestion) -> Mapping[str, float]:
    """The weight of each term, sum 1: by its rarity in the knowledge base; alike where that was not looked up."""
    known = read.known
    looked_up = [term for term in read.terms.all if known is None or term in known.holding]
    raw = {
        term: (ANSWER_WEIGHTS.character if is_character(term) else 1.0) * (1.0 if known is None else known.rarity(term))
        for term in looked_up
    }
    total = sum(raw.values())
    return {term: weight / total for term, weight in raw.items()} if total else {}


def _sum(shares: Mapping[str, float], terms: Iterable[str]) -> float:
    return sum(shares.get(term, 0.0) for term in terms)


def _nameless(read: ReadQuestion, evidence: Sequence[Evidence]) -> float:
    """The part of the question's names that no passage of the evidence holds, under any of their names."""
    text = read.text[:MAX_NAMED]
    names = {found.key for found in find_names(text, [Span(start=0, end=len(text))]) if found.kind != "year"}
    names -= small_words_of(text)
    if not names:
        return 0.0
    others = read.known.names if read.known is not None else {}
    passages = [
        norm_text(" ".join((item.placed.document.title, *item.placed.chunk.headings, item.placed.chunk.text)))
        for item in evidence
    ]
    missing = [
        name
        for name in names
        if not any(holds_name(passage, one) for one in (name, *others.get(name, ())) for passage in passages)
    ]
    return len(missing) / len(names)


def _unknown(read: ReadQuestion) -> Iterable[str]:
    """Words of the question, as it writes them, none of whose terms any document holds."""
    known = read.known
    if known is None:
        return
    unknown = frozenset(filter(known.unknown, known.holding))
    for word in words(read.text):
        if not is_east_asian(word):
            terms = [term for term in stems(word) if term in known.holding]
            if terms and unknown.issuperset(terms):
                yield word
            continue
        yield from _unknown_runs(word, unknown)


def _unknown_runs(run: str, unknown: frozenset[str]) -> Iterable[str]:
    """Stretches of Han that unknown terms cover without a gap."""
    covered = [False] * len(run)
    for term in unknown:
        start = run.find(term) if is_east_asian(term) else -1
        while start >= 0:
            covered[start : start + len(term)] = [True] * len(term)
            start = run.find(term, start + 1)
    start = 0
    for place in range(len(run) + 1):
        if place < len(run) and covered[place]:
            continue
        if place - start > 1:
            yield run[start:place]
        start = place + 1
