"""Tables of RTF: rows that each say where their cells end, put on one grid."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.loaders.drafting import MOST_SAID_AGAIN

_NEAR = 40
"""Twips (1/1440 inch) within which two edges are the same."""
MOST_PLACES = 100_000
"""Cells of a grid; a table that would have more is written row by row as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Where a cell ends, in twips, and whether it goes on from the one before or above."""

    at: int
    beside: bool = False
    above: bool = False


@dataclass(slots=True, kw_only=True)
class RowShape:
    """What a row says of itself before its cells, or after them."""

    left: int = 0
    heads: bool = False
    edges: list[Edge] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The texts of its cells; one edge for each."""

    texts: tuple[str, ...]
    left: int
    edges: tuple[Edge, ...]
    heads: bool


def row_of(texts: Sequence[str], shape: RowShape) -> Row:
    """A row. Cells beyond its edges end one inch after each other."""
    edges = list(shape.edges[: len(texts)])
    while len(edges) < len(texts):
        edges.append(Edge(at=(edges[-1].at if edges else shape.left) + 1440))
    return Row(texts=tuple(texts), left=shape.left, edges=tuple(edges), heads=shape.heads)


def grid_of(rows: Sequence[Row]) -> list[list[str]]:
    """All rows as long as the longest. A cell over several rows or columns stands in each."""
    starts = _starts(rows)
    if len(starts) * len(rows) > MOST_PLACES:
        return [list(row.texts) for row in rows]
    found: list[list[str]] = []
    for row in rows:
        line, start = [""] * len(starts), row.left
        text = ""
        for own, edge in zip(row.texts, row.edges, strict=True):
            places = [place for place, at in enumerate(starts) if start - _NEAR < at < edge.at - _NEAR]
            if edge.above and found and places:
                text = found[-1][places[0]]
            elif not edge.beside:
                text = own
            again = text if len(text) <= MOST_SAID_AGAIN and len(places) < len(starts) else ""
            for number, place in enumerate(places):
                line[place] = again if number else text
            start = edge.at
        found.append(line)
    return found


def _starts(rows: Sequence[Row]) -> list[int]:
    """Where cells begin that are not merged into another, each place once."""
    begins: set[int] = set()
    for row in rows:
        start = row.left
        for edge in row.edges:
            if not edge.beside:
                begins.add(start)
            start = edge.at
    found: list[int] = []
    for at in sorted(begins):
        if not found or at - found[-1] >= _NEAR:
            found.append(at)
    return found


class OpenTable:
    """A table that is being read: its rows so far, and the cells of the row that has not ended."""

    WORDS = frozenset({"trowd", "trleft", "trhdr", "cellx", "clmrg", "clvmrg", "row"})

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._cells: list[str] = []
        self._shape, self._flags = RowShape(), set[str]()

    @property
    def begun(self) -> bool:
        """Whether a row has begun that has not ended."""
        return bool(self._cells)

    @property
    def empty(self) -> bool:
        """Whether there is nothing of a table."""
        return not self._cells and not self._rows

    def take(self, word: str, number: int) -> None:
        """One of ``WORDS``."""
        if word == "trowd":
            self._shape, self._flags = RowShape(), set()
        elif word == "trleft":
            self._shape.left = number
        elif word == "trhdr":
            self._shape.heads = True
        elif word == "cellx":
            self._shape.edges.append(Edge(at=number, beside="clmrg" in self._flags, above="clvmrg" in self._flags))
            self._flags = set()
        elif word == "row":
            self._end_row()
        else:
            self._flags.add(word)

    def cell(self, text: str) -> None:
        """The text of the next cell of the row."""
        self._cells.append(text)

    def taken(self) -> list[Row]:
        """The rows, and no more of them."""
        self._end_row()
        rows, self._rows = self._rows, []
        return rows

    def _end_row(self) -> None:
        if self._cells:
            self._rows.append(row_of(self._cells, self._shape))
            self._cells = []
