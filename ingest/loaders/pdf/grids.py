"""Tables of a page: those ruled by lines, found by pdfplumber, and those whose columns are aligned. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

from ingest.loaders.pdf.reading_order import LEAST_GUTTER, Piece
from ingest.loaders.pdf.words import Box, Word, joined_box

_SNAP = 3.0
_MOST_CELLS = 4_000
_LEAST_ROWS = 3
_MOST_OF_IT = 0.5
_FILLED = 0.6
"""Rows of an aligned table that have more than one cell, at least."""


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
    drawn = [_edge(edge, height) for edge in [*edges, *_sides(edges)]]
    merged = merge_edges(drawn, _SNAP, _SNAP, _SNAP, _SNAP)
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
        end, gaps = _longest(rows, begin)
        middles = gaps_between([piece for row in rows[begin:end] for piece in row]) if gaps else []
        several = sum(sum(map(bool, by_column(row, middles))) > 1 for row in rows[begin:end])
        if end - begin >= _LEAST_ROWS and several >= _FILLED * (end - begin):
            found.append((begin, end, middles))
            begin = end
        else:
            begin += 1
    return found


def by_column(row: Sequence[Piece], middles: Sequence[float]) -> list[list[Word]]:
    """The words of a row by column."""
    cells: list[list[Word]] = [[] for _ in range(len(middles) + 1)]
    for piece in row:
        column = sum((piece.box[0] + piece.box[2]) / 2 > middle for middle in middles)
        cells[column] += piece.words
    return cells


def _longest(rows: Sequence[Sequence[Piece]], begin: int) -> tuple[int, list[tuple[float, float]]]:
    """As many rows from here as share gaps, most of them with more than one piece."""
    if len(rows[begin]) < 2 or rows[begin][0].table >= 0:
        return begin, []
    least = max(LEAST_GUTTER, 0.6 * median(piece.box[3] - piece.box[1] for piece in rows[begin]))
    gaps = _gaps(rows[begin])
    end, several = begin + 1, 1
    kept, kept_gaps = begin + 1, gaps
    while end < len(rows) and rows[end][0].table < 0 and _near(rows[end - 1], rows[end]):
        shared = [gap for gap in _shared(gaps, rows[end]) if gap[1] - gap[0] >= least]
        if not shared:
            break
        several += len(rows[end]) > 1
        end, gaps = end + 1, shared
        if len(rows[end - 1]) > 1 and several >= _FILLED * (end - begin):
            kept, kept_gaps = end, gaps
    return kept, kept_gaps


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


def _gaps(row: Sequence[Piece]) -> list[tuple[float, float]]:
    return [(before.box[2], after.box[0]) for before, after in pairwise(row)]


def _near(above: Sequence[Piece], below: Sequence[Piece]) -> bool:
    height = max(piece.box[3] - piece.box[1] for piece in below)
    return min(piece.box[1] for piece in above) - max(piece.box[3] for piece in below) < 2.5 * height


def _shared(gaps: Sequence[tuple[float, float]], row: Sequence[Piece]) -> list[tuple[float, float]]:
    """What is left of gaps where a row stands; pieces that end one of two columns part neither."""
    left: list[tuple[float, float]] = []
    for low, high in gaps:
        free = [(low, high)]
        for piece in row:
            free = [
                part
                for start, stop in free
                for part in ((start, min(stop, piece.box[0])), (max(start, piece.box[2]), stop))
                if part[1] > part[0]
            ]
        left += free
    return left


def _sides(edges: Sequence[Box]) -> list[Box]:
    """The sides of tables that are ruled across only: where several lines begin, and where they end."""
    across: dict[tuple[int, int], list[Box]] = {}
    for edge in edges:
        if edge[2] - edge[0] > edge[3] - edge[1]:
            across.setdefault((round(edge[0] / _SNAP), round(edge[2] / _SNAP)), []).append(edge)
    return [
        (x, min(line[1] for line in lines), x, max(line[3] for line in lines))
        for lines in across.values()
        if len(lines) > 1
        for x in (lines[0][0], lines[0][2])
    ]


def _edge(edge: Box, height: float) -> dict[str, object]:
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
