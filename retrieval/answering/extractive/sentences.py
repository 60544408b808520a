"""Sentences of the evidence, with all by which one can be chosen before another. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from graph.model import Chunk, Span
from graph.text.held_names import holds_name, norm_text
from graph.text.names import find_names, norm
from retrieval.answering.dates import dates_in
from retrieval.answering.extractive.prose import spoken
from retrieval.answering.extractive.table_rows import has_asked_cell, head_of
from retrieval.answering.shapes import holds_asked_value
from retrieval.answering.weights import ANSWER_WEIGHTS, AnswerWeights
from retrieval.model import Evidence
from retrieval.questions.question_words import asks_for_newest
from retrieval.questions.read_question import ReadQuestion
from retrieval.questions.related_words import RelatedWords
from retrieval.questions.terms import QuestionTerms, is_character

_LONGEST_LIST = 40
"""Names of one sentence that may be bridges: a longer list leads everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sentence:
    """One sentence of one passage.

    ``terms`` and ``titled`` are terms of the question that it and its passage's title hold, ``related`` those for which
    it has another word. ``head`` is the number of the sentence with the names of its columns, which count as its title,
    in whatever words they say it.
    ``names`` are normalised names that it holds and the question does not: the bridges that it may lead over. ``value``
    says whether it holds something of the asked kind that the question does not name, and ``lateness`` (0..1) how late
    it begins, where the newest is asked for.
    """

    marker: int
    order: int
    head: int | None
    text: str
    key: str
    title: str
    terms: frozenset[str]
    titled: frozenset[str]
    related: frozenset[str]
    names: frozenset[str]
    value: bool
    asked_row: bool
    lateness: float

    def says(self, name: str) -> bool:
        """Whether it holds a normalised name."""
        return holds_name(self.key, name)


def sentence_text(chunk: Chunk, order: int) -> str:
    """A sentence of a chunk, by its number."""
    span = chunk.sentences[order]
    return chunk.text[span.start : span.end]


def term_weights(terms: QuestionTerms, evidence: Sequence[Evidence]) -> dict[str, float]:
    """Weight of each term of the question, sum 1: ``ln(1 + (N + 1) / (1 + df))`` over the evidence."""
    passages = [terms.held(f"{item.placed.document.title} {item.placed.chunk.text}") for item in evidence]
    raw = {
        term: (ANSWER_WEIGHTS.character if is_character(term) else 1.0)
        * log(1 + (len(passages) + 1) / (1 + sum(term in passage for passage in passages)))
        for term in terms.all
    }
    total = sum(raw.values())
    return {term: weight / total for term, weight in raw.items()} if total else {}


def read_sentences(read: ReadQuestion, evidence: Sequence[Evidence], weights: AnswerWeights) -> list[Sentence]:
    """All sentences of the evidence that may be quoted, in order."""
    asked = norm(read.text)
    related = RelatedWords(read.text, read.terms.all)
    places = [(item, order, head) for item in evidence for order, head in _quotable(item, weights)]
    lateness = _lateness([sentence_text(item.placed.chunk, order) for item, order, _ in places], read)
    found: list[Sentence] = []
    for (item, order, head), late in zip(places, lateness, strict=True):
        chunk, title = item.placed.chunk, item.placed.document.title
        text, columns = sentence_text(chunk, order), "" if head is None else sentence_text(chunk, head)
        terms, over = read.terms.held(text), " ".join((title, *chunk.headings, columns))
        found.append(
            Sentence(
                marker=item.marker, order=order, head=head, text=text, key=norm_text(text), title=norm(title),
                terms=terms, titled=read.terms.held(over) | related.held(columns),
                related=related.held(text) - terms, lateness=late,
                names=frozenset(_bridges(text, asked, norm(title))), asked_row=has_asked_cell(text, asked),
                value=holds_asked_value(read, text, title),
            )
        )  # fmt: skip
    return found


def _quotable(item: Evidence, weights: AnswerWeights) -> Iterator[tuple[int, int | None]]:
    """Sentences of a passage, each with the names of its columns; such names say nothing without a row."""
    heads = {order: head_of(item.placed.chunk, order) for order in spoken(item)}
    named = frozenset(heads.values())
    for order, head in heads.items():
        if order not in named and weights.shortest <= len(sentence_text(item.placed.chunk, order)) <= weights.longest:
            yield order, head


def _bridges(text: str, asked: str, title: str) -> Iterator[str]:
    """Names of a sentence that neither the question nor the passage's title names."""
    given = set(asked.split())
    for found in find_names(text, [Span(start=0, end=len(text))])[:_LONGEST_LIST]:
        known = found.key == title or holds_name(asked, found.key) or given.issuperset(found.key.split())
        if not known and found.kind != "year":
            yield found.key


def _lateness(texts: Sequence[str], read: ReadQuestion) -> Sequence[float]:
    """How late each text begins: its earliest date among the earliest dates of all, in even steps."""
    if not asks_for_newest(read.text):
        return [0.0] * len(texts)
    began = [min(dates_in(text), default=None) for text in texts]
    known = sorted({day for day in began if day is not None})
    steps: Mapping[object, float] = {day: number / max(len(known) - 1, 1) for number, day in enumerate(known)}
    return [steps.get(day, 0.0) for day in began]
