"""Tables of Markdown, where they stand in its text: GitHub's, with a line a row and cells between pipes."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from ingest.loaders.drafting import MOST_CELLS, one_line
from ingest.model import Table, TableRow

_CONTAINERS = re.compile(r"[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]*)*")
_CELL = re.compile(r"(?:[^\\|]|\\.)*", re.DOTALL)
_AROUND = ("**", "__", "~~", "*", "_", "`")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_MARKS = re.compile(r"\*\*|__|~~|`|(?<!\w)[*_]|[*_](?!\w)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def read_tables(text: str, tokens: Sequence[Token], starts: Sequence[int]) -> Iterator[Table]:
    """Tables in order, given the blocks of the text and where its lines begin. Rows beyond a bound are not told."""
    room = MOST_CELLS
    for place, token in enumerate(tokens):
        if token.type != "table_open" or not token.map:
            continue
        first, last = token.map
        start, end = starts[first], starts[min(last, len(starts) - 1)]
        head = list(_cells(text, start, starts[first + 1], nested=token.level > 0))
        rows = []
        for line in _row_lines(tokens, place):
            room -= len(head)
            if room < 0:
                break
            rows.append(_row(text, starts[line], starts[min(line + 1, len(starts) - 1)], len(head), token.level > 0))
        yield Table(
            start=start, end=end, columns=tuple(plain_cell(text[a:b]) for a, b in head), rows=tuple(rows)
        )  # fmt: skip


def moved_table(table: Table, by: int) -> Table:
    """The same table in a text that has so many more characters before it."""
    rows = tuple(
        TableRow(start=row.start + by, end=row.end + by, cells=tuple((a + by, b + by) for a, b in row.cells))
        for row in table.rows
    )  # fmt: skip
    return Table(start=table.start + by, end=table.end + by, columns=table.columns, rows=rows)


def plain_cell(text: str) -> str:
    """What a cell says, without its marks."""
    said = _BREAK.sub(" ", _LINK.sub(r"\1", text))
    return one_line(_ESCAPED.sub(r"\1", _MARKS.sub("", said))).replace("|", "¦")


def _row_lines(tokens: Sequence[Token], place: int) -> Iterator[int]:
    """The lines of the rows below the head of the table that begins at ``place``."""
    below = False
    for token in tokens[place:]:
        if token.type == "table_close":
            return
        below = below or token.type == "tbody_open"
        if below and token.type == "tr_open" and token.map:
            yield token.map[0]


def _row(text: str, start: int, end: int, width: int, nested: bool) -> TableRow:
    """A row with as many cells as the table has columns: missing ones are empty, and what is beyond is in none."""
    end = start + len(text[start:end].rstrip())
    cells = [_said(text, *cell) for cell in _cells(text, start, end, nested=nested)][:width]
    return TableRow(start=start, end=end, cells=(*cells, *((end, end),) * (width - len(cells))))


def _cells(text: str, start: int, end: int, *, nested: bool) -> Iterator[tuple[int, int]]:
    """Ranges of the cells of a line, without white space around them; escaped pipes are part of a cell."""
    at = start
    if nested and (found := _CONTAINERS.match(text, start, end)):
        at = found.end()
    end = start + len(text[start:end].rstrip())
    at += len(text[at:end]) - len(text[at:end].lstrip())
    at += text[at : at + 1] == "|"
    while at < end:
        found = _CELL.match(text, at, end)
        stop = found.end() if found and found.end() > at else at
        stop = stop if stop == end or text[stop] == "|" else end  # a backslash that ends the line
        piece = text[at:stop]
        first = at + len(piece) - len(piece.lstrip())
        yield (first, first + len(piece.strip())) if piece.strip() else (at, at)
        at = stop + 1
        if at >= end:
            return


def _said(text: str, start: int, end: int) -> tuple[int, int]:
    """The range of what a cell says, without the marks around it."""
    if link := _LINK.fullmatch(text, start, end):
        start, end = link.span(1)
    for mark in _AROUND:
        width = len(mark)
        if end - start > 2 * width and text.startswith(mark, start, end) and text.endswith(mark, start, end):
            start, end = start + width, end - width
    return start, end
