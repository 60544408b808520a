"""Answers to what there is: a line of each document; and the summary of one, a sentence of each section. Pure."""

from collections.abc import Iterator, Sequence

from graph.text.inert import inert_line
from graph.text.names import norm
from graph.text.tokens import is_east_asian
from retrieval.answering.extractive.prose import Line, lines_of, prose_of
from retrieval.answering.weights import LIST_LIMITS
from retrieval.model import Claim, Evidence
from retrieval.questions.read_question import ReadQuestion


def overview(evidence: Sequence[Evidence]) -> list[Claim]:
    """The first sentence of each document, after its title."""
    claims = []
    for item in evidence:
        line = _first(item)
        if line is not None:
            title = item.placed.document.title
            named = norm(title) and norm(line.text(item.placed.chunk)).startswith(norm(title))
            claims.append(_claim(item, line, "\n- " if named else f"\n- {inert_line(title)}: "))
    return claims


def summary(read: ReadQuestion, evidence: Sequence[Evidence]) -> tuple[list[Claim], int]:
    """Sentences of one document, the first of each section before any second; with how many there are in all."""
    if read.broad is None or len({item.placed.document.id for item in evidence}) != 1:
        return [], 0
    sections = [(item, prose_of(item) or list(_rest(item))) for item in evidence]
    total = sum(len(lines) for _, lines in sections)
    rounds = range(max((len(lines) for _, lines in sections), default=0))
    picked = [(place, number) for number in rounds for place, (_, lines) in enumerate(sections) if number < len(lines)]
    kept = sorted(picked[: LIST_LIMITS.summary])
    return [_claim(sections[place][0], sections[place][1][number], "") for place, number in kept], total


def _first(item: Evidence) -> Line | None:
    prose = prose_of(item)
    return prose[0] if prose else next(_rest(item), None)


def _rest(item: Evidence) -> Iterator[Line]:
    """Where there is no prose: items and rows, else whatever there is."""
    lines = list(lines_of(item))
    yield from [line for line in lines if line.kind in {"item", "row"}] or lines


def _claim(item: Evidence, line: Line, lead: str) -> Claim:
    chunk = item.placed.chunk
    text = line.text(chunk)[: LIST_LIMITS.longest]
    quoted = chunk.text[line.quoted.start : line.quoted.end][: LIST_LIMITS.longest]
    return Claim(text=" ".join(text.split()), quotes=((item.marker, quoted),), lead=lead)


def in_chinese(read: ReadQuestion) -> bool:
    """Whether the answer's own words are Chinese."""
    return is_east_asian(read.text)
