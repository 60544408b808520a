"""What passages answer to one question of a plan, by rule: a literal span of a sentence that says it. Pure.

Rules that are sure of a short answer come first. Else a sentence must say what is asked (one of the words for it, or
another word for the same) in a passage that holds every name of the question; its answer is the span of the asked kind,
or the name, that stands nearest to those words. That is a guess, good to go on with, and no short answer of its own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.model import Span
from graph.text.held_names import holds_name, norm_text
from graph.text.names import find_names, norm
from graph.text.tokens import is_east_asian
from retrieval.answer import ShortAnswer
from retrieval.answering.extractive.prose import prose_of
from retrieval.answering.extractive.selection import answering_sentences
from retrieval.answering.short.short_answers import derive
from retrieval.answering.short.spans import spans_of
from retrieval.model import Evidence
from retrieval.questions.answer_kinds import AnswerType
from retrieval.questions.english_nouns import kind_of
from retrieval.questions.question_words import asked_noun
from retrieval.questions.read_question import ReadQuestion
from retrieval.questions.related_words import RelatedWords
from retrieval.questions.terms import is_character

_WORD = re.compile(r"\w+")
_LATIN_WORD = re.compile(r"[a-z][a-z-]+")
_SHAPED: frozenset[AnswerType] = frozenset({"person", "place", "time", "number"})
"""Kinds that have a shape of their own."""
_TITLED = 0.5
"""What it is worth, in words of the question, that a passage is titled after a name of the question."""
_FAR = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An answer with the sentence that it stands in. ``short`` is given where rules are sure of it."""

    answer: str
    marker: int
    quote: str
    short: ShortAnswer | None = None


def read_by_rule(read: ReadQuestion, evidence: Sequence[Evidence]) -> Reading | None:
    """What the evidence answers to a question; None where no sentence of it does."""
    names = _outer(norm(read.text[start:end]) for start, end in _names(read.text))
    about = [item for item in evidence if _holds_all(item, names)]
    if not about:
        return None
    derived = derive(read, about)
    if derived is not None:
        marker, quote = derived.claims[-1].quotes[0]
        return Reading(answer=derived.short.text, marker=marker, quote=quote or "", short=derived.short)
    relation = _Relation(read)
    best = min(_guesses(read, about, names, relation), default=None)
    if best is not None:
        return Reading(answer=best[-1], marker=best[2], quote=best[3])
    return _in_other_words(read, about)


def _guesses(
    read: ReadQuestion, about: Sequence[Evidence], names: frozenset[str], relation: "_Relation"
) -> Iterator[tuple[float, int, int, str, str]]:
    """Answers, the best the least: by what the sentence says of the question, and how near it stands to that."""
    kind = _asked_kind(read)
    for item in about:
        title = item.placed.document.title
        titled = _TITLED if norm(title) in names else 0.0
        for line in prose_of(item):
            text = line.text(item.placed.chunk)
            said = relation.said(text)
            if not said:
                continue
            for start, end in _candidates(kind, text, title, read):
                worth = said + titled
                yield -worth, relation.distance(text, start, end), item.marker, text, text[start:end]


def _in_other_words(read: ReadQuestion, about: Sequence[Evidence]) -> Reading | None:
    """The first span of the asked kind in sentences that answer the question, whatever words they say it in."""
    items = {item.marker: item for item in about}
    kind = _asked_kind(read)
    for marker, text in answering_sentences(read, about):
        title = items[marker].placed.document.title
        prose = {line.text(items[marker].placed.chunk) for line in prose_of(items[marker])}
        span = next(_candidates(kind, text, title, read), None) if text in prose else None
        if span is not None:
            return Reading(answer=text[span[0] : span[1]], marker=marker, quote=text)
    return None


class _Relation:
    """What a question asks of the things that it names, and where a sentence says it."""

    def __init__(self, read: ReadQuestion) -> None:
        named = {term for start, end in _names(read.text) for term in read.terms.held(read.text[start:end])}
        kind = read.terms.held(asked_noun(read.text))
        self._terms = frozenset(term for term in read.terms.all if not is_character(term)) - named - kind
        self._read = read
        self._related = RelatedWords(read.text, sorted(self._terms))

    def said(self, text: str) -> float:
        """How many of its words a sentence has, or has other words for."""
        held = self._read.terms.held(text) & self._terms
        return len(held) + 0.8 * len((self._related.held(text) & self._terms) - held)

    def distance(self, text: str, start: int, end: int) -> int:
        """Characters from a span to the nearest word of the relation; what stands before that counts twice as far."""
        best = _FAR
        for word in _WORD.finditer(text):
            if start <= word.start() < end or not self.said(word[0]):
                continue
            away = start - word.end() if word.end() <= start else 2 * (word.start() - end)
            best = min(best, max(away, 0))
        return best


def _names(text: str) -> Iterator[tuple[int, int]]:
    for found in find_names(text, [Span(start=0, end=len(text))]):
        if found.kind in {"name", "quoted", "word"} and found.sentence >= 0:
            yield found.start, found.end


def _outer(names: Iterator[str]) -> frozenset[str]:
    """Names that are no part of another."""
    found = {one for one in names if one}
    return frozenset(one for one in found if not any(one != other and holds_name(other, one) for other in found))


def _holds_all(item: Evidence, names: frozenset[str]) -> bool:
    text = norm_text(f"{item.placed.document.title} {item.placed.chunk.text}")
    return all(holds_name(text, one) for one in names)


def _asked_kind(read: ReadQuestion) -> AnswerType:
    """The kind of answer, by a noun of the question where the words that ask do not tell."""
    if read.answer_type in _SHAPED or is_east_asian(read.text):
        return read.answer_type
    kinds = [kind_of(word) for word in _LATIN_WORD.findall(read.text)]
    return next((kind for kind in reversed(kinds) if kind in _SHAPED), "any")


def _candidates(kind: AnswerType, text: str, title: str, read: ReadQuestion) -> Iterator[tuple[int, int]]:
    """Where a sentence holds what could be the answer; a person may also be a company, and a place a country."""
    found = spans_of(kind, text, f"{read.text} {title}") if kind in _SHAPED else []
    yield from found
    if found or kind in {"time", "number"}:
        return
    asked, over = norm(read.text), norm(title)
    for start, end in _names(text):
        key = norm(text[start:end])
        if key and not holds_name(asked, key) and not holds_name(over, key):
            yield start, end
