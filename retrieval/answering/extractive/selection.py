"""Which sentences of the evidence answer, quoted literally and in the order of the chain, or none. Pure.

The first is the entry: the sentence that, with its passage's title, holds most of the question. If it holds nearly all
and a value of the asked kind, it is the answer. Else it is half of one, and what it holds of the question is spent.
Whatever follows is worth what it says of the rest of the question (in the words asked, or in others for the same
relation), and more if it holds a value of the asked kind. A title speaks for every sentence of its passage, though less
than the sentence itself: "She was born in …" is about whom the passage is titled after.

Where the rest is depends on the hops that a question takes. If no passage holds more of the question than the best one,
it is answered where it is asked, and what follows is of the same passage. If another passage adds to it, or is titled
after a name that the best sentence holds, such names, which the question lacks, are bridges: what follows is worth more
if it holds one, and if its passage is titled after one; and of two sentences that open alike the one is the entry that
leads somewhere (decision 30).

What is shown is then the likeliest sentence where one hop answers (decision 64); whether anything may be shown is
judged by the sentences that were chosen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.text.held_names import holds_name
from retrieval.answering.extractive.each_of_several import of_each
from retrieval.answering.extractive.likelihood import CONCLUDES, in_order, likelihoods
from retrieval.answering.extractive.sentences import (
    Sentence,
    read_sentences,
    sentence_text,
    term_weights,
)
from retrieval.answering.refusal import refused
from retrieval.answering.weights import ANSWER_WEIGHTS, AnswerWeights
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion


def answering_sentences(
    read: ReadQuestion, evidence: Sequence[Evidence], weights: AnswerWeights = ANSWER_WEIGHTS
) -> list[tuple[int, str]]:
    """The sentences that answer, with the markers of their passages, in the order in which they are to be read.

    None where the question is refused. A row of a table comes after the names of its columns.
    """
    sentences = read_sentences(read, evidence, weights)
    terms = term_weights(read.terms, evidence)
    choice = _Choice(sentences, terms, weights)
    each = of_each(read, sentences, evidence)
    chosen = each or choice.chosen()
    chunks = {item.marker: item.placed.chunk for item in evidence}
    said = [(one.marker, " ".join(sentence_text(chunks[one.marker], order) for order in _lines(one))) for one in chosen]
    if not chosen or refused(read, evidence, said):
        return []
    shown = each or choice.with_likeliest(chosen, likelihoods(read, sentences, terms, weights.likelihood))
    places = dict.fromkeys((one.marker, order) for one in shown for order in _lines(one))
    return [(marker, sentence_text(chunks[marker], order)) for marker, order in places]


def _lines(one: Sentence) -> list[int]:
    """The numbers of a sentence, and before it of the names of its columns if it is a row."""
    return [one.order] if one.head is None else [one.head, one.order]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """An entry and what follows it, the best first."""

    entry: Sentence
    following: tuple[Sentence, ...]
    worth: float


class _Choice:
    """The choice among the sentences of some evidence for one question."""

    def __init__(self, sentences: Sequence[Sentence], terms: Mapping[str, float], weights: AnswerWeights) -> None:
        """``terms``: the weight of each term of the question, sum 1."""
        self._sentences = sentences
        self._terms = terms
        self._weights = weights
        held: dict[int, frozenset[str]] = {}
        for one in sentences:
            held[one.marker] = held.get(one.marker, one.titled) | one.terms
        self._held = {marker: self._share(terms) for marker, terms in held.items()}
        self._titles = {one.marker: one.title for one in sentences}
        self._keys = {marker: " ".join(one.key for one in sentences if one.marker == marker) for marker in self._titles}
        self._led: dict[Sentence, float] = {}
        self._hops = self._counted_hops(held) if sentences else 0.0

    def chosen(self) -> list[Sentence]:
        """The entry, and what follows it if it is not enough; nothing where there is no sentence."""
        if not self._sentences:
            return []
        ranked = sorted(self._sentences, key=lambda one: (-self._entering(one), one.marker, one.order))
        if self._is_enough(ranked[0]):
            return [ranked[0]]
        chains = [self._chain(entry) for entry in ranked[: self._weights.entries]]
        best = max(chains, key=lambda chain: chain.worth)
        return [best.entry, *best.following]

    def with_likeliest(self, chosen: Sequence[Sentence], likelihoods: Sequence[float]) -> list[Sentence]:
        """What is shown of the chosen sentences and of the likeliest ones.

        Where one hop answers, it is the likeliest sentence alone if that is sure (or was all that was chosen), else
        two. Where a question seems to take more, a likeliest sentence that the chain lacks has its last place. Rows of
        tables and the newest of several things are left as they were chosen: no likelihood was fitted to them.
        """
        ranked = sorted(range(len(likelihoods)), key=lambda place: -likelihoods[place])
        first, weights = self._sentences[ranked[0]], self._weights.likelihood
        if any(one.head is not None or one.asked_row or one.lateness for one in (*chosen, first)):
            return list(chosen)
        if self._hops:
            known = first.key in {one.key for one in chosen}
            return list(chosen) if known else [*chosen[: self._weights.sentences - 1], first]
        sure = likelihoods[ranked[0]] >= weights.sure or list(chosen) == [first]
        likely = [place for place in ranked[1 : weights.sentences] if likelihoods[place]]
        others = [] if sure else [self._sentences[place] for place in likely]
        return in_order([first, *(self._before(first) if CONCLUDES.match(first.text) else others)])

    def _before(self, one: Sentence) -> list[Sentence]:
        """The sentence right before another, if it may be quoted."""
        return [other for other in self._sentences if (other.marker, other.order) == (one.marker, one.order - 1)]

    def _counted_hops(self, held: Mapping[int, frozenset[str]]) -> float:
        """How surely a question takes more than one hop, 0..1: by what another passage adds to what the best holds, and
        by whether another is titled after a name in the sentence that holds most."""
        weights = self._weights
        best = held[max(held, key=lambda marker: self._held[marker] + weights.rank / marker)]
        added = max(self._share(terms - best) for terms in held.values())
        hops = min(max((added - weights.one_hop) / (weights.two_hops - weights.one_hop), 0.0), 1.0)
        titled = self._found_leads(max(self._sentences, key=self._holding)) == 1.0
        return max(hops, weights.titled_hop * titled)

    def _entering(self, one: Sentence) -> float:
        """What a sentence is worth as the first."""
        return self._holding(one) + self._weights.leads * self._leads(one) + self._extra(one)

    def _holding(self, one: Sentence) -> float:
        """What it holds of the question, with its title, and how early its passage was found."""
        weights = self._weights
        return self._share(one.terms) + weights.titled * self._share(one.titled - one.terms) + weights.rank / one.marker

    def _leads(self, one: Sentence) -> float:
        """How surely a sentence leads to another passage, where the question takes hops; asked for many times."""
        if not self._hops:
            return 0.0
        if one not in self._led:
            self._led[one] = self._hops * self._found_leads(one)
        return self._led[one]

    def _found_leads(self, one: Sentence) -> float:
        """1 if a bridge of a sentence is in another passage's title, a half if only in its text."""
        others = [marker for marker in self._titles if marker != one.marker]
        if any(holds_name(self._titles[marker], name) for marker in others for name in one.names):
            return 1.0
        return 0.5 if any(holds_name(self._keys[marker], name) for marker in others for name in one.names) else 0.0

    def _is_enough(self, one: Sentence) -> bool:
        """Whether a sentence holds nearly all of the question; in one hop, of what its passage holds of it."""
        if one.head is not None and not one.asked_row:
            return False  # the rows beside it say as much
        most = 1.0 if self._hops else self._held[one.marker]
        return one.value and self._share(one.terms | one.titled) >= self._weights.enough * most

    def _chain(self, entry: Sentence) -> _Chain:
        """An entry with the sentences that follow it best."""
        worths = {one: self._following(one, entry) for one in self._sentences if one is not entry}
        ranked = sorted(worths, key=lambda one: (-worths[one], one.marker, one.order))
        following = [one for one in ranked[: self._weights.sentences - 1] if worths[one] >= self._weights.least]
        worth = self._entering(entry) + self._hops * max(worths.values(), default=0.0)
        return _Chain(entry=entry, following=tuple(following), worth=worth)

    def _following(self, one: Sentence, entry: Sentence) -> float:
        """What a sentence is worth after an entry."""
        weights = self._weights
        rest = self._terms.keys() - entry.terms - entry.titled
        said = sum(self._terms[term] * self._said(one, term) for term in rest)
        left = sum(self._terms[term] for term in rest)
        worth = weights.asked * said + (weights.rest * said / left if left else 0.0) + self._extra(one)
        worth += weights.value * one.value + weights.opening * (one.order == 0)
        if one.marker == entry.marker:
            return worth + weights.staying * self._held[entry.marker] * (1 - self._leads(entry))
        if not self._hops:
            return worth
        return worth + self._hops * (weights.leading * (one.marker <= weights.leaders) + self._bridged(one, entry))

    def _said(self, one: Sentence, term: str) -> float:
        """How much of a term a sentence says: its title's words are said by every sentence of the passage."""
        if term in one.titled:
            return self._weights.titled
        return 1.0 if term in one.terms else self._weights.related * (term in one.related)

    def _bridged(self, one: Sentence, entry: Sentence) -> float:
        """What it is worth that a sentence of another passage is reached over a bridge; the rarer, the more."""
        titled = any(holds_name(one.title, name) for name in entry.names)
        held = max((self._rarity(name) for name in entry.names if one.says(name)), default=0.0)
        return self._weights.bridge * (held + titled)

    def _rarity(self, name: str) -> float:
        """1 for a name of two passages of the evidence, less for one of more."""
        passages = sum(holds_name(self._keys[marker], name) or holds_name(self._titles[marker], name)
                       for marker in self._titles)  # fmt: skip
        return 2 / (1 + max(passages, 1))

    def _extra(self, one: Sentence) -> float:
        return self._weights.row * one.asked_row + self._weights.newest * one.lateness

    def _share(self, held: frozenset[str]) -> float:
        return sum(self._terms.get(term, 0.0) for term in held)
