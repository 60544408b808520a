"""The words of a ruled table by row and column. Pure.

Lines often rule a part only: the head and not the rows, some columns and not others. Where the cells of a ruled row
hold as many lines as one another, each line is a row; where the words of a ruled column stand in columns, each is one.
"""

from collections.abc import Sequence

from ingest.loaders.layout.grids import Grid, by_column, gaps_between, place_words
from ingest.loaders.layout.joining import Vocabulary, join_broken
from ingest.loaders.layout.lines import line_text, pieces_of
from ingest.loaders.layout.places import Box, Word, joined_box
from ingest.loaders.layout.reading_order import Piece, rows_of

_FILLED = 0.35
"""Cells that hold text, at least; what is emptier is a drawing."""
_ALIKE = 0.75
"""Cells of a ruled row with as many lines as the longest, or one fewer, from which on its lines are rows."""
_APART = 0.6
"""Rows of a ruled column whose words stand apart, from which on it is several."""

Row = tuple[Box, list[list[Piece]]]
"""Where it stands, and its cells."""


class RuledTable:
    """A table as it is written: its rows of text, and where each stands."""

    def __init__(self, box: Box, rows: Sequence[tuple[Box, list[str]]]) -> None:
        self.box = box
        self.rows = [texts for _, texts in rows]
        self.boxes = [place for place, _ in rows]


def table_of(grid: Grid, words: Sequence[Word], known: Vocabulary) -> tuple[RuledTable | None, Sequence[Word]]:
    """The table that a grid makes of words, None where it makes none; and the words beside it."""
    held, outside = place_words(grid, words)
    rows: list[Row] = []
    for number, (box, cells) in enumerate(zip(grid.rows, grid.cells, strict=True)):
        pieces = [pieces_of(held.get((number, column), ())) for column in range(len(cells))]
        if any(pieces):
            rows += _lines_as_rows(box, pieces, least=2 if rows else 3)
    there = sum(cell is not None for cells in grid.cells for cell in cells)
    if len(rows) < 2 or len(held) < _FILLED * there:
        return None, words
    texts = [
        (box, [_cell_text(cell, known) for cell in cells]) for box, cells in _columns_apart(rows, len(grid.cells[0]))
    ]
    columns = [column for column in range(len(texts[0][1])) if any(row[column] for _, row in texts)]
    if len(columns) < 2:
        return None, words
    return RuledTable(grid.box, [(box, [row[column] for column in columns]) for box, row in texts]), outside


def _lines_as_rows(box: Box, cells: list[list[Piece]], least: int) -> list[Row]:
    """A ruled row, or its lines where they are rows."""
    counts = [len(rows_of(cell)) for cell in cells if cell]
    most = max(counts)
    alike = sum(count == most for count in counts) if most == 2 else sum(count >= most - 1 for count in counts)
    if len(counts) < 2 or most < least or alike < (len(counts) if most == 2 else _ALIKE * len(counts)):
        return [(box, cells)]
    of = {id(piece): column for column, cell in enumerate(cells) for piece in cell}
    rows: list[Row] = []
    for line in rows_of([piece for cell in cells for piece in cell]):
        parts: list[list[Piece]] = [[] for _ in cells]
        for piece in line:
            parts[of[id(piece)]].append(piece)
        rows.append((joined_box([piece.box for piece in line]), parts))
    return rows


def _columns_apart(rows: list[Row], width: int) -> list[Row]:
    """Rows whose ruled columns are several where their words stand in columns."""
    parted: list[Row] = [(box, []) for box, _ in rows]
    for column in range(width):
        cells = [cells[column] for _, cells in rows]
        middles = _middles([cell for cell in cells if cell])
        for (_, done), cell in zip(parted, cells, strict=True):
            done.extend(_parted(cell, middles))
    return parted


def _middles(cells: Sequence[Sequence[Piece]]) -> list[float]:
    lines = [rows_of(cell) for cell in cells]
    if any(len(found) > 1 for found in lines[1:]) or len(cells) < 3:
        return []
    several = sum(len(found[0]) > 1 for found in lines)
    return gaps_between([piece for cell in cells[1:] for piece in cell]) if several >= _APART * len(cells) else []


def _parted(cell: Sequence[Piece], middles: Sequence[float]) -> list[list[Piece]]:
    return [pieces_of(words) for words in by_column(cell, middles)]


def _cell_text(pieces: Sequence[Piece], known: Vocabulary) -> str:
    lines = [line_text([word for piece in row for word in piece.words]) for row in rows_of(pieces)]
    return " ".join(line for line in join_broken(lines, known) if line)
