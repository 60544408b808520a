"""Sources that contradict each other: sentences that say of the same thing something else. Pure.

Of the sentences that an answer cites, the one that holds most of the question is held against those of other
documents. One conflicts with it if, with its title, it holds every term of the question that the cited one holds, and

* where a time or a number is asked for, it gives times or numbers that the question does not, and none of those that
  the cited one gives; or
* it shares words with the cited one (Jaccard similarity of stems), and each has words that neither the other nor the
  question has.

Nothing is decided and nothing blended: each side is shown with its source and date, the newest first. That one name
stands for several things looks the same from here, and is shown alike.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.text.tokens import stems
from retrieval.answering.dates import dated
from retrieval.answering.weights import ANSWER_WEIGHTS
from retrieval.model import Citation, Conflict, Evidence, Side
from retrieval.questions.read_question import ReadQuestion

_VALUE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """A sentence in its passage, with what it can be compared by."""

    item: Evidence
    start: int
    end: int
    asked: frozenset[str]
    stems: frozenset[str]
    values: frozenset[str]


def find_conflict(read: ReadQuestion, evidence: Sequence[Evidence], citations: Sequence[Citation]) -> Conflict | None:
    """What other sources say otherwise than the cited sentence that holds most of the question."""
    statements = [statement for item in evidence for statement in _statements(item, read)]
    said = [one for one in statements if any(_cited(one, citation) for citation in citations)]
    if not said:
        return None
    leading = max(said, key=lambda one: len(one.asked))
    sides = _sides(leading, statements, frozenset(read.stems), read.answer_type in {"time", "number"})
    return Conflict(sides=tuple(sorted(map(_side, sides), key=_newest_first))) if len(sides) > 1 else None


def _statements(item: Evidence, read: ReadQuestion) -> Iterator[_Statement]:
    document, chunk = item.placed.document, item.placed.chunk
    titled = read.terms.held(" ".join((document.title, *chunk.headings)))
    known = frozenset(_values(read.text)) | frozenset(_values(document.title))
    for span in chunk.sentences:
        text = chunk.text[span.start : span.end]
        if not ANSWER_WEIGHTS.shortest <= len(text) <= ANSWER_WEIGHTS.longest:
            continue
        yield _Statement(
            item=item, start=span.start, end=span.end, asked=titled | read.terms.held(text),
            stems=frozenset(stems(text)), values=frozenset(_values(text)) - known,
        )  # fmt: skip


def _cited(statement: _Statement, citation: Citation) -> bool:
    """Whether a quote stands in a sentence, or over it."""
    offset = statement.item.placed.position.start
    return (
        statement.item.marker == citation.marker
        and citation.start < offset + statement.end
        and offset + statement.start < citation.end
    )


def _sides(
    cited: _Statement, statements: Sequence[_Statement], given: frozenset[str], measured: bool
) -> Sequence[_Statement]:
    """The cited sentence, and the most similar one of each document that contradicts it and all before."""
    sides = [cited]
    for statement in sorted(statements, key=lambda one: -_alike(one.stems, cited.stems)):
        if len(sides) == ANSWER_WEIGHTS.sides:
            break
        if all(_contradicts(statement, side, cited.asked, given, measured) for side in sides):
            sides.append(statement)
    return sides


def _contradicts(
    one: _Statement, other: _Statement, asked: frozenset[str], given: frozenset[str], measured: bool
) -> bool:
    if one.item.placed.document.id == other.item.placed.document.id or not one.asked >= asked or not asked:
        return False
    if measured and one.values and other.values and not one.values & other.values:
        return True
    fresh = (one.stems - other.stems - given, other.stems - one.stems - given)
    if measured and not (one.values - other.values and other.values - one.values):
        return False
    return all(fresh) and _alike(one.stems, other.stems) >= ANSWER_WEIGHTS.alike


def _side(statement: _Statement) -> Side:
    placed = statement.item.placed
    citation = Citation(
        marker=statement.item.marker, document_id=placed.document.id, version=placed.document.version,
        chunk_id=placed.chunk.id, title=placed.document.title, quote=placed.chunk.text[statement.start : statement.end],
        start=placed.position.start + statement.start, end=placed.position.start + statement.end,
        page=placed.position.page, headings=placed.chunk.headings,
    )  # fmt: skip
    return Side(citation=citation, dated=dated(placed.document))


def _newest_first(side: Side) -> tuple[int, int]:
    return -side.dated.toordinal(), side.citation.marker


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def _values(text: str) -> Iterator[str]:
    for found in _VALUE.findall(text):
        yield found.replace(",", "")
