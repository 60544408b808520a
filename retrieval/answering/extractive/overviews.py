"""Answers to what there is: a line of each document; and the summary of one, a sentence of each section. Pure."""

from collections.abc import Sequence

from graph.text.inert import inert_line
from graph.text.names import norm
from retrieval.answer import Claim
from retrieval.answering.extractive.prose import Line, lines_of, prose_of
from retrieval.answering.weights import LIST_LIMITS
from retrieval.model import Evidence
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
    sections = [(item, _told(item)) for item in evidence]
    total = sum(len(lines) for _, lines in sections)
    rounds = range(max((len(lines) for _, lines in sections), default=0))
    picked = [(place, number) for number in rounds for place, (_, lines) in enumerate(sections) if number < len(lines)]
    kept = sorted(picked[: LIST_LIMITS.summary])
    return [_of_section(*sections[place], number) for place, number in kept], total


def _first(item: Evidence) -> Line | None:
    prose = prose_of(item)
    return prose[0] if prose else next(iter(list(lines_of(item))), None)


def _told(item: Evidence) -> list[Line]:
    """Sentences, items and rows of a section; no headings."""
    return [line for line in lines_of(item) if line.kind != "heading"]


def _claim(item: Evidence, line: Line, lead: str) -> Claim:
    chunk = item.placed.chunk
    text = line.text(chunk)[: LIST_LIMITS.longest]
    quoted = chunk.text[line.quoted.start : line.quoted.end][: LIST_LIMITS.longest]
    return Claim(text=" ".join(text.split()), quotes=((item.marker, quoted),), lead=lead)


def _of_section(item: Evidence, lines: Sequence[Line], number: int) -> Claim:
    """A section without a sentence of its own before its items or rows begins with its heading."""
    line = lines[number]
    if number == 0 and line.kind != "prose" and item.placed.chunk.headings:
        named = [heading for heading in item.placed.chunk.headings if " | " not in heading]
        return _claim(item, line, f"\n{inert_line(named[-1])}:\n- " if named else "\n- ")
    return _claim(item, line, {"item": "\n- ", "row": "\n- ", "head": "\n"}.get(line.kind, "\n" if number == 0 else ""))
