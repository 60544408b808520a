"""Tables by the places of their cells: what is merged, missing, empty or equal moves no value to another column."""

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.loaders.drafting import BETWEEN, Draft, one_line
from ingest.loaders.word.flat import Flat, covered, skipped_columns, spanned
from ingest.loaders.word.lines import Lines
from ingest.loaders.word.names import DELETED, NO_CONTENT, PARAGRAPHS, Node, child, kind, seen_branch, switched_on

PADDED = 100_000
"""Cells of a table, those that fill its rows up included, that may be many more than it has of its own."""
MOST_REPEATED = 200
"""Characters of a cell that are said again in each row and column that it names."""


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
        heads = next((at for at, row in enumerate(rows[named:]) if not row.heads), 0)
        grid = _Grid(max(heads, 1), self._flat, even=_even(rows[named:]))
        for row in rows[named:]:
            grid.add(row)
        written = [row for row in grid.rows if any(row)]
        if grid.even and written:
            self._draft.grid(written)
        for texts in () if grid.even else written:
            self._draft.line(BETWEEN.join(texts), "rows")

    def text(self, story: Node, *, lines: bool = False) -> str:
        """All that a story beside the text says, on one line, or on ``lines`` of its own for paragraphs and rows."""
        return self._flat.text(story, lines=lines)


class _Grid:
    """Rows as long as their cells reach; ``heads`` of them name the columns.

    Where they are not ``even``, a cell is one cell however many columns it claims.
    """

    def __init__(self, heads: int, flat: Flat, *, even: bool) -> None:
        self._heads, self._flat = heads, flat
        self.even = even
        self._above: dict[int, str] = {}
        self.rows: list[list[str]] = []

    def add(self, row: Row) -> None:
        """One more row. What a cell says stands in each row that it covers, and in each column that it names."""
        written = [""] * (row.before if self.even else 0)
        for cell in row.cells:
            place = len(written)
            text = self._shown(cell, place)
            again = text if len(self.rows) < self._heads and len(text) <= MOST_REPEATED else ""
            written += [text] + [again] * (spanned(cell) - 1 if self.even else 0)
        self.rows.append(written)

    def _shown(self, cell: Node, place: int) -> str:
        downwards = child(cell, "w:tcPr", "w:vMerge") is not None
        if covered(cell) and (place in self._above or not downwards):
            self._flat.pass_over(cell)
            return self._above.get(place, "") if downwards else ""
        text = self._flat.text(cell)
        if downwards:
            self._above[place] = text if len(text) <= MOST_REPEATED else ""
        else:
            self._above.pop(place, None)
        return text


def _even(rows: list[Row]) -> bool:
    """Whether rows filled up to the length of the longest are no more than a table can be."""
    width = max(row.before + sum(map(spanned, row.cells)) for row in rows)
    return width * len(rows) <= max(PADDED, 20 * sum(len(row.cells) for row in rows))


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
