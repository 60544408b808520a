"""How a sheet is shown: what calamine, which gives the values of cells, does not tell."""

from dataclasses import dataclass, field

from graph.errors import DocumentTooLarge
from ingest.loaders.office.number_formats import GENERAL
from ingest.loaders.sheets.lines import Line
from ingest.loaders.sheets.shown_values import Value, shown

MOST_PLACES = 10_000_000
"""Places between the first and the last cell of a sheet that hold something: all are made when it is read."""
Range = tuple[tuple[int, int], tuple[int, int]]
"""First and last place of merged cells, both ends included; rows before columns."""


@dataclass(slots=True, kw_only=True)
class Appearance:
    """Of one sheet; rows and columns count from 0. What is not told of a sheet is empty.

    ``as_shown`` is the text of single cells, ``styles`` the number of their style, and ``codes`` the number format of
    each style.
    """

    as_shown: dict[tuple[int, int], str] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    styles: dict[tuple[int, int], int] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Range] = field(default_factory=list)
    without_value: int = 0
    pictures: int = 0
    charts: int = 0
    texts: list[str] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)
    _box: tuple[int, int, int, int] | None = None

    def reach(self, row: int, column: int, down: int = 1, right: int = 1) -> None:
        """There is something in these cells. Raises DocumentTooLarge where a sheet would hold too many places."""
        top, left, bottom, end = self._box or (row, column, row, column)
        self._box = min(top, row), min(left, column), max(bottom, row + down - 1), max(end, column + right - 1)
        if (self._box[2] - self._box[0] + 1) * (self._box[3] - self._box[1] + 1) > MOST_PLACES:
            raise DocumentTooLarge(f"a sheet reaches over {self._box[2] + 1} rows and {self._box[3] + 1} columns")

    def text(self, row: int, column: int, value: Value) -> str:
        """What a cell shows."""
        found = self.as_shown.get((row, column))
        return shown(value, self.codes.get(self.styles.get((row, column), -1), GENERAL)) if found is None else found

    def seen(self, line: Line) -> Line:
        """A line without its hidden cells; the other cells keep their columns."""
        if not self.hidden_columns:
            return line
        cells = ["" if place in self.hidden_columns else cell for place, cell in enumerate(line.cells)]
        return Line(cells, line.covered)


def cell_name(row: int, column: int) -> str:
    """The name of a cell such as B3."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
