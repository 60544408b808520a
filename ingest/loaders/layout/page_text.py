"""A page as blocks of lines and tables, in the order in which it is read. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from ingest.loaders.layout.grids import Grid, aligned_runs, by_column, ruled_grids
from ingest.loaders.layout.joining import Vocabulary, join_broken, without_soft_hyphens
from ingest.loaders.layout.lines import line_text, pieces_of, written_leftwards
from ingest.loaders.layout.places import SKEWED, Box, PageFrame, Word, joined_box
from ingest.loaders.layout.reading_order import Piece, in_order, rows_of
from ingest.loaders.layout.tables import RuledTable, table_of

_PARAGRAPH = 0.75
"""Space between two lines that begins a paragraph, in heights of a line."""
_RESIZED = 1.25
"""Letters so many times as tall as those of the line before are a heading, or end one."""
_NEARER = 0.8
"""Steps between rows of a table, by the usual one, below which a line belongs to the row above."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ENDS = tuple(".!?:;。！？：；")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines that belong together, each with its box on the page as shown; ``rows`` where they are those of a table."""

    lines: list[str] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def blocks_of(
    ways: dict[int, list[Word]], frame: PageFrame, edges: Sequence[Box], lexicon: frozenset[str]
) -> Iterator[Block]:
    """The blocks of a page: what is written as the page is turned, then what is written in other ways."""
    own = frozenset(each.lower() for words in ways.values() for word in words for each in _WORD.findall(word.text))
    known = Vocabulary(lexicon=lexicon, own=own)
    for way in sorted(ways, key=lambda one: (one == SKEWED, -len(ways[one]))):
        ruled = ruled_grids(edges, frame.shown_size[1]) if way == frame.rotation else []
        blocks = [_skewed(ways[way])] if way == SKEWED else _upright(ways[way], ruled, known)
        for block in blocks:
            shown = [frame.shown_box(box, 0 if way == SKEWED else way) for box in block.boxes]
            yield Block(lines=block.lines, boxes=shown, rows=block.rows)


def _skewed(words: Sequence[Word]) -> Block:
    return Block(lines=[" ".join(word.text for word in words)], boxes=[joined_box([word.box for word in words])])


def _upright(words: Sequence[Word], grids: Sequence[Grid], known: Vocabulary) -> list[Block]:
    tables: list[RuledTable] = []
    left = words
    for grid in grids:
        table, left = table_of(grid, left, known)
        tables += [table] if table else []
    pieces = pieces_of(left)
    pieces += [Piece(text="", box=table.box, table=number) for number, table in enumerate(tables)]
    leftwards = written_leftwards([word.text for word in words])
    blocks: list[Block] = []
    for stretch in in_order(pieces, leftwards=leftwards):
        _add(blocks, _of_stretch(rows_of(stretch), tables, known))
    return blocks


def _row_text(row: Sequence[Piece]) -> str:
    return line_text([word for piece in row for word in piece.words])


def _of_stretch(rows: Sequence[Sequence[Piece]], tables: Sequence[RuledTable], known: Vocabulary) -> list[Block]:
    blocks: list[Block] = []
    begin = 0
    for start, end, middles in [*aligned_runs(rows), (len(rows), len(rows), [])]:
        blocks += _paragraphs(rows[begin:start], tables, known)
        if end > start:
            blocks.append(_aligned(rows[start:end], middles))
        begin = end
    return blocks


def _aligned(rows: Sequence[Sequence[Piece]], middles: Sequence[float]) -> Block:
    """Rows whose columns are aligned; a line that is nearer than rows are, with empty cells, goes on the row above."""
    texts: list[list[str]] = []
    boxes: list[Box] = []
    heights = [row[0].middle for row in rows]
    steps = [above - below for above, below in pairwise(heights)]
    usual = median(steps)
    for row, step in zip(rows, [usual, *steps], strict=True):
        cells = [without_soft_hyphens(line_text(words)) for words in by_column(row, middles)]
        wrapped = not any(piece.box[0] < middle < piece.box[2] for piece in row for middle in middles)
        if texts and wrapped and step < _NEARER * usual and not all(cells):
            texts[-1] = [f"{above} {cell}".strip() for above, cell in zip(texts[-1], cells, strict=True)]
            boxes[-1] = joined_box([boxes[-1], _row_box(row)])
        else:
            texts.append(cells)
            boxes.append(_row_box(row))
    return Block(rows=texts, boxes=boxes)


def _paragraphs(rows: Sequence[Sequence[Piece]], tables: Sequence[RuledTable], known: Vocabulary) -> list[Block]:
    blocks: list[Block] = []
    last: Box | None = None
    size = 0.0
    for row in rows:
        box, before = _row_box(row), size
        size = max((word.height for piece in row for word in piece.words), default=0.0)
        if row[0].table >= 0:
            table = tables[row[0].table]
            blocks.append(Block(rows=table.rows, boxes=table.boxes))
            last = None
            continue
        resized = max(size, before) > _RESIZED * min(size, before)
        if last is None or resized or last[1] - box[3] > _PARAGRAPH * (box[3] - box[1]):
            blocks.append(Block())
        blocks[-1].lines.append(_row_text(row))
        blocks[-1].boxes.append(box)
        last = box
    return [_whole(block, known) for block in blocks]


def _whole(block: Block, known: Vocabulary) -> Block:
    if block.rows:
        return block
    pairs = [
        (line, box) for line, box in zip(join_broken(block.lines, known), block.boxes, strict=True) if line.strip()
    ]
    return Block(lines=[line for line, _ in pairs], boxes=[box for _, box in pairs])


def _row_box(row: Sequence[Piece]) -> Box:
    return joined_box([piece.box for piece in row])


def _add(blocks: list[Block], more: Sequence[Block]) -> None:
    """Blocks of the next stretch; its first goes on with the last where the sentence does."""
    for number, block in enumerate(more):
        if number == 0 and blocks and _goes_on(blocks[-1], block):
            blocks[-1].lines.extend(block.lines)
            blocks[-1].boxes.extend(block.boxes)
        else:
            blocks.append(block)


def _goes_on(block: Block, after: Block) -> bool:
    if not block.lines or not after.lines or block.lines[-1].endswith(_ENDS):
        return False
    first = next((one for one in after.lines[0] if one.isalnum()), "")
    return first.islower()
