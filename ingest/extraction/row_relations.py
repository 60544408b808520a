"""What the rows of a table say: its name, the name of a column, the value that stands there. By rule, and literally.

A row's name is the cell of the first column that holds text and tells the rows of the chunk apart. It is an entity; a
value is one that people can browse, and a search does not follow it unless it is a name by the rules for all text.
Only the chunk is looked at, so that the same chunk is read the same whatever stands in the rest of the table.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from sys import intern

from graph.model import Span
from graph.text.names import MAX_WORDS, norm
from ingest.model import ChunkTable, ChunkText, ExtractedName, ExtractedRelation

ROWS = "rows/1"
"""What has read a relation between a row and a value."""
MAX_ROW_NAME = 80
MAX_VALUE = 120
"""Characters of a value; what is longer is a text, and names are looked for in it."""
MAX_COLUMN = 80
VALUE = "value"
_MEASURE = re.compile(r"\W{0,3}[\d.,:/ -]{1,40}[^\W\d]{0,5}\W{0,3}")
"""A number, a date in figures, or a number with its unit."""
_MOST_ALIKE = 0.2
"""Share of a column's cells that may say the same as another, where it still tells rows apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPlaces:
    """Where the rows of a chunk stand: every cell in order, and the sentences that are rows."""

    cells: tuple[Span, ...]
    starts: tuple[int, ...]
    sentences: frozenset[int]

    def cell_of(self, name: ExtractedName) -> int:
        """The number of the cell that a name stands in; -1 where it stands in none."""
        place = bisect_right(self.starts, name.start) - 1
        return place if place >= 0 and name.end <= self.cells[place].end else -1

    def label(self, name: ExtractedName) -> bool:
        """Whether it stands in a row and in no cell, as the names of columns in records do."""
        return name.sentence in self.sentences and self.cell_of(name) < 0


def row_places(chunk: ChunkText) -> RowPlaces:
    """Where the rows of a chunk stand."""
    cells = sorted(
        (cell for table in chunk.tables for row in table.rows for cell in row if cell.start < cell.end),
        key=lambda cell: cell.start,
    )
    begins = [sentence.start for sentence in chunk.sentences]
    return RowPlaces(
        cells=tuple(cells), starts=tuple(cell.start for cell in cells),
        sentences=frozenset(bisect_right(begins, cell.start) - 1 for cell in cells),
    )  # fmt: skip


def row_relations(chunk: ChunkText, names: list[ExtractedName]) -> Iterator[ExtractedRelation]:
    """A relation for each value of a row that has a name. What is not among ``names`` yet is added to them."""
    begins = [sentence.start for sentence in chunk.sentences]
    place_of: dict[tuple[int, int], int] = {}
    for place, name in enumerate(names):
        if name.sentence >= 0:
            place_of.setdefault((name.start, name.end), place)

    def named(cell: Span, kind: str) -> int:
        key = cell.start, cell.end
        if key not in place_of:
            place_of[key] = len(names)
            names.append(
                ExtractedName(
                    name=intern(chunk.text[cell.start : cell.end]), type=kind, start=cell.start, end=cell.end,
                    sentence=bisect_right(begins, cell.start) - 1, is_name=kind == "name",
                )
            )  # fmt: skip
        return place_of[key]

    for table in chunk.tables:
        column = _naming_column(chunk.text, table)
        for row in table.rows if column is not None else ():
            for source, predicate, value in _statements(chunk.text, table, row, column or 0):
                kind = "name" if _is_text(chunk.text, source) else VALUE
                yield ExtractedRelation(
                    source=named(source, kind), target=named(value, VALUE), predicate=intern(predicate[:MAX_COLUMN]),
                    start=min(source.start, value.start), end=max(source.end, value.end), extractor=ROWS,
                )  # fmt: skip


def _statements(text: str, table: ChunkTable, row: Sequence[Span], column: int) -> Iterator[tuple[Span, str, Span]]:
    """Name of the row, name of a column, value there."""
    if column >= len(row) or not _key(text, row[column], MAX_ROW_NAME):
        return
    for number, (name, value) in enumerate(zip(table.columns, row, strict=False)):
        if number != column and name and _key(text, value, MAX_VALUE):
            yield row[column], name, value


def _naming_column(text: str, table: ChunkTable) -> int | None:
    """The first column that tells rows apart: of those that hold text, or else the first of all."""
    width = max(map(len, table.rows), default=0)
    columns = [[row[number] for row in table.rows if number < len(row)] for number in range(width)]
    wordy = [number for number, cells in enumerate(columns) if _holds_text(text, cells)]
    apart = next((number for number in wordy if _tells_apart(text, columns[number])), None)
    if apart is None and not wordy and columns and _tells_apart(text, columns[0]):
        return 0
    return apart if apart is not None else next(iter(wordy), None)


def _holds_text(text: str, cells: Sequence[Span]) -> bool:
    wordy = sum(_is_text(text, cell) and bool(_key(text, cell, MAX_ROW_NAME)) for cell in cells)
    return 0 < len(cells) <= 2 * wordy


def _tells_apart(text: str, cells: Sequence[Span]) -> bool:
    keys = [key for cell in cells if (key := _key(text, cell, MAX_ROW_NAME))]
    return bool(keys) and len(keys) - len(set(keys)) <= _MOST_ALIKE * len(keys)


def _is_text(text: str, cell: Span) -> bool:
    """Whether a cell holds a word rather than a number, a date or a measure."""
    said = text[cell.start : cell.end]
    if _MEASURE.fullmatch(said):
        return False
    return said[:1].isupper() or sum(map(str.isalpha, said)) > sum(map(str.isdecimal, said))


def _key(text: str, cell: Span, most: int) -> str:
    """What a cell says as a name; empty where it says nothing, or too much for one."""
    said = text[cell.start : cell.end]
    key = norm(said) if 0 < len(said) <= most else ""
    return key if key.count(" ") < 2 * MAX_WORDS else ""
