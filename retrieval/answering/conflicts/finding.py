"""Sources that say different things about what is asked, found among the evidence of an answer. Pure.

A cited sentence is held against those of other documents that hold, with their titles, every term of the question
that it holds, and every name of the question that it holds as it is written there. What is found is shown with its
sources and their days; nothing is decided and nothing blended.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from retrieval.answer import Citation, Conflict, Side
from retrieval.answering.conflicts.asked import Asked
from retrieval.answering.conflicts.contradictions import contradict
from retrieval.answering.conflicts.namesakes import namesakes
from retrieval.answering.conflicts.statements import Heard, Statement, read_statement
from retrieval.answering.dates import dated
from retrieval.answering.weights import ANSWER_WEIGHTS, CONFLICT_WEIGHTS
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion


def find_conflict(read: ReadQuestion, evidence: Sequence[Evidence], citations: Sequence[Citation]) -> Conflict | None:
    """What other sources say otherwise than a cited sentence; a contradiction before namesakes."""
    asked = Asked(read)
    heard = list(chain.from_iterable(_heard(item, asked) for item in evidence))
    cited = [one for one in heard if any(_cited(one, citation) for citation in citations)]
    statements = _Statements()
    for one in sorted(cited, key=lambda one: (-len(one.asked), one.text, one.item.placed.document.id)):
        others = [statements[other] for other in heard if other.asked >= one.asked]
        sides = _contradicting(statements[one], others, asked)
        if len(sides) > 1:
            return Conflict(kind="contradiction", sides=_in_order(sides))
    named = namesakes(asked, heard)
    return Conflict(kind="namesakes", sides=_in_order(named)) if len(named) > 1 else None


class _Statements(dict[Heard, Statement]):
    """Sentences as they were read, each once, and only those that are compared: to read one takes time."""

    def __missing__(self, heard: Heard) -> Statement:
        read = self[heard] = read_statement(heard)
        return read


def _heard(item: Evidence, asked: Asked) -> Iterator[Heard]:
    document, chunk = item.placed.document, item.placed.chunk
    around = " ".join((document.title, *chunk.headings))
    for span in chunk.sentences:
        text = chunk.text[span.start : span.end]
        if ANSWER_WEIGHTS.shortest <= len(text) <= ANSWER_WEIGHTS.longest:
            held = asked.held(around, text)
            if held:
                yield Heard(item=item, start=span.start, end=span.end, text=text, asked=held)


def _cited(statement: Heard, citation: Citation) -> bool:
    """Whether a quote stands in a sentence, or over it."""
    offset = statement.item.placed.position.start
    return (
        statement.item.placed.chunk.id == citation.chunk_id
        and citation.start < offset + statement.end
        and offset + statement.start < citation.end
    )


def _contradicting(cited: Statement, statements: Sequence[Statement], asked: Asked) -> list[Statement]:
    """The cited sentence, and of other documents one each that contradicts it and those before it."""
    sides = [cited]
    for other in sorted(statements, key=lambda one: (-len(one.keys & cited.keys), one.text)):
        if len(sides) == CONFLICT_WEIGHTS.sides:
            break
        if _about(cited, other, asked) and all(
            other.item.placed.document.id != side.item.placed.document.id and contradict(side, other, asked.type)
            for side in sides
        ):
            sides.append(other)
    return sides


def _about(cited: Statement, other: Statement, asked: Asked) -> bool:
    """Where neither sentence nor title names its subject, the passages must: they hold the same of the question."""
    if cited.subject or other.subject or cited.titled or other.titled:
        return True
    held = asked.held("", cited.item.placed.chunk.text)
    return held <= asked.held("", other.item.placed.chunk.text)


def _in_order(statements: Sequence[Heard]) -> tuple[Side, ...]:
    return tuple(sorted(map(_side, statements), key=_newest_first))


def _side(statement: Heard) -> Side:
    placed = statement.item.placed
    citation = Citation(
        marker=statement.item.marker, document_id=placed.document.id, version=placed.document.version,
        chunk_id=placed.chunk.id, title=placed.document.title, quote=statement.text,
        start=placed.position.start + statement.start, end=placed.position.start + statement.end,
        page=placed.position.page, headings=placed.chunk.headings,
    )  # fmt: skip
    return Side(citation=citation, dated=dated(placed.document))


def _newest_first(side: Side) -> tuple[int, int]:
    return -side.dated.toordinal() if side.dated else 0, side.citation.marker
