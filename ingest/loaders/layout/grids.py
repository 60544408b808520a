"""Tables of a page: those ruled by lines, found by pdfplumber, and those whose columns are aligned. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

from ingest.loaders.layout.places import Box, Word, joined_box
from ingest.loaders.layout.reading_order import LEAST_GUTTER, Piece

_SNAP = 3.0
_MOST_CELLS = 4_000
_LEAST_ROWS, _LONGEST = 3, 200
_MOST_OF_IT = 0.5
_BETTER = 1.3
"""So many times what it is worth from its first row on makes a table begin with its second."""
_FILLED = 0.5
"""Rows of an aligned table that have more than one cell, at least."""


_Edge = dict[str, Any]
"""As pdfplumber has it, with ``top`` and ``bottom`` from the top of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The cells of a table by row and column, each with its words; those that begin elsewhere, or hold none, are empty.

    ``rows`` are the places of the rows, ``box`` that of all.
    """

    box: Box
    cells: tuple[tuple[Box | None, ...], ...]

    @property
    def framed(self) -> bool:
        """Whether this is a frame around something else: one of many cells takes most of it."""
        areas = [_area(cell) for row in self.cells for cell in row if cell is not None]
        return len(areas) > 4 and max(areas) > _MOST_OF_IT * _area(self.box)

    @property
    def rows(self) -> list[Box]:
        """Where each row stands."""
        return [joined_box([cell for cell in row if cell is not None] or [self.box]) for row in self.cells]


def ruled_grids(edges: Sequence[Box], height: float) -> list[Grid]:
    """Tables whose lines are drawn, in a frame of this height; at least two rows and two columns of cells."""
    if len(edges) < 4:
        return []
    merged = _merged([_edge(edge, height) for edge in edges])
    merged = _merged([*merged, *_sides(merged)])
    crossings = edges_to_intersections(merged, _SNAP, _SNAP)
    if len(crossings) > _MOST_CELLS:
        return []
    found = [_grid(cells, height) for cells in cells_to_tables(intersections_to_cells(crossings))]
    return [grid for grid in found if len(grid.cells) > 1 and len(grid.cells[0]) > 1 and not grid.framed]


def place_words(grid: Grid, words: Sequence[Word]) -> tuple[dict[tuple[int, int], list[Word]], list[Word]]:
    """Words by the cell they stand in, and those that stand in none."""
    places = [
        (row, column, box)
        for row, cells in enumerate(grid.cells)
        for column, box in enumerate(cells)
        if box is not None
    ]
    held: dict[tuple[int, int], list[Word]] = {}
    outside: list[Word] = []
    for word in words:
        x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
        where = None
        if _holds(grid.box, x, y):
            where = next(((row, column) for row, column, box in places if _holds(box, x, y)), None)
        if where is None:
            outside.append(word)
        else:
            held.setdefault(where, []).append(word)
    return held, outside


def aligned_runs(rows: Sequence[Sequence[Piece]]) -> list[tuple[int, int, list[float]]]:
    """Rows that stand in columns: first, end, and the middles of the gaps between their columns."""
    found: list[tuple[int, int, list[float]]] = []
    begin = 0
    while begin < len(rows):
        worth, end, middles = _best_run(rows, begin)
        later = _best_run(rows, begin + 1)[0] if worth and begin + 1 < len(rows) else 0
        if worth and later <= _BETTER * worth:
            found.append((begin, end, middles))
            begin = end
        else:
            begin += 1
    return found


def by_column(row: Sequence[Piece], middles: Sequence[float]) -> list[list[Word]]:
    """The words of a row by column."""
    cells: list[list[Word]] = [[] for _ in range(len(middles) + 1)]
    for piece in row:
        column = sum(piece.box[0] > middle for middle in middles)
        cells[column] += piece.words
    return cells


def gaps_between(pieces: Sequence[Piece]) -> list[float]:
    """The middles of all gaps that no piece stands in, from the left."""
    middles: list[float] = []
    spans = sorted((piece.box[0], piece.box[2]) for piece in pieces)
    right = spans[0][1]
    for low, high in spans:
        if low - right >= LEAST_GUTTER:
            middles.append((low + right) / 2)
        right = max(right, high)
    return middles


def _best_run(rows: Sequence[Sequence[Piece]], begin: int) -> tuple[int, int, list[float]]:
    """What a table that begins here is worth (rows by gaps between columns; 0: nothing), its end, and those gaps.

    A row of one piece may stand between others, whichever columns it crosses.
    """
    best: tuple[int, int, list[float]] = (0, begin, [])
    solid: list[Piece] = []
    several = 0
    for end in range(begin + 1, min(len(rows), begin + _LONGEST) + 1):
        row = rows[end - 1]
        if row[0].table >= 0 or (end > begin + 1 and not _near(rows[end - 2], row)):
            break
        if len(row) < 2:
            if end == begin + 1 or len(rows[end - 2]) < 2:
                break
            continue
        solid += row
        several += 1
        middles = gaps_between(solid)
        if not middles:
            break
        worth = several * len(middles)
        if end - begin >= _LEAST_ROWS and several >= _FILLED * (end - begin) and worth > best[0]:
            best = (worth, end, middles)
    return best


def _near(above: Sequence[Piece], below: Sequence[Piece]) -> bool:
    height = max(piece.box[3] - piece.box[1] for piece in below)
    return min(piece.box[1] for piece in above) - max(piece.box[3] for piece in below) < 2.5 * height


def _merged(edges: list[_Edge]) -> list[_Edge]:
    found: list[_Edge] = merge_edges(edges, _SNAP, _SNAP, _SNAP, _SNAP)
    return found


def _sides(edges: Sequence[_Edge]) -> list[_Edge]:
    """The sides of tables that are ruled across only: where several lines begin, and where they end."""
    across: dict[tuple[int, int], list[_Edge]] = {}
    for edge in edges:
        if edge["orientation"] == "h":
            across.setdefault((round(edge["x0"] / _SNAP), round(edge["x1"] / _SNAP)), []).append(edge)
    found: list[_Edge] = []
    for lines in across.values():
        top, bottom = min(line["top"] for line in lines), max(line["bottom"] for line in lines)
        if bottom - top > _SNAP:
            found += [
                {
                    "x0": x, "x1": x, "top": top, "bottom": bottom, "width": 0.0, "height": bottom - top,
                    "orientation": "v",
                }
                for x in (lines[0]["x0"], lines[0]["x1"])
            ]  # fmt: skip
    return found


def _edge(edge: Box, height: float) -> _Edge:
    x0, y0, x1, y1 = edge
    return {
        "x0": x0, "x1": x1, "top": height - y1, "bottom": height - y0, "width": x1 - x0, "height": y1 - y0,
        "orientation": "h" if x1 - x0 >= y1 - y0 else "v",
    }  # fmt: skip


def _grid(cells: Sequence[tuple[float, float, float, float]], height: float) -> Grid:
    """pdfplumber's cells (x0, top, x1, bottom) by row and column; one that spans several begins in the first."""
    lefts = sorted({round(cell[0], 1) for cell in cells})
    tops = sorted({round(cell[1], 1) for cell in cells})
    rows: list[list[Box | None]] = [[None] * len(lefts) for _ in tops]
    for x0, top, x1, bottom in cells:
        rows[tops.index(round(top, 1))][lefts.index(round(x0, 1))] = (x0, height - bottom, x1, height - top)
    boxes = [cell for row in rows for cell in row if cell is not None]
    return Grid(box=joined_box(boxes), cells=tuple(tuple(row) for row in rows))


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
