"""Lines found on a picture, put into the order in which a person reads them, and joined to paragraphs. Pure.

A page that was laid askew is turned straight first. Columns are told from tables by their lines: those of a column are
long, and many. What stands side by side without being a column is a row.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

LEAST_SURE = 0.6
"""How sure a recogniser must be of a line: less is noise more often than text."""
_COLUMN_LINES = 3
_COLUMN_WIDTH = 6.0
"""How long the lines of a column are at least, in heights of a line: cells of a table are shorter."""
_MOST_ACROSS = 0.34
"""Share of lines (headings, footers) that may stand across two columns."""
_GUTTER = 0.7
_CELL_GAP = 2.0
_SHORT_OF_MARGIN = 0.25
_SAME_PARAGRAPH = 1.25
_SAME_HEIGHT = 1.35
_MOST_PITCH = 3.0
"""The first two in heights of a line, the third in widths of a column, the others are ratios."""
_UNSPACED = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
"""Characters of scripts that put no blanks between words."""
_IS_UNSPACED = re.compile(_UNSPACED)
_BETWEEN_UNSPACED = re.compile(rf"(?<={_UNSPACED}) +(?={_UNSPACED})")


Corners = Sequence[tuple[float, float]]
"""The four corners of a line, from the upper left one on, clockwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLine:
    """A line on a picture: its text, its upright box in pixels from the upper left corner, and how sure it is."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    sure: float = 1.0

    @property
    def height(self) -> float:
        """Of its box."""
        return self.bottom - self.top


def straightened(found: Iterable[tuple[Corners, str, float]]) -> list[FoundLine]:
    """Lines with upright boxes, the whole page turned by the angle at which most of its text stands."""
    lines = list(found)
    tilts = [
        math.atan2(corners[1][1] - corners[0][1], corners[1][0] - corners[0][0]) for corners, _, _ in lines
        if math.dist(corners[0], corners[1]) > 3 * math.dist(corners[0], corners[3])
    ]  # fmt: skip
    tilt = median(tilts) if tilts else 0.0
    cosine, sine = math.cos(-tilt), math.sin(-tilt)
    straight = []
    for corners, text, sure in lines:
        xs = [x * cosine - y * sine for x, y in corners]
        ys = [x * sine + y * cosine for x, y in corners]
        straight.append(
            FoundLine(text=text, left=min(xs), top=min(ys), right=max(xs), bottom=max(ys), sure=sure)
        )  # fmt: skip
    return straight


def as_read(lines: Sequence[FoundLine]) -> tuple[str, int]:
    """The text of a page, and how many lines were left out because their letters are hardly legible."""
    good = [line for line in lines if line.sure >= LEAST_SURE and line.text.strip()]
    blocks = ["\n".join(_paragraphs(block)) for block in _blocks(good)]
    return "\n\n".join(blocks), len(lines) - len(good)


def _blocks(lines: Sequence[FoundLine]) -> list[list[FoundLine]]:
    """Stretches that are read from top to bottom, in the order in which they are read."""
    if not lines:
        return []
    gutter = _gutter(lines)
    if gutter is None:
        return [list(lines)]
    blocks: list[list[FoundLine]] = []
    left: list[FoundLine] = []
    right: list[FoundLine] = []
    for line in [*sorted(lines, key=lambda line: line.top), None]:
        if line is not None and line.right <= gutter:
            left.append(line)
        elif line is not None and line.left >= gutter:
            right.append(line)
        else:  # what stands across is read between what is above it and what is below
            for side in (left, right):
                blocks += _blocks(side)
            left, right = [], []
            if line is not None:
                blocks.append([line])
    return _joined_across(blocks, gutter)


def _joined_across(blocks: list[list[FoundLine]], gutter: float) -> list[list[FoundLine]]:
    """Lines across the columns that follow each other are one block."""
    joined: list[list[FoundLine]] = []
    for block in blocks:
        across = all(line.left < gutter < line.right for line in block)
        if across and joined and all(line.left < gutter < line.right for line in joined[-1]):
            joined[-1] += block
        else:
            joined.append(block)
    return joined


def _gutter(lines: Sequence[FoundLine]) -> float | None:
    """Where a blank strip parts two columns of prose; None where none does."""
    height = median(line.height for line in lines)
    edges = sorted({line.right + _GUTTER * height / 2 for line in lines})
    best: tuple[int, float] | None = None
    for at in edges:
        left = [line for line in lines if line.right <= at]
        right = [line for line in lines if line.left >= at + _GUTTER * height / 2]
        across = len(lines) - len(left) - len(right)
        if across > _MOST_ACROSS * len(lines) or not (_is_column(left, height) and _is_column(right, height)):
            continue
        if best is None or across < best[0]:
            best = (across, at)
    return None if best is None else best[1]


def _is_column(lines: Sequence[FoundLine], height: float) -> bool:
    long = [line for line in lines if line.right - line.left >= _COLUMN_WIDTH * height]
    return len(long) >= max(_COLUMN_LINES, len(lines) / 2)


def _paragraphs(lines: Sequence[FoundLine]) -> list[str]:
    """The rows of a block; those that run on are one line."""
    rows = _rows(lines)
    margin = max(line.right for line in lines)
    width = max(margin - min(line.left for line in lines), 1.0)
    pitches = [_middle(row) - _middle(above) for above, row in pairwise(rows)]
    pitch = _SAME_PARAGRAPH * median(pitches) if pitches else 0.0
    texts: list[str] = []
    above: list[FoundLine] | None = None
    for row in rows:
        text = _row_text(row)
        if above is not None and _runs_on(above, row, margin - _SHORT_OF_MARGIN * width, pitch):
            texts[-1] = joined(texts[-1], text)
        else:
            texts.append(text)
        above = row
    return texts


def _rows(lines: Sequence[FoundLine]) -> list[list[FoundLine]]:
    """Lines side by side belong to one row; rows from top to bottom, each from left to right."""
    rows: list[list[FoundLine]] = []
    for line in sorted(lines, key=lambda line: (line.top + line.bottom) / 2):
        middle = (line.top + line.bottom) / 2
        last = rows[-1] if rows else None
        if last and all(other.top < middle < other.bottom for other in last) and not _overlaps(line, last):
            last.append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _middle(row: Sequence[FoundLine]) -> float:
    return (row[0].top + row[0].bottom) / 2


def _overlaps(line: FoundLine, row: Sequence[FoundLine]) -> bool:
    slack = line.height / 2
    return any(line.left < other.right - slack and other.left < line.right - slack for other in row)


def _row_text(row: Sequence[FoundLine]) -> str:
    """Cells of a row stand apart; pieces of one line do not."""
    text = _without_gaps(row[0].text)
    for before, line in pairwise(row):
        apart = line.left - before.right > _CELL_GAP * line.height
        text = f"{text} | {_without_gaps(line.text)}" if apart else joined(text, _without_gaps(line.text))
    return text


def _runs_on(above: Sequence[FoundLine], row: Sequence[FoundLine], near_margin: float, pitch: float) -> bool:
    """Whether a row goes on with the one above: that one is full, and this one close below and as high."""
    if len(above) > 1 or len(row) > 1:
        return False
    first, second = above[0], row[0]
    smaller, larger = sorted((first.height, second.height))
    close = _middle(row) - _middle(above) <= min(pitch, _MOST_PITCH * larger)
    aligned = second.left <= first.left + first.height
    return first.right >= near_margin and close and aligned and larger < _SAME_HEIGHT * smaller


def joined(text: str, more: str) -> str:
    """Two pieces of one sentence: without a blank where the script has none, a hyphen at a line's end undone."""
    if not text or not more:
        return text + more
    if _IS_UNSPACED.match(text[-1]) or _IS_UNSPACED.match(more[0]):
        return text + more
    if len(text) > 1 and text[-1] == "-" and text[-2].islower() and more[0].islower():
        return text[:-1] + more
    return f"{text} {more}"


def _without_gaps(text: str) -> str:
    return _BETWEEN_UNSPACED.sub("", " ".join(text.split()))
