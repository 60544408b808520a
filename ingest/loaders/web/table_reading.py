"""A table of values while its page is read: every cell apart, and what stands in it as one line."""

from bs4 import Tag

from ingest.loaders.drafting import Draft, joined_heads
from ingest.loaders.web.lines import Lines
from ingest.loaders.web.tables import Cell, OpenTable, span_of

_CELLS, _GROUPS = frozenset({"td", "th"}), frozenset({"thead", "tbody", "tfoot"})
_BETWEEN_INNER = {"td": ", ", "th": ", ", "caption": ", ", "tr": "; "}
_OPENING = _CELLS | {"caption"}
_PARTS = _OPENING | _GROUPS | {"table", "tr", "colgroup"}


class TableReading:
    """Told of all that stands in a table. Tables within its cells are written into the cell."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._rows = OpenTable()
        self._above: list[str] = []
        self._within = 0

    def stray(self, text: str) -> None:
        """Text outside of every cell: browsers draw it above the table."""
        self._above.append(text)

    def enter(self, tag: Tag) -> bool:
        """Whether an element is a part of a table, and no block of a cell's text."""
        if tag.name == "table":
            self._within += 1
        elif not self._within:
            self._begin(tag)
        return tag.name in _PARTS

    def leave(self, tag: Tag) -> bool:
        """Whether the table itself has ended."""
        if tag.name == "table":
            self._within -= 1
        elif self._within:
            self._lines.separate(_BETWEEN_INNER.get(tag.name, ""))
        elif tag.name in _CELLS:
            self._rows.cell(
                Cell(
                    text=self._lines.close_cell(), rows=span_of(tag, "rowspan"), columns=span_of(tag, "colspan") or 1,
                    head=tag.name == "th",
                )
            )  # fmt: skip
        elif tag.name == "caption":
            self._above.append(self._lines.close_cell())
        elif tag.name in _GROUPS:
            self._rows.group("")
        return self._within < 0

    def finish(self, draft: Draft) -> None:
        """Write what stands above it, and its rows."""
        for text in self._above:
            self._lines.write(text)
            self._lines.end()
        rows, heads = self._rows.grid()
        if any(any(row) for row in rows):
            columns = joined_heads(rows[:heads], " ") if heads > 1 else None
            draft.grid(rows, header=heads > 0, columns=columns, heads=max(heads, 1))

    def _begin(self, tag: Tag) -> None:
        if tag.name in _GROUPS:
            self._rows.group(tag.name)
        elif tag.name == "tr":
            self._rows.row()
        elif tag.name in _OPENING:
            self._lines.open_cell()
