"""What passages answer to one question of a plan, by rule: a literal span of a sentence that says it. Pure.

Rules that are sure of a short answer come first, then sentences that state the asked relation in so many words. Else a
sentence must be about all that the question names and say what is asked; its answer is the span of the asked kind, or
the name, that stands nearest to the words that ask. That is a guess, good to go on with, and no short
answer of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.text.names import norm
from retrieval.answer import ShortAnswer
from retrieval.answering.extractive.prose import prose_of
from retrieval.answering.extractive.selection import answering_sentences
from retrieval.answering.short.short_answers import derive
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion
from retrieval.reasoning.readings.guessing import (
    NEAR,
    SHAPED,
    Relation,
    asked_kind,
    candidates,
    is_about,
    names_in,
    outer,
)
from retrieval.reasoning.readings.roles import read_role

_TITLED = 0.5
"""What it is worth, in words of the question, that a passage is titled after a name of the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An answer with the sentence that it stands in. ``short`` is given where rules are sure of it."""

    answer: str
    marker: int
    quote: str
    short: ShortAnswer | None = None


def read_by_rule(
    read: ReadQuestion, evidence: Sequence[Evidence], *, guess: bool = True, known: Reading | None = None
) -> Reading | None:
    """What the evidence answers to a question; None where no sentence of it does.

    ``guess``: whether it may guess. ``known``: what the graph's relations say, which goes before what is not sure.
    """
    names = outer(norm(read.text[start:end]) for start, end in names_in(read.text))
    about = [item for item in evidence if is_about(item.placed.chunk.text, item.placed.document.title, names)]
    sought = about if guess else evidence  # what a question describes by its words is about more than its names
    derived = derive(read, sought) if sought else None
    if derived is not None:
        marker, quote = derived.claims[-1].quotes[0]
        return Reading(answer=derived.short.text, marker=marker, quote=quote or "", short=derived.short)
    if known is not None:
        return known
    stated = read_role(read.text, evidence)
    if stated is not None:
        return Reading(answer=stated.answer, marker=stated.marker, quote=stated.quote)
    if not guess:
        return None
    best = min(_guesses(read, about, names, Relation(read)), default=None)
    if best is not None:
        return Reading(answer=best[-1], marker=best[2], quote=best[3])
    return _in_other_words(read, about, names)


def _guesses(
    read: ReadQuestion, about: Sequence[Evidence], names: frozenset[str], relation: Relation
) -> Iterator[tuple[float, int, int, str, str]]:
    """Answers, the best the least: by what the sentence says of the question, and how near it stands to that."""
    kind = asked_kind(read)
    for item in about:
        title = item.placed.document.title
        titled = _TITLED if norm(title) in names else 0.0
        for line in prose_of(item):
            text = line.text(item.placed.chunk)
            under = f"{title}. {text}"
            if not relation.said(text) or not (titled or relation.says(under)) or not is_about(text, title, names):
                continue
            for start, end in candidates(kind, text, title, read):
                away = relation.distance(text, start, end)
                if away <= NEAR:
                    yield -(relation.said(text) + titled), away, item.marker, text, text[start:end]


def _in_other_words(read: ReadQuestion, about: Sequence[Evidence], names: frozenset[str]) -> Reading | None:
    """The first span of the asked kind in what answers the question under the name that it asks about."""
    kind = asked_kind(read)
    items = {item.marker: item for item in about if is_about("", item.placed.document.title, names)}
    if kind not in SHAPED or not names or not items:
        return None
    for marker, text in answering_sentences(read, about):
        item = items.get(marker)
        if item is None or text not in {line.text(item.placed.chunk) for line in prose_of(item)}:
            continue
        span = next(candidates(kind, text, item.placed.document.title, read), None)
        if span is not None:
            return Reading(answer=text[span[0] : span[1]], marker=marker, quote=text)
    return None
