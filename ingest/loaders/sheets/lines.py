"""A line of a sheet: its cells as text, and which of them repeat a merged one."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """Cells from the first column of the sheet on. ``covered`` ones repeat a merged cell that begins before them."""

    cells: list[str]
    covered: frozenset[int] = frozenset()

    @property
    def columns(self) -> list[int]:
        """Columns that hold something, from 0."""
        return [place for place, cell in enumerate(self.cells) if cell and not cell.isspace()]

    @property
    def own(self) -> list[int]:
        """Those that do not repeat another cell."""
        return [place for place in self.columns if place not in self.covered] if self.covered else self.columns

    def cut(self, start: int, end: int | None) -> "Line":
        """The same line with the cells outside a range of columns empty."""
        stop = len(self.cells) if end is None else min(end, len(self.cells))
        return Line([""] * min(start, stop) + self.cells[start:stop], self.covered)


def filled_columns(lines: Iterable[Line]) -> list[int]:
    """Columns that hold something in any of the lines, in order."""
    return sorted({column for line in lines for column in line.columns})
