"""Answers without a language model: the sentences that answer, quoted literally, or an honest abstention. Pure.

A sentence is worth the share of the question's terms that it and its passage's title cover (terms weighted
by how rare they are among the evidence and the whole question), a little for the rank of its passage, and a
little if it has the shape the question asks for (a number, a time, …). Terms that a chosen sentence covers
count no more, so that the next one is chosen for what is still missing: the second hop of a chain.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from math import log

import rjieba

from graph.tokens import EAST_ASIAN_RUN, is_east_asian, stems
from retrieval.answer_texts import ANSWER_SHAPES, NOT_FOUND, QUESTION_TYPES, QUESTION_WORDS, AnswerType
from retrieval.model import Claim, Draft, Evidence, Question

MAX_SENTENCES = 3
MIN_COVERAGE = 0.5
"""Share of the question's terms that the best passage and the chosen sentences must hold together."""
MIN_GAIN = 0.12
_RANK_WEIGHT = 0.15
_SHAPE_WEIGHT = 0.12
_TITLE_WEIGHT = 0.8


class QuestionTerms:
    """What a question asks about: stems of its words, and the words of its Han text but for question words.

    The segmenter's words say what is asked; that the text is searched for them as they stand makes up for
    the borders it sees differently there.
    """

    def __init__(self, question: str) -> None:
        latin = [term for term in stems(question) if not is_east_asian(term)]
        han = [
            word
            for run in EAST_ASIAN_RUN.findall(question)
            for word in rjieba.cut(run)
            if len(word) > 1 and word not in QUESTION_WORDS
        ]
        self._stems = frozenset(latin)
        self._words = frozenset(han)
        self.all = tuple(sorted(self._stems | self._words))

    def held(self, text: str) -> frozenset[str]:
        """Those terms that stand in a text."""
        return self._stems.intersection(stems(text)) | {word for word in self._words if word in text}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    marker: int
    order: int
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
        chunk = item.placed.chunk
        titled = terms.held(" ".join((item.placed.document.title, *chunk.headings)))
        for order, span in enumerate(chunk.sentences):
            text = chunk.text[span.start : span.end]
            if len(text) < 4 or len(text) > 1200:
                continue
            bonus = _RANK_WEIGHT / item.marker + (_SHAPE_WEIGHT if shape and shape.search(text) else 0.0)
            found.append(
                _Sentence(
                    marker=item.marker, order=order, text=text, terms=terms.held(text), titled=titled, bonus=bonus
                )
            )
    return found


def _choose(sentences: Sequence[_Sentence], weights: dict[str, float]) -> list[_Sentence]:
    chosen: list[_Sentence] = []
    missing = dict(weights)
    while len(chosen) < MAX_SENTENCES:
        rest = [sentence for sentence in sentences if sentence not in chosen]
        if not rest:
            break
        best = max(rest, key=lambda one: (_gain(one, missing) + one.bonus, -one.marker, -one.order))
        if _gain(best, missing) < MIN_GAIN:
            break
        chosen.append(best)
        for term in best.terms | best.titled:
            missing.pop(term, None)
    return chosen


def _gain(sentence: _Sentence, missing: dict[str, float]) -> float:
    return sum(
        weight if term in sentence.terms else _TITLE_WEIGHT * weight
        for term, weight in missing.items()
        if term in sentence.terms or term in sentence.titled
    )


def _coverage(chosen: Sequence[_Sentence], weights: dict[str, float]) -> float:
    held = frozenset().union(*(sentence.terms | sentence.titled for sentence in chosen))
    return sum(weight for term, weight in weights.items() if term in held)
