"""CSV and TSV. The delimiter is found in the head of the file, by how evenly it parts its lines."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from graph.errors import Unreadable
from ingest.loaders.drafting import Draft
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.sheets.lines import Line
from ingest.loaders.sheets.regions import lay_out
from ingest.loaders.texts.decoding import decoded
from ingest.model import LoadedDocument, Source

DELIMITERS = ",;\t|"
_DOUBLED = re.compile(r'[^\\,;\t|\n]""')
"""A quotation mark written twice within a cell."""
_HEAD = 128 * 1024
_LONGEST_CELL = 16 * 1024 * 1024
_MOST_LINES = 50
"""Line ends that a quoted cell of the head may hold; with more, a quotation mark is an inch or a letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How cells are parted. ``escaped``: a backslash stands before a mark that is meant literally."""

    delimiter: str
    quoted: bool = True
    escaped: bool = False

    def rows(self, lines: Iterator[str]) -> Iterator[list[str]]:
        """The cells of each row. Raises csv.Error."""
        return csv.reader(
            lines, delimiter=self.delimiter, quoting=csv.QUOTE_MINIMAL if self.quoted else csv.QUOTE_NONE,
            escapechar="\\" if self.escaped else None, doublequote=True,
        )  # fmt: skip


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """Every row as "column: value"; rows that are longer or shorter than others are kept as they are."""
    found = decoded(source)
    text = found.text.lstrip("\ufeff")
    draft = Draft(source, limits)
    draft.told = found.report()
    draft.title = PurePosixPath(source.name.replace("\\", "/")).stem
    start, told = _told_delimiter(text)
    dialect = find_dialect(text[start : start + _HEAD], told, whole=len(text) <= start + _HEAD)
    csv.field_size_limit(_LONGEST_CELL)
    try:
        lay_out(draft, (Line(cells) for cells in dialect.rows(_lines(text, start))), list_has_name=True)
    except csv.Error as error:
        raise Unreadable(f"{source.name!r} is no readable table: {error}") from error
    return draft.finish()


def sample() -> bytes:
    """Two rows under their names, one value in quotes."""
    return b'name,size\n"a, b",1\nc,2\n'


def find_dialect(head: str, told: str = "", *, whole: bool = True) -> Dialect:
    """How the beginning of a text parts its cells; ``whole`` where it is all of it. ``told`` is a known delimiter."""
    if not whole and "\n" in head:
        head = head[: head.rindex("\n") + 1]
    escaped = '\\"' in head and not _DOUBLED.search(head)
    best: tuple[float, int, int] = (0.0, 0, 0)
    found = Dialect(delimiter=told or ",", escaped=escaped)
    for order, delimiter in enumerate(told or DELIMITERS):
        dialect = Dialect(delimiter=delimiter, escaped=escaped)
        rows = _tried(dialect, head)
        if any(cell.count("\n") > _MOST_LINES for row in rows for cell in row):
            dialect = Dialect(delimiter=delimiter, quoted=False)
            rows = _tried(dialect, head)
        rating = (*_agreement(rows), -order)
        if rating > best or (told and not best[0]):
            best, found = rating, dialect
    return found


def _tried(dialect: Dialect, head: str) -> list[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        return list(dialect.rows(_lines(head, 0)))
    except csv.Error:
        return []


def _agreement(rows: list[list[str]]) -> tuple[float, int]:
    """The share of rows with as many cells as most have, and how many those are; nothing where each has one cell."""
    widths = Counter(len(row) for row in rows if row)
    several = {width: count for width, count in widths.items() if width > 1}
    if not several:
        return 0.0, 0
    width = max(several, key=lambda each: (several[each], each))
    return several[width] / sum(widths.values()), width


def _told_delimiter(text: str) -> tuple[int, str]:
    """Where the rows begin, and the delimiter that a first line ``sep=;`` tells."""
    first = text[:8].split("\n", maxsplit=1)[0].strip()
    if first[:4].lower() == "sep=" and len(first) <= 5:
        return text.find("\n") + 1 or len(text), first[4:] or "\t"
    return 0, ""


def _lines(text: str, start: int) -> Iterator[str]:
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end
