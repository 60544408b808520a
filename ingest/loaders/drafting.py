"""The text of a document in the making: lines, headings, tables and pages, and a report of what was read.

Formats that are made of parts write them in the order in which a person reads them. Every cell of a table keeps its
column: a grid is one line a row, cells between `` | ``, empty ones empty; records are one line a row, each value after
the name of its column.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from graph.model import Metadata
from ingest.loaders.reading_limits import ReadingLimits
from ingest.model import LineBox, LoadedDocument, ReadingReport, Section, Skipped, Source, Table, TableRow

MAX_HEADING = 200
MOST_CELLS = 100_000
"""Cells of one document whose places are kept; of what comes after, only the text is."""
BETWEEN, BETWEEN_RECORDS, NAMED = " | ", "; ", ": "
_BLANKS = re.compile(r"\s+")
_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
MOST_SAID_AGAIN = 200
"""Characters of a cell that are said again in each row and column that it covers."""


class Draft:
    """Write a document from its beginning to its end, then :meth:`finish`.

    Args:
        source: the file; its size bounds the text.
        limits: what a document may hold. Every method that writes raises TooMuchText beyond them.
    """

    def __init__(self, source: Source, limits: ReadingLimits) -> None:
        self._source = source
        self._limits = limits
        self._parts: list[str] = []
        self._above: list[tuple[int, str]] = []
        self._page: int | None = None
        self._marks: list[tuple[int, tuple[str, ...], int | None]] = [(0, (), None)]
        self._tables: list[Table] = []
        self._cells = 0
        self._boxes: list[LineBox] = []
        self._read: Counter[str] = Counter()
        self._skipped: Counter[tuple[str, str, bool]] = Counter()
        self.title: str | None = None
        """The document's own title. Where none is set, its first heading of the highest level is it."""
        self.metadata: dict[str, object] = {}
        self.pages: int | None = None
        self.told = ReadingReport()
        """What is known of the file's encoding, and goes into the report."""
        self.length = 0
        """Characters so far."""

    # --- text

    def line(self, text: str, part: str = "") -> int:
        """One line, or several where the text has line ends; where it begins. ``part`` is the kind of what was read."""
        start = self.length
        self._write(text + "\n")
        if part:
            self._read[part] += 1
        return start

    def blank(self) -> None:
        """An empty line, unless there is one already, or nothing above it."""
        if self.length and not self._ends_blank():
            self._write("\n")

    def heading(self, text: str, level: int) -> None:
        """A heading, 1 the highest, with an empty line above and below it; what follows stands under it."""
        name = one_line(text)
        if not name:
            return
        self.blank()
        self.under(name, level)
        self.line(name, "headings")
        self.blank()

    def under(self, name: str, level: int) -> None:
        """What follows stands under a heading that is not itself in the text; without a name, under none."""
        self._above = [other for other in self._above if other[0] < level]
        self._above += [(level, name[:MAX_HEADING])] if name else []
        self._mark()

    def page(self, number: int) -> None:
        """What follows stands on this page (a slide, a sheet); pages count from 1."""
        self.blank()
        self._page = number
        self._mark()

    def box(self, start: int, end: int, x0: float, y0: float, x1: float, y1: float) -> None:
        """Where a line of the text is drawn on the present page."""
        if self._page is not None:
            self._boxes.append(LineBox(start=start, end=end, page=self._page, x0=x0, y0=y0, x1=x1, y1=y1))

    @property
    def boxed(self) -> int:
        """How many lines have a place so far."""
        return len(self._boxes)

    # --- tables

    def grid(
        self, rows: Sequence[Sequence[str]], *, header: bool = True, columns: Sequence[str] | None = None,
        heads: int = 1,
    ) -> None:  # fmt: skip
        """A table as lines of cells. All rows are as long as the longest; the first names the columns if ``header``.

        Where several rows name them, ``heads`` says how many, and ``columns`` what the names are as one.
        """
        width = max((len(row) for row in rows), default=0)
        start, kept = self.length, []
        named = (columns or rows[0]) if rows and header else ()
        names = tuple(one_line(cell) for cell in named)
        for number, row in enumerate(rows):
            begin, cells, written = self.length, [], []
            at = begin
            for cell in [*row, *([""] * (width - len(row)))]:
                written.append(one_line(cell).replace("|", "¦"))
                cells.append((at, at + len(written[-1])))
                at += len(written[-1]) + len(BETWEEN)
            self._write(BETWEEN.join(written) + "\n")
            if (number >= heads or not header) and self._room(width):
                kept.append(TableRow(start=begin, end=self.length - 1, cells=tuple(cells)))
        self._table(start, names + ("",) * (width - len(names)), kept)

    def records(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table as a line a row: "column: value; column: value". Empty cells are not written."""
        start, kept = self.length, []
        names = tuple(one_line(name) for name in columns)
        for row in rows:
            begin, at, cells, written = self.length, self.length, [], []
            for name, value in zip(names, row, strict=False):
                text = one_line(value)
                label = f"{name}{NAMED}" if name else ""
                cells.append((at + len(label), at + len(label) + len(text)) if text else (at, at))
                if text:
                    written.append(label + text)
                    at += len(written[-1]) + len(BETWEEN_RECORDS)
            if not written:
                continue
            self._write(BETWEEN_RECORDS.join(written) + "\n")
            if self._room(len(cells)):
                end = self.length - 1
                kept.append(TableRow(start=begin, end=end, cells=tuple((min(a, end), min(b, end)) for a, b in cells)))
            self._read["rows"] += 1
        self._table(start, names, kept)

    # --- the report

    def read(self, part: str, count: int = 1) -> None:
        """Count what was read, by its kind, in the plural: "paragraphs", "footnotes"."""
        self._read[part] += count

    def left_out(self, part: str, reason: str, count: int = 1) -> None:
        """Count what nobody sees, or what is no text."""
        self._skipped[part, reason, False] += count

    def unread(self, part: str, reason: str, count: int = 1) -> None:
        """Count what a reader of the file sees, and this text does not hold."""
        self._skipped[part, reason, True] += count

    def finish(self, *, picture_pages: Sequence[int] = ()) -> LoadedDocument:
        """The document. The first of the highest headings is its title where it has none."""
        text = "".join(self._parts)
        starts = [start for start, _, _ in self._marks] + [len(text)]
        sections = tuple(
            Section(start=start, end=end, headings=headings, page=page)
            for (start, headings, page), end in zip(self._marks, starts[1:], strict=True) if end > start
        )  # fmt: skip
        first = next((path[0] for _, path, _ in self._marks if path), None)
        return LoadedDocument(
            text=text, sections=sections, title=self.title or first, picture_pages=tuple(picture_pages),
            metadata=plain_metadata(self.metadata), tables=tuple(self._tables), boxes=tuple(self._boxes),
            report=replace(self.told, parts=dict(self._read), skipped=self.skipped, pages=self.pages),
        )  # fmt: skip

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """What is not in the text so far, in order of its kind."""
        return tuple(
            Skipped(part=part, reason=reason, count=count, unread=unread)
            for (part, reason, unread), count in sorted(self._skipped.items())
        )

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self.length += len(text)
        self._limits.check_text(self._source.name, len(self._source.data), self.length)

    def _mark(self) -> None:
        path = tuple(name for _, name in self._above)
        if self._marks[-1][0] == self.length:
            self._marks.pop()
        self._marks.append((self.length, path, self._page))

    def _ends_blank(self) -> bool:
        tail = "".join(self._parts[-2:])
        return tail.endswith("\n\n") or tail == "\n"

    def _table(self, start: int, columns: tuple[str, ...], rows: Sequence[TableRow]) -> None:
        if self.length > start:
            self._tables.append(Table(start=start, end=self.length, columns=columns, rows=tuple(rows)))
            self._read["tables"] += 1

    def _room(self, cells: int) -> bool:
        self._cells += cells
        if self._cells > MOST_CELLS:
            self._read["rows without relations"] += 1
        return self._cells <= MOST_CELLS


def joined_heads(rows: Iterable[Sequence[str]], between: str = " / ") -> list[str]:
    """The names of columns that stand in several rows, one below the other; one that is repeated is written once."""
    return [between.join(dict.fromkeys(filter(None, parts))) for parts in zip(*rows, strict=False)]


def one_line(text: str) -> str:
    """Text with single blanks for all white space, line ends included."""
    return _BLANKS.sub(" ", text).strip()


def small_figures(beside: str, text: str, *, raised: bool) -> str:
    """Small figures above or below the line, as such: 10³ is not 103. ``beside`` is what stands before them."""
    table, small = (_RAISED if raised else _LOWERED), text.strip()
    fits = small and beside[-1:].isalnum() and all(ord(each) in table for each in small)
    return small.translate(table) if fits else text


def plain_metadata(found: dict[str, object]) -> Metadata:
    """What can be metadata: text of at most a thousand characters, numbers, booleans, and lists of them."""
    kept: dict[str, object] = {}
    for name, value in found.items():
        plain = _plain(value)
        if plain not in (None, "", ()) and len(kept) < 50:
            kept[name[:100]] = plain
    return kept  # type: ignore[return-value]


def _plain(value: object) -> object:
    if isinstance(value, str):
        return one_line(value)[:1000]
    if isinstance(value, (bool, int, float)):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return tuple(one for each in value[:100] if not isinstance(one := _plain(each), tuple) and one is not None)
    return None
