"""From a loaded document to chunks: whole sentences, exact offsets, borders that an edit elsewhere does not move.

A section of up to ``MAX_WEIGHT`` is one chunk. In a longer one the borders are *content-defined*, after the
local-minimum chunking of Bjørner, Blass, Gurevich (*Content-dependent chunking for differential compression*,
2010): a border follows each sentence whose hash is the smallest within ``REACH`` to both sides. Whether it is
depends on its neighbourhood alone, so that an inserted sentence changes one chunk or two, however long the
section. What is still too long is cut at sentences, and a sentence too long for that at its weight. All of it takes
time that grows with the text alone, whatever the text is.

Each line of a table is a sentence, so that borders fall between rows (a row that is longer than a chunk may be is cut
all the same). A chunk that begins within a table has the names of its columns as its last heading.
"""

import hashlib
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from typing import overload

from typing_extensions import override

from graph.model import Span
from graph.text.tokens import is_east_asian
from ingest.extraction.sentences import Ranges, each_sentence
from ingest.model import ChunkTable, ChunkText, LoadedDocument, Section, Table, TableRow

MAX_WEIGHT = 1600
"""About 350 English word pieces; an East Asian character weighs as much as ``EAST_ASIAN_WEIGHT`` others."""
MAX_LENGTH = 4 * MAX_WEIGHT
"""Characters of a chunk, white space between its sentences included: that weighs nothing, and may be endless."""
REACH = 500
EAST_ASIAN_WEIGHT = 3
BETWEEN_COLUMNS = " | "
MOST_COLUMNS = 300
"""Characters of the names of columns that are given to each chunk of a table."""
_SAID = re.compile(r"\S")


class Chunks(Sequence[ChunkText]):
    """The chunks of a document, in order. Only their borders are held: each is made when it is asked for."""

    def __init__(self, document: LoadedDocument) -> None:
        self._document = document
        self._sentences = Ranges()
        self._chunks = array("q")
        """Of each chunk the number of its section, of its first sentence, and of its last one."""
        for number, section in enumerate(document.sections):
            self._split(number, section)

    @override
    def __len__(self) -> int:
        return len(self._chunks) // 3

    @overload
    def __getitem__(self, place: int) -> ChunkText: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[ChunkText]: ...
    @override
    def __getitem__(self, place: int | slice) -> ChunkText | Sequence[ChunkText]:
        if isinstance(place, slice):
            return [self._made(each) for each in range(*place.indices(len(self)))]
        return self._made(range(len(self))[place])

    def _split(self, number: int, section: Section) -> None:
        text, first = self._document.text, len(self._sentences)
        tables = _overlapping(self._document.tables, section.start, section.end)
        sentences, weights = Ranges(), array("q")
        for sentence in _sentences(text, section, tables):
            for piece in _bounded(text, sentence):
                sentences.add(piece)
                weights.append(_weight(text[piece.start : piece.end]))
        for begin, end in _groups(text, sentences, weights):
            self._chunks.extend((number, first + begin, first + end))
        self._sentences.extend(sentences)

    def _made(self, place: int) -> ChunkText:
        number, first, last = self._chunks[3 * place : 3 * place + 3]
        text, section = self._document.text, self._document.sections[number]
        start, end = self._sentences[first].start, self._sentences[last].end
        held = _overlapping(_overlapping(self._document.tables, section.start, section.end), start, end)
        return ChunkText(
            start=start,
            end=end,
            text=text[start:end],
            headings=section.headings + (_columns_above(text, held[0], start) if held else ()),
            page=section.page,
            sentences=tuple(
                Span(start=one.start - start, end=one.end - start)
                for one in map(self._sentences.__getitem__, range(first, last + 1))
            ),
            tables=tuple(ChunkTable(columns=_columns(one), rows=rows) for one in held
                         if (rows := tuple(_whole_rows(one, start, end)))),
        )  # fmt: skip


def split_document(document: LoadedDocument) -> Chunks:
    """Chunks in order. Every chunk satisfies ``document.text[start:end] == chunk.text``."""
    return Chunks(document)


def _overlapping(tables: Sequence[Table], start: int, end: int) -> Sequence[Table]:
    """The tables of which something stands in a range; they are in order."""
    first = bisect_right(tables, start, key=lambda table: table.end)
    return tables[first : bisect_left(tables, end, key=lambda table: table.start)]


def _sentences(text: str, section: Section, tables: Sequence[Table]) -> Iterator[Span]:
    at = section.start
    for table in tables:
        begin, end = max(table.start, at), min(table.end, section.end)
        yield from each_sentence(text, at, begin)
        head = max(begin, min(_head_end(text, table), end))
        yield from _stripped(text, begin, head)
        yield from _lines(text, head, end)
        at = end
    yield from each_sentence(text, at, section.end)


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop + 1
        yield from _stripped(text, start, stop)
        start = stop


def _stripped(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    if stripped := piece.strip():
        first = start + len(piece) - len(piece.lstrip())
        yield Span(start=first, end=first + len(stripped))


def _head_end(text: str, table: Table) -> int:
    """Where the lines with the names of the columns end; where the table begins if no lines of their own have them."""
    if table.rows:
        return table.rows[0].start
    first = text.find("\n", table.start, table.end)
    return table.end if first < 0 else first + 1


def _columns(table: Table) -> tuple[str, ...]:
    """The names that a heading has room for. Records say their columns in each row: there all of them count."""
    if table.rows and table.rows[0].start == table.start:
        return table.columns
    names = islice(table.columns, MOST_COLUMNS)
    lengths = accumulate(len(name) + len(BETWEEN_COLUMNS) for name in names)
    return table.columns[: max(bisect_right(list(lengths), MOST_COLUMNS + len(BETWEEN_COLUMNS)), 1)]


def _columns_above(text: str, table: Table, start: int) -> tuple[str, ...]:
    """The names of the columns, as a heading, where a chunk begins below them or in the middle of a row."""
    head = min(_head_end(text, table), start)
    row = _row_before(table.rows, start)
    if not _SAID.search(text, table.start, head) and (row is None or not row.start < start < row.end):
        return ()
    shown = _columns(table)
    heading = BETWEEN_COLUMNS.join(shown)
    more = BETWEEN_COLUMNS + "…" if len(shown) < len(table.columns) or len(heading) > MOST_COLUMNS else ""
    return (heading[:MOST_COLUMNS].rstrip() + more,) if any(shown) else ()


def _row_before(rows: Sequence[TableRow], start: int) -> TableRow | None:
    place = bisect_right(rows, start, key=lambda row: row.start)
    return rows[place - 1] if place else None


def _whole_rows(table: Table, start: int, end: int) -> Iterator[tuple[Span, ...]]:
    """The cells of each row that stands whole in a chunk, but for white space and empty cells at its edges."""
    first = bisect_left(table.rows, start, key=lambda row: row.end)
    for row in table.rows[first : bisect_left(table.rows, end, key=lambda row: row.start)]:
        said = [place for cell in row.cells if cell[0] < cell[1] for place in cell]
        if said and start <= min(said) and max(said) <= end:
            yield tuple(
                Span(start=min(max(a, start), end) - start, end=min(max(b, start), end) - start) for a, b in row.cells
            )  # fmt: skip


def _groups(text: str, sentences: Ranges, weights: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ranges of sentences, both ends included, that make one chunk each."""
    if not sentences:
        return
    if sum(weights) <= MAX_WEIGHT and sentences[-1].end - sentences[0].start <= MAX_LENGTH:
        yield 0, len(sentences) - 1
        return
    first = 0
    for last in [*_borders(text, sentences, weights), len(sentences) - 1]:
        yield from _within_limit(first, last, sentences, weights)
        first = last + 1


def _within_limit(first: int, last: int, sentences: Ranges, weights: Sequence[int]) -> Iterator[tuple[int, int]]:
    begin, total = first, 0
    for index in range(first, last + 1):
        length = sentences[index].end - sentences[begin].start
        if total and (total + weights[index] > MAX_WEIGHT or length > MAX_LENGTH):
            yield begin, index - 1
            begin, total = index, 0
        total += weights[index]
    if begin <= last:
        yield begin, last


def _borders(text: str, sentences: Ranges, weights: Sequence[int]) -> list[int]:
    """Sentences that end a chunk: no other within reach has a smaller hash; of equal ones only the last counts.

    One pass: on the stack are the sentences before, each with a smaller hash than the one above it. So whatever takes
    a sentence off it is the next with a hash as small, and what is left below one is the nearest with a smaller hash.
    """
    hashes = array("Q", (_hash(text[one.start : one.end]) for one in sentences))
    before = array("q", accumulate(weights, initial=0))
    smallest = bytearray(b"\1") * len(hashes)
    stack: list[int] = []
    for index, own in enumerate(hashes):
        while stack and hashes[stack[-1]] >= own:
            earlier = stack.pop()
            smallest[earlier] &= before[index] - before[earlier + 1] >= REACH
        if stack:
            smallest[index] = before[index] - before[stack[-1] + 1] >= REACH
        stack.append(index)
    return [index for index in range(len(sentences) - 1) if smallest[index]]


def _hash(sentence: str) -> int:
    return int.from_bytes(hashlib.blake2b(sentence.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _bounded(text: str, sentence: Span) -> Iterator[Span]:
    """The sentence, or pieces of it that are each within the limit, cut at white space where there is any."""
    start = sentence.start
    while _overweight(text, start, sentence.end):
        cut = start + _fitting(text, start, sentence.end)
        space = max(text.rfind(" ", start + 1, cut), text.rfind("\n", start + 1, cut))
        cut = space if space > start + (cut - start) // 2 else cut
        yield Span(start=start, end=cut)
        start = cut
        while start < sentence.end and text[start].isspace():
            start += 1
    if start < sentence.end:
        yield Span(start=start, end=sentence.end)


def _overweight(text: str, start: int, end: int) -> bool:
    """Whether a stretch weighs more than a chunk may. A long one is not looked at: each character weighs something."""
    return end - start > MAX_WEIGHT or _weight(text[start:end]) > MAX_WEIGHT


def _fitting(text: str, start: int, end: int) -> int:
    """How many characters from ``start`` weigh at most ``MAX_WEIGHT``."""
    piece = text[start : min(end, start + MAX_WEIGHT)]
    weight = 0
    for index, character in enumerate(piece):
        weight += EAST_ASIAN_WEIGHT if is_east_asian(character) else 1
        if weight > MAX_WEIGHT:
            return max(index, 1)
    return len(piece)


def _weight(text: str) -> int:
    if text.isascii():
        return len(text)
    return len(text) + (EAST_ASIAN_WEIGHT - 1) * sum("\u2e80" <= c <= "\ud7af" or c >= "\U00020000" for c in text)
