"""Answers without a language model: the sentences that answer, quoted literally, or an honest abstention. Pure.

A sentence is worth the share of the question's terms that it and its passage's title cover (terms weighted
by how rare they are among the evidence and the whole question), a little for the rank of its passage, a
little if it has the shape the question asks for (a number, a time, …), a little if a sentence chosen before
names its passage's title, and, where the newest is asked for, a little for how late it says that things began.
Terms that a chosen sentence covers count no more, so that the next one is chosen for what is still missing:
the second hop of a chain. What the title covers it covers for every sentence of its passage: that the subject
is named again tells no sentence from another.
"""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from math import log

import rjieba

from graph.text.tokens import EAST_ASIAN_RUN, is_east_asian, stems
from retrieval.answering.answer_texts import (
    ANSWER_SHAPES,
    NEWEST,
    NOT_FOUND,
    QUESTION_TYPES,
    QUESTION_WORDS,
    AnswerType,
)
from retrieval.answering.dates import dates_in
from retrieval.model import Claim, Draft, Evidence, Question

MAX_SENTENCES = 3
MIN_SENTENCE, MAX_SENTENCE = 4, 1200
"""Characters of a sentence that may be quoted."""
MIN_COVERAGE = 0.5
"""Share of the question's terms that the best passage and the chosen sentences must hold together."""
MIN_GAIN = 0.12
_RANK_WEIGHT = 0.15
_SHAPE_WEIGHT = 0.12
_TITLE_WEIGHT = 0.8
_NAMED_AGAIN = 0.02
"""What a term that the title covers adds where it stands in the sentence, too."""
_BRIDGE_WEIGHT = 0.15
_ALONE = r"(?<![\w])(?<![\w][.:+-]){}(?!\w)(?![.:+-]\w)"
_NEWEST_WEIGHT = 0.25


class QuestionTerms:
    """What a question asks about: stems of its words, and the words of its Han text but for question words.

    The segmenter's words say what is asked; that the text is searched for them as they stand makes up for
    the borders it sees differently there. A number must stand alone: 26 is not in 2020-05-26 or 1.26.
    """

    def __init__(self, question: str) -> None:
        latin = [term for term in stems(question) if not is_east_asian(term)]
        numbers = {term: re.compile(_ALONE.format(term)) for term in latin if term.isdecimal()}
        self._numbers = {term: alone for term, alone in numbers.items() if alone.search(question)}
        han = [
            word
            for run in EAST_ASIAN_RUN.findall(question)
            for word in rjieba.cut(run)
            if len(word) > 1 and word not in QUESTION_WORDS
        ]
        self._stems = frozenset(latin) - numbers.keys()
        self._words = frozenset(han)
        self.all = tuple(sorted(self._stems | self._words | self._numbers.keys()))

    def held(self, text: str) -> frozenset[str]:
        """Those terms that stand in a text."""
        numbers = {number for number, alone in self._numbers.items() if alone.search(text)}
        return self._stems.intersection(stems(text)) | numbers | {word for word in self._words if word in text}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    marker: int
    order: int
    title: str
    text: str
    terms: frozenset[str]
    titled: frozenset[str]
    bonus: float


class ExtractiveGenerator:
    """The AnswerGenerator port, literally."""

    identity = "extractive"

    async def generate(self, question: Question, evidence: Sequence[Evidence]) -> AsyncIterator[Claim | Draft]:
        """See AnswerGenerator."""
        terms = QuestionTerms(question.text)
        weights = _weights(terms, evidence)
        sentences = _sentences(question.text, terms, evidence)
        chosen = _choose(sentences, weights)
        answered = bool(chosen) and _coverage(chosen, weights) >= MIN_COVERAGE
        if answered:
            for sentence in sorted(chosen, key=lambda sentence: (sentence.marker, sentence.order)):
                yield Claim(text=sentence.text, quotes=((sentence.marker, sentence.text),))
        yield Draft(abstained=not answered)


def not_found(question: str) -> str:
    """The abstention, in the question's language."""
    return NOT_FOUND["zh" if is_east_asian(question) else "en"]


def answer_type(question: str) -> AnswerType:
    """What kind of thing is asked for."""
    return next((kind for kind, pattern in QUESTION_TYPES.items() if pattern.search(question)), "any")


def _weights(terms: QuestionTerms, evidence: Sequence[Evidence]) -> dict[str, float]:
    """Weight of each term of the question, sum 1: ``ln(1 + (N + 1) / (1 + df))`` over the evidence."""
    passages = [terms.held(f"{item.placed.document.title} {item.placed.chunk.text}") for item in evidence]
    raw = {
        term: log(1 + (len(passages) + 1) / (1 + sum(term in passage for passage in passages))) for term in terms.all
    }
    total = sum(raw.values())
    return {term: weight / total for term, weight in raw.items()} if total else {}


def _sentences(question: str, terms: QuestionTerms, evidence: Sequence[Evidence]) -> list[_Sentence]:
    shape = ANSWER_SHAPES.get(answer_type(question))
    found: list[_Sentence] = []
    for item in evidence:
        chunk, title = item.placed.chunk, item.placed.document.title
        titled = terms.held(" ".join((title, *chunk.headings)))
        for order, span in enumerate(chunk.sentences):
            text = chunk.text[span.start : span.end]
            if not MIN_SENTENCE <= len(text) <= MAX_SENTENCE:
                continue
            bare = text.replace(title, "") if title else text
            bonus = _RANK_WEIGHT / item.marker + (_SHAPE_WEIGHT if shape and shape.search(bare) else 0.0)
            found.append(
                _Sentence(
                    marker=item.marker, order=order, title=title, text=text,
                    terms=terms.held(text), titled=titled, bonus=bonus,
                )
            )  # fmt: skip
    return _newest_preferred(found) if NEWEST.search(question) else found


def _newest_preferred(sentences: Sequence[_Sentence]) -> list[_Sentence]:
    """The later the earliest date of a sentence among those of all, the more it is worth."""
    began = [min(dates_in(sentence.text), default=None) for sentence in sentences]
    known = sorted({day for day in began if day is not None})
    steps = {day: number / max(len(known) - 1, 1) for number, day in enumerate(known)}
    return [
        sentence if day is None else replace(sentence, bonus=sentence.bonus + _NEWEST_WEIGHT * steps[day])
        for sentence, day in zip(sentences, began, strict=True)
    ]


def _choose(sentences: Sequence[_Sentence], weights: dict[str, float]) -> list[_Sentence]:
    chosen: list[_Sentence] = []
    missing = dict(weights)
    while len(chosen) < MAX_SENTENCES:
        rest = [sentence for sentence in sentences if sentence not in chosen]
        if not rest:
            break
        best = max(rest, key=lambda one: (_worth(one, missing, chosen), -one.marker, -one.order))
        if _gain(best, missing) < MIN_GAIN:
            break
        chosen.append(best)
        for term in best.terms | best.titled:
            missing.pop(term, None)
    return chosen


def _worth(sentence: _Sentence, missing: dict[str, float], chosen: Sequence[_Sentence]) -> float:
    named = any(sentence.title in one.text for one in chosen if one.marker != sentence.marker)
    return _gain(sentence, missing) + sentence.bonus + (_BRIDGE_WEIGHT if sentence.title and named else 0.0)


def _gain(sentence: _Sentence, missing: dict[str, float]) -> float:
    gain = 0.0
    for term, weight in missing.items():
        if term in sentence.titled:
            gain += weight * (_TITLE_WEIGHT + (_NAMED_AGAIN if term in sentence.terms else 0.0))
        elif term in sentence.terms:
            gain += weight
    return gain


def _coverage(chosen: Sequence[_Sentence], weights: dict[str, float]) -> float:
    held = frozenset().union(*(sentence.terms | sentence.titled for sentence in chosen))
    return sum(weight for term, weight in weights.items() if term in held)
