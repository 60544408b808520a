"""Tables by the places of their cells: what is merged, missing, empty or equal moves no value to another column."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.loaders.drafting import BETWEEN, MOST_SAID_AGAIN, Draft, joined_heads, one_line
from ingest.loaders.word.flat import Flat, covered, skipped_columns, spanned
from ingest.loaders.word.lines import Lines
from ingest.loaders.word.names import DELETED, NO_CONTENT, PARAGRAPHS, Node, child, kind, seen_branch, switched_on

PADDED = 100_000
"""Cells of a table, those that fill its rows up included, that may be many more than it has of its own."""
MOST_HEADS = 3
"""Rows that may name the columns together where nothing but a merged cell says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The cells of a row as they stand in the document; ``before`` them so many columns are left free."""

    cells: list[Node]
    before: int
    heads: bool


class Tables:
    """Reads tables into a draft."""

    def __init__(self, draft: Draft, lines: Lines) -> None:
        self._draft, self._flat = draft, Flat(draft, lines)

    def rows(self, table: Node) -> list[Row]:
        """Those that are seen."""
        return [
            Row(
                cells=list(_inner(row, "w:tc")),
                before=skipped_columns(row),
                heads=switched_on(child(row, "w:trPr", "w:tblHeader")),
            )
            for row in _inner(table, "w:tr")
            if self._flat.seen(row)
        ]

    def write(self, rows: list[Row]) -> None:
        """As a grid. Rows before it that are a single cell over all columns are lines: they name the table."""
        named = next((at for at, row in enumerate(rows) if not _is_title(row)), 0)
        for row in rows[:named]:
            text = one_line(self._flat.text(row.cells[0]))
            if text:
                self._draft.line(text, "paragraphs")
        grid = _Grid(self._flat)
        for row in rows[named:]:
            grid.add(row)
        if grid.is_even():
            self._write(grid.rows(), _heads(rows[named:]))
        else:
            for texts in grid.ragged():
                self._draft.line(BETWEEN.join(texts), "rows")

    def _write(self, rows: list[list[str]], heads: int) -> None:
        written = rows[:heads] + [row for row in rows[heads:] if any(row)]
        if any(map(any, written)):
            self._draft.grid(written, columns=joined_heads(rows[:heads]), heads=heads)

    def text(self, story: Node, *, lines: bool = False) -> str:
        """All that a story beside the text says, on one line, or on ``lines`` of its own for paragraphs and rows."""
        return self._flat.text(story, lines=lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """The columns from ``place`` to before ``end``."""

    place: int
    end: int
    text: str


class _Grid:
    """Cells by their places. What a cell says stands in each row and column that it covers, unless it is long."""

    def __init__(self, flat: Flat) -> None:
        self._flat = flat
        self._above: dict[int, str] = {}
        self._rows: list[list[_Cell]] = []

    def add(self, row: Row) -> None:
        """One more row."""
        cells: list[_Cell] = []
        place = row.before
        for cell in row.cells:
            text = self._shown(cell, place)
            if cells and _goes_on(cell):
                cells[-1] = replace(cells[-1], end=place + spanned(cell))
            else:
                cells.append(_Cell(place=place, end=place + spanned(cell), text=text))
            place = cells[-1].end
        self._rows.append(cells)

    def is_even(self) -> bool:
        """Whether rows filled up to the length of the longest are no more than a table can be."""
        return len(self._columns()) * len(self._rows) <= max(PADDED, 20 * sum(map(len, self._rows)))

    def rows(self) -> list[list[str]]:
        """All as long as the longest. A column in which no cell begins is none to a reader."""
        columns = self._columns()
        filled = []
        for cells in self._rows:
            row = [""] * len(columns)
            for cell in cells:
                first, end = bisect_left(columns, cell.place), bisect_left(columns, cell.end)
                again = cell.text if len(cell.text) <= MOST_SAID_AGAIN and end - first < len(columns) else ""
                row[first:end] = [cell.text] + [again] * (end - first - 1)
            filled.append(row)
        return filled

    def ragged(self) -> Iterator[list[str]]:
        """Each with its own cells alone."""
        for cells in self._rows:
            yield [cell.text for cell in cells]

    def _columns(self) -> list[int]:
        return sorted({cell.place for cells in self._rows for cell in cells})

    def _shown(self, cell: Node, place: int) -> str:
        downwards = child(cell, "w:tcPr", "w:vMerge") is not None
        if covered(cell) and (place in self._above or not downwards):
            self._flat.pass_over(cell)
            return self._above.get(place, "") if downwards else ""
        text = self._flat.text(cell)
        if downwards:
            self._above[place] = text if len(text) <= MOST_SAID_AGAIN else ""
        else:
            self._above.pop(place, None)
        return text


def _goes_on(cell: Node) -> bool:
    """Whether a cell is a part of the one before it, as files of old have it."""
    return covered(cell) and child(cell, "w:tcPr", "w:vMerge") is None


def _heads(rows: list[Row]) -> int:
    """How many rows name the columns: those that are repeated on each page, or that a merged cell holds together."""
    heads = next((at for at, row in enumerate(rows) if not row.heads), 0)
    if heads or not any(spanned(cell) > 1 for cell in rows[0].cells):
        return max(heads, 1)
    if not any(child(cell, "w:tcPr", "w:vMerge") is not None for cell in rows[0].cells):
        return 1
    below = (at for at, row in enumerate(rows) if at and not any(map(covered, row.cells)))
    found = next(below, MOST_HEADS + 1)
    return found if found <= MOST_HEADS else 1


def _is_title(row: Row) -> bool:
    return len(row.cells) == 1 and spanned(row.cells[0]) > 1 and not row.before


def _inner(root: Node, wanted: str) -> Iterator[Node]:
    """The elements of a name within another, however they are wrapped, but not those within each other."""
    within = [iter(root)]
    while within:
        node = next(within[-1], None)
        if node is None:
            within.pop()
            continue
        name = kind(node)
        if name == wanted:
            yield node
        elif name == "mc:AlternateContent":
            within.append(seen_branch(node))
        elif name not in NO_CONTENT and name not in DELETED and name not in PARAGRAPHS:
            within.append(iter(node))
