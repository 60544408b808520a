"""What a passage answers to one question of a plan, by rule: a literal span of a sentence that answers. Pure.

Rules that are sure of a short answer come first. Else the sentences are taken that answer the question, and in them the
span that has the asked kind, or the name that the question does not hold itself: a guess, good to go on with, which is
no short answer of its own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.model import Span
from graph.text.held_names import holds_name, norm_text
from graph.text.names import find_names, norm
from graph.text.tokens import is_east_asian
from retrieval.answer import ShortAnswer
from retrieval.answering.extractive.selection import answering_sentences
from retrieval.answering.short.short_answers import derive
from retrieval.answering.short.spans import spans_of
from retrieval.model import Evidence
from retrieval.questions.answer_kinds import AnswerType
from retrieval.questions.english_nouns import kind_of
from retrieval.questions.read_question import ReadQuestion
from retrieval.questions.related_words import RelatedWords

_WORD = re.compile(r"\w+")
_LATIN_WORD = re.compile(r"[a-z][a-z-]+")
_HELD = frozenset({"person", "place", "time", "number"})
"""Kinds that have a shape of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An answer with the sentence that it stands in. ``short`` is given where rules are sure of it."""

    answer: str
    marker: int
    quote: str
    short: ShortAnswer | None = None


def read_by_rule(read: ReadQuestion, evidence: Sequence[Evidence]) -> Reading | None:
    """What the evidence answers to a question; None where no sentence of it does."""
    evidence = _about(read, evidence)
    if not evidence:
        return None
    derived = derive(read, evidence)
    if derived is not None:
        marker, quote = derived.claims[-1].quotes[0]
        return Reading(answer=derived.short.text, marker=marker, quote=quote or "", short=derived.short)
    sentences = answering_sentences(read, evidence)
    titles = {item.marker: item.placed.document.title for item in evidence}
    relation = _Relation(read)
    kind = _asked_kind(read)
    for wanted in dict.fromkeys((kind, "any")):
        ranked = [
            (relation.distance(text, start, end), place, marker, text, text[start:end])
            for place, (marker, text) in enumerate(sentences)
            for start, end in _candidates(wanted, text, titles[marker], read)
        ]
        if ranked:
            _, _, marker, text, answer = min(ranked)
            return Reading(answer=answer, marker=marker, quote=text)
    return None


def _about(read: ReadQuestion, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Passages that hold every name of the question, those first that are titled after one."""
    names = {norm(read.text[start:end]) for start, end in _names(read.text)}
    outer = [one for one in names if one and not any(one != other and holds_name(other, one) for other in names)]
    found = [
        item for item in evidence
        if all(holds_name(norm_text(f"{item.placed.document.title} {item.placed.chunk.text}"), one) for one in outer)
    ]  # fmt: skip
    return sorted(found, key=lambda item: norm(item.placed.document.title) not in outer)


class _Relation:
    """Where a sentence says what a question asks of the things that it names."""

    def __init__(self, read: ReadQuestion) -> None:
        named = {term for found in _names(read.text) for term in read.terms.held(read.text[found[0] : found[1]])}
        self._terms = frozenset(read.terms.all) - named
        self._read = read
        self._related = RelatedWords(read.text, sorted(self._terms))

    def distance(self, text: str, start: int, end: int) -> int:
        """Characters from a span to the nearest word of the relation; what stands before it counts less."""
        best = 1000
        for word in _WORD.finditer(text):
            if start <= word.start() < end:
                continue
            if self._read.terms.held(word[0]) & self._terms or self._related.held(word[0]):
                away = start - word.end() if word.end() <= start else 2 * (word.start() - end)
                best = min(best, max(away, 0))
        return best


def _names(text: str) -> Iterator[tuple[int, int]]:
    for found in find_names(text, [Span(start=0, end=len(text))]):
        if found.kind in {"name", "quoted", "word"} and found.sentence >= 0:
            yield found.start, found.end


def _asked_kind(read: ReadQuestion) -> AnswerType:
    """The kind of answer, by a noun of the question where the words that ask do not tell."""
    if read.answer_type in _HELD or is_east_asian(read.text):
        return read.answer_type
    kinds = [kind_of(word) for word in _LATIN_WORD.findall(read.text)]
    return next((kind for kind in reversed(kinds) if kind in _HELD), "any")


def _candidates(kind: AnswerType, text: str, title: str, read: ReadQuestion) -> Iterator[tuple[int, int]]:
    """Where a sentence holds what could be the answer."""
    if kind in _HELD:
        yield from spans_of(kind, text, f"{read.text} {title}")
        return
    asked = norm(read.text)
    for start, end in _names(text):
        key = norm(text[start:end])
        if not holds_name(asked, key) and not holds_name(norm(title), key):
            yield start, end
