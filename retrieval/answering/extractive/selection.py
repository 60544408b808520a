"""Which sentences of the evidence answer, quoted literally, or none. Pure.

A sentence is worth the share of the question's terms that it and its passage's title cover (terms weighted
by how rare they are among the evidence and the whole question), a little for the rank of its passage, a
little if it has the shape the question asks for (a number, a time, …), a little if a sentence chosen before
names its passage's title, more if it is the row of a table that the question asks about, and, where the newest
is asked for, a little for how late it says that things began.
Terms that a chosen sentence covers count no more, so that the next one is chosen for what is still missing:
the second hop of a chain. A title covers its terms for every sentence of its passage, so a sentence that names
them again gains hardly anything by that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log

from graph.model import Chunk
from graph.text.names import norm
from retrieval.answering.dates import dates_in
from retrieval.answering.extractive.table_rows import has_asked_cell, head_of
from retrieval.answering.shapes import ANSWER_SHAPES
from retrieval.answering.weights import ANSWER_WEIGHTS
from retrieval.model import Evidence
from retrieval.questions.question_words import asks_for_newest
from retrieval.questions.read_question import ReadQuestion
from retrieval.questions.terms import QuestionTerms, is_character


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    marker: int
    order: int
    title: str
    text: str
    terms: frozenset[str]
    titled: frozenset[str]
    bonus: float


def answering_sentences(read: ReadQuestion, evidence: Sequence[Evidence]) -> list[tuple[int, str]]:
    """The sentences that answer, with the markers of their passages, in the order of the evidence.

    None where they cover too little of the question. A row of a table comes with the names of its columns.
    """
    weights = _weights(read.terms, evidence)
    chosen = _choose(_sentences(read, evidence), weights)
    if not chosen or _coverage(chosen, weights) < ANSWER_WEIGHTS.least_coverage:
        return []
    chunks = {item.marker: item.placed.chunk for item in evidence}
    places = {(one.marker, one.order) for one in chosen}
    heads = ((marker, head_of(chunks[marker], order)) for marker, order in places)
    places |= {(marker, head) for marker, head in heads if head is not None}
    return [(marker, _sentence(chunks[marker], order)) for marker, order in sorted(places)]


def _sentence(chunk: Chunk, order: int) -> str:
    span = chunk.sentences[order]
    return chunk.text[span.start : span.end]


def _weights(terms: QuestionTerms, evidence: Sequence[Evidence]) -> dict[str, float]:
    """Weight of each term of the question, sum 1: ``ln(1 + (N + 1) / (1 + df))`` over the evidence."""
    passages = [terms.held(f"{item.placed.document.title} {item.placed.chunk.text}") for item in evidence]
    raw = {
        term: (ANSWER_WEIGHTS.character if is_character(term) else 1.0)
        * log(1 + (len(passages) + 1) / (1 + sum(term in passage for passage in passages)))
        for term in terms.all
    }
    total = sum(raw.values())
    return {term: weight / total for term, weight in raw.items()} if total else {}


def _sentences(read: ReadQuestion, evidence: Sequence[Evidence]) -> list[_Sentence]:
    weights, terms = ANSWER_WEIGHTS, read.terms
    shape = ANSWER_SHAPES.get(read.answer_type)
    asked = norm(read.text)
    found: list[_Sentence] = []
    for item in evidence:
        chunk, title = item.placed.chunk, item.placed.document.title
        titled = terms.held(" ".join((title, *chunk.headings)))
        for order in range(len(chunk.sentences)):
            text = _sentence(chunk, order)
            if not weights.shortest <= len(text) <= weights.longest:
                continue
            bare = text.replace(title, "") if title else text
            bonus = weights.rank / item.marker + (weights.shape if shape and shape.search(bare) else 0.0)
            bonus += weights.row if has_asked_cell(text, asked) else 0.0
            found.append(
                _Sentence(
                    marker=item.marker, order=order, title=title, text=text,
                    terms=terms.held(text), titled=titled, bonus=bonus,
                )
            )  # fmt: skip
    return _newest_preferred(found) if asks_for_newest(read.text) else found


def _newest_preferred(sentences: Sequence[_Sentence]) -> list[_Sentence]:
    """A sentence gains the more, the later its earliest date is among the earliest dates of all sentences."""
    began = [min(dates_in(sentence.text), default=None) for sentence in sentences]
    known = sorted({day for day in began if day is not None})
    steps = {day: number / max(len(known) - 1, 1) for number, day in enumerate(known)}
    return [
        sentence if day is None else replace(sentence, bonus=sentence.bonus + ANSWER_WEIGHTS.newest * steps[day])
        for sentence, day in zip(sentences, began, strict=True)
    ]


def _choose(sentences: Sequence[_Sentence], weights: dict[str, float]) -> list[_Sentence]:
    chosen: list[_Sentence] = []
    missing = dict(weights)
    while len(chosen) < ANSWER_WEIGHTS.sentences:
        rest = [sentence for sentence in sentences if sentence not in chosen]
        if not rest:
            break
        best = max(rest, key=lambda one: (_worth(one, missing, chosen), -one.marker, -one.order))
        if _gain(best, missing) < ANSWER_WEIGHTS.least_gain:
            break
        chosen.append(best)
        for term in best.terms | best.titled:
            missing.pop(term, None)
    return chosen


def _worth(sentence: _Sentence, missing: dict[str, float], chosen: Sequence[_Sentence]) -> float:
    named = any(sentence.title in one.text for one in chosen if one.marker != sentence.marker)
    return _gain(sentence, missing) + sentence.bonus + (ANSWER_WEIGHTS.bridge if sentence.title and named else 0.0)


def _gain(sentence: _Sentence, missing: dict[str, float]) -> float:
    gain = 0.0
    for term, weight in missing.items():
        if term in sentence.titled:
            gain += weight * (ANSWER_WEIGHTS.titled + (ANSWER_WEIGHTS.named_again if term in sentence.terms else 0.0))
        elif term in sentence.terms:
            gain += weight
    return gain


def _coverage(chosen: Sequence[_Sentence], weights: dict[str, float]) -> float:
    held = frozenset().union(*(sentence.terms | sentence.titled for sentence in chosen))
    return sum(weight for term, weight in weights.items() if term in held)
