"""Tables of a page as grids: which are tables at all, and where each of their cells stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bs4 import Tag

MOST_SPAN = 1000
"""Columns that a cell may span, as in browsers."""
_MOST_CELLS = 500_000
_LONG, _RATHER_LONG = 1000, 300
"""Characters of a cell that is no value of a table, without headers, and with a table inside."""


def span_of(tag: Tag, name: str) -> int:
    """How many rows or columns a cell spans; 0 where it says so."""
    value = str(tag.get(name, "1")).strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell as it is written; ``rows`` 0 means all that follow in its group."""

    text: str
    rows: int = 1
    columns: int = 1
    head: bool = False


@dataclass(slots=True, kw_only=True)
class TableFacts:
    """What tells a table of values from one that only lays out a page."""

    tag: Tag
    named: bool = False
    """It has headers or a caption."""
    laying_out: bool = False
    """It says so."""
    nests: bool = False
    cells: int = 0
    most_cells: int = 0
    longest: int = 0
    longest_nesting: int = 0

    def is_layout(self) -> bool:
        """Whether its cells are read one after the other, as parts of the page."""
        if self.laying_out or self.most_cells <= 1:
            return True
        return not self.named and (self.longest > _LONG or self.longest_nesting > _RATHER_LONG)


@dataclass(slots=True, kw_only=True)
class OpenTable:
    """A table of values while it is read: rows in groups (head, bodies, foot), in the order in which they are shown."""

    groups: list[tuple[int, list[list[Cell]]]] = field(default_factory=lambda: [(1, [])])

    def group(self, name: str) -> None:
        """A ``thead``, ``tbody`` or ``tfoot`` begins; with another name, one that is not written."""
        self.groups.append(({"thead": 0, "tfoot": 2}.get(name, 1), []))

    def row(self) -> None:
        """A row begins."""
        self.groups[-1][1].append([])

    def cell(self, cell: Cell) -> None:
        """The next cell of the present row."""
        if not self.groups[-1][1]:
            self.row()
        self.groups[-1][1][-1].append(cell)

    def grid(self) -> tuple[list[list[str]], int]:
        """Its rows, all of one length, and how many of them name the columns."""
        ordered = sorted((group for group in self.groups if group[1]), key=lambda group: group[0])
        rows = expanded([rows for _, rows in ordered])
        if not rows:
            return [], 0
        whole = [row for _, group in ordered for row in group]
        heads = 0
        for place, row in enumerate(whole):
            in_head = place < sum(len(group) for kind, group in ordered if kind == 0)
            if not in_head and not (row and all(cell.head or not cell.text for cell in row) and _any_head(row)):
                break
            heads += 1
        if heads == len(whole):
            heads = min(heads, 1)
        return rows, heads or int(not _named_by_rows(whole))


def expanded(groups: Sequence[Sequence[Sequence[Cell]]]) -> list[list[str]]:
    """Each cell in all the rows and columns that it spans: a value is written in every one of them.

    One that spans the whole table is written once. A row spans no further than its group, and a column in which no
    cell begins is left out.
    """
    rows: list[dict[int, str]] = []
    beginning: set[int] = set()
    left = _MOST_CELLS
    for group in groups:
        first = len(rows)
        rows += [{} for _ in group]
        for number, row in enumerate(group, first):
            column = 0
            for cell in row:
                while column in rows[number]:
                    column += 1
                beginning.add(column)
                end = len(rows) if cell.rows == 0 else min(number + cell.rows, len(rows))
                wide = max(1, min(cell.columns, MOST_SPAN, left // max(end - number, 1)))
                for spanned in rows[number:end]:
                    spanned.update((place, cell.text) for place in range(column, column + wide) if place not in spanned)
                left -= wide * (end - number)
                column += wide
    columns = sorted(beginning)
    flat = [row for group in groups for row in group]
    return [
        [row.get(column, "") if column == columns[0] or not _alone(cells, row, columns) else "" for column in columns]
        for cells, row in zip(flat, rows, strict=True)
    ]


def _alone(cells: Sequence[Cell], row: Mapping[int, str], columns: Sequence[int]) -> bool:
    """Whether the one cell of a row spans the whole table."""
    return len(cells) == 1 and cells[0].columns >= len(columns) > 1 and all(column in row for column in columns)


def _any_head(row: Sequence[Cell]) -> bool:
    return any(cell.head for cell in row)


def _named_by_rows(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether every row begins with its name, and none with the names of columns."""
    return all(row and row[0].head and not all(cell.head for cell in row) for row in rows)
