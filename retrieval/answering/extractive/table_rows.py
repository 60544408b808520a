"""Rows of tables as they stand in passages: cells between pipes, or "column: value; column: value". Pure."""

import re
from collections.abc import Iterator

from graph.model import Chunk
from graph.text.names import norm
from graph.text.tokens import is_east_asian

_LABEL = re.compile(r"[^.,;:()（）]{1,80}")
"""The name of a column before a value; in prose there is more punctuation."""


def has_asked_cell(sentence: str, asked: str) -> bool:
    """Whether a row has a cell of which the question holds every word, in order.

    ``asked`` is the question, normalised. A number counts where it is the first cell, which may name the row.
    """
    for number, cell in enumerate(_cells(sentence)):
        key = norm(cell)
        if not key or (number and not any(map(str.isalpha, key))):
            continue
        if f" {key} " in f" {asked} " or (len(key) > 1 and is_east_asian(key) and key in asked):
            return True
    return False


def head_of(chunk: Chunk, order: int) -> int | None:
    """The sentence with the names of the columns of a row, given by its number, where the passage has one above it.

    It is the first of the rows that stand together; a passage that begins within a table has the names in its headings.
    """
    pipes = _pipes(chunk, order)
    first = order
    while pipes and first and _pipes(chunk, first - 1) == pipes:
        first -= 1
    return first if first < order and not any(" | " in heading for heading in chunk.headings[-1:]) else None


def _pipes(chunk: Chunk, order: int) -> int:
    """Borders between cells in the first line of a sentence."""
    span = chunk.sentences[order]
    return chunk.text[span.start : span.end].partition("\n")[0].count("|")


def _cells(sentence: str) -> Iterator[str]:
    """What stands in the cells of a sentence that is a row; nothing for any other sentence."""
    if " | " in sentence:
        yield from (cell for cell in sentence.strip("| ").split("|"))
        return
    fields = [field.partition(": ") for field in sentence.split("; ")]
    if len(fields) > 1 and all(between and _LABEL.fullmatch(label) for label, between, _ in fields):
        yield from (value for _, _, value in fields)
