"""How likely each sentence of some evidence is the one that answers, where one sentence does. Pure.

A conditional logit (McFadden 1974): each sentence has a worth that is linear in what is seen of it, and its probability
is the softmax of the worths of all sentences. What a passage's title says of the question is said by all its sentences
alike; what tells them apart is how much each says of the rest, and whether another of the passage says more.
"""

import re
from collections.abc import Mapping, Sequence
from math import exp

from retrieval.answering.extractive.sentences import Sentence
from retrieval.answering.short.spans import shaped, spans_of
from retrieval.answering.weights import LikelihoodWeights
from retrieval.questions.read_question import ReadQuestion

_ASKS_WHY = re.compile(r"\bwhy\b|为什么|為什麼|为何|為何|原因", re.I)
_REASON = re.compile(
    r"\b(?:because|due to|since|in order to|as a result)\b|[因由][为為于於]|因此|所以|故而|[为為]了|使得|[导導]致", re.I
)

CONCLUDES = re.compile(r"\W*(?:[因为為]此|所以|[于於]是|[对對在由从從]此|therefore\b|thus\b|hence\b)", re.I)
"""How a sentence begins that draws its conclusion from the one before it, without which it answers little."""


def likelihoods(
    read: ReadQuestion, sentences: Sequence[Sentence], terms: Mapping[str, float],
    weights: LikelihoodWeights,
) -> list[float]:  # fmt: skip
    """The probability of each sentence, sum 1, in their order. ``terms``: the weight of each of the question's terms,
    sum 1."""
    said = [_share(terms, one.terms - one.titled) for one in sentences]
    most: dict[int, float] = {}
    held: dict[int, frozenset[str]] = {}
    for one, share in zip(sentences, said, strict=True):
        most[one.marker] = max(most.get(one.marker, 0.0), share)
        held[one.marker] = held.get(one.marker, one.titled) | one.terms
    why = _ASKS_WHY.search(read.text) is not None
    worths = []
    for one, share in zip(sentences, said, strict=True):
        titled = _share(terms, one.titled)
        worths.append(
            weights.titled * titled
            + weights.rest * (share / (1 - titled) if share else 0.0)
            + weights.best * (share > 0 and share == most[one.marker])
            + weights.passage * _share(terms, held[one.marker])
            + weights.rank / one.marker
            + weights.shape * (shaped(read.answer_type) and bool(spans_of(read.answer_type, one.text, read.text)))
            + weights.reason * (why and _REASON.search(one.text) is not None)
        )
    odds = [exp(worth - max(worths)) for worth in worths]
    return _of_texts(sentences, [one / sum(odds) for one in odds])


def _of_texts(sentences: Sequence[Sentence], each: Sequence[float]) -> list[float]:
    """What several passages say in the same words is said once, by the likeliest of them; the others count nothing."""
    best: dict[str, int] = {}
    whole: dict[str, float] = {}
    for place, one in enumerate(sentences):
        whole[one.key] = whole.get(one.key, 0.0) + each[place]
        if each[place] > each[best.setdefault(one.key, place)]:
            best[one.key] = place
    return [whole[one.key] if best[one.key] == place else 0.0 for place, one in enumerate(sentences)]


def in_order(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Sentences of one passage as they stand there; those of several as they are given."""
    one_passage = len({one.marker for one in sentences}) == 1
    return sorted(sentences, key=lambda one: one.order) if one_passage else list(sentences)


def _share(terms: Mapping[str, float], held: frozenset[str]) -> float:
    """Summed in one order, so that equal sets weigh the same to the last digit."""
    return sum(weight for term, weight in terms.items() if term in held)
