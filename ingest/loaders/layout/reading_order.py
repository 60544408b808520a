"""The order in which a page is read: by columns where it has them, otherwise line by line. Pure.

After the recursive XY-cut (Nagy, Seth, *Hierarchical representation of optically scanned documents*, 1984), with one
change: what crosses a gutter (a heading over both columns) does not hide it, but parts the columns above from those
below. Columns of prose are read one after the other; columns of a table are read row by row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

import numpy as np
from numpy.typing import NDArray

from ingest.loaders.layout.places import Box, Word

LEAST_GUTTER = 6.0
"""Points between two columns; or what a space of the text takes, where that is more."""
_GUTTER = 0.8
_TRIED = 6
_DEPTH = 12
_LEAST_WORDS, _MANY_WORDS = 2.5, 6.0
"""Words in a line of prose, on average: below the first a column is none; above the second it is, whatever it says."""
_GOING_ON = 0.25
"""Share of the lines of prose that begin in the middle of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Words beside one another on one line, or (``table`` not negative) a table that was found, by number."""

    text: str
    box: Box
    words: tuple[Word, ...] = ()
    table: int = -1

    @property
    def middle(self) -> float:
        """Its height on the page."""
        return (self.box[1] + self.box[3]) / 2


def in_order(pieces: Sequence[Piece], *, leftwards: bool = False, depth: int = 0) -> list[list[Piece]]:
    """Stretches of the page in the order in which they are read; within each, row by row."""
    if len(pieces) < 4 or depth > _DEPTH:
        return [list(pieces)] if pieces else []
    bands = _bands(pieces)
    if bands is None:
        return [list(pieces)]
    found: list[list[Piece]] = []
    for left, right in bands:
        if not right:
            found += in_order(left, leftwards=leftwards, depth=depth + 1)
            continue
        for side in (right, left) if leftwards else (left, right):
            found += in_order(side, leftwards=leftwards, depth=depth + 1)
    return found


def rows_of(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces that stand on one line, from the top; each row from the left."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda one: -one.middle):
        if rows and _beside(rows[-1][0], piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda one: one.box[0]) for row in rows]


def _beside(first: Piece, piece: Piece) -> bool:
    if first.table >= 0 or piece.table >= 0:
        return False
    shared = min(first.box[3], piece.box[3]) - max(first.box[1], piece.box[1])
    return shared > 0.5 * min(first.box[3] - first.box[1], piece.box[3] - piece.box[1])


def _bands(pieces: Sequence[Piece]) -> list[tuple[list[Piece], list[Piece]]] | None:
    """The page by the best gutter: columns beside each other, and what crosses it alone; None where there is none."""
    boxes = np.array([piece.box for piece in pieces])
    texts = [piece.box[3] - piece.box[1] for piece in pieces if piece.table < 0]
    gutter = max(LEAST_GUTTER, _GUTTER * median(texts)) if texts else LEAST_GUTTER
    ordered = sorted(range(len(pieces)), key=lambda place: -pieces[place].middle)
    promising = []
    for start in np.unique(np.round(boxes[:, 2])):
        crossing = (boxes[:, 0] < start + gutter - 0.6) & (boxes[:, 2] > start + 0.6)
        score = _promise(boxes, ordered, crossing, start)
        if score >= 2:
            promising.append((score, float(start)))
    best = None
    for _, start in sorted(promising, reverse=True)[:_TRIED]:
        crossing = (boxes[:, 0] < start + gutter - 0.6) & (boxes[:, 2] > start + 0.6)
        bands = _cut(pieces, ordered, crossing, start)
        worth = sum(min(len(left), len(right)) for left, right in bands if right)
        if worth and (best is None or worth > best[0]):
            best = (worth, bands)
    return best[1] if best else None


def _promise(boxes: NDArray[np.float64], ordered: list[int], crossing: NDArray[np.bool_], start: float) -> int:
    """How many pieces stand beside others, at most."""
    band = np.cumsum(crossing[ordered])
    outside = ~crossing[ordered]
    leftish = boxes[ordered, 2] <= start + 0.6
    lefts = np.bincount(band[outside & leftish], minlength=band[-1] + 1)
    rights = np.bincount(band[outside & ~leftish], minlength=band[-1] + 1)
    fewer = np.minimum(lefts, rights)
    return int(fewer[fewer >= 2].sum())


def _cut(
    pieces: Sequence[Piece], ordered: list[int], crossing: NDArray[np.bool_], start: float
) -> list[tuple[list[Piece], list[Piece]]]:
    bands: list[tuple[list[Piece], list[Piece]]] = []
    across: list[Piece] = []
    left: list[Piece] = []
    right: list[Piece] = []

    def close() -> None:
        nonlocal across, left, right
        if _columns(left, right):
            if across:
                bands.append((across, []))
                across = []
            bands.append((left, right))
        else:
            across = [*across, *left, *right]
        left, right = [], []

    for place in ordered:
        if crossing[place]:
            close()
            across.append(pieces[place])
        else:
            (left if pieces[place].box[2] <= start + 0.6 else right).append(pieces[place])
    close()
    if across:
        bands.append((across, []))
    return bands


def _columns(left: list[Piece], right: list[Piece]) -> bool:
    """Whether these are columns of prose, and no table."""
    if min(len(left), len(right)) < 2 or not _beside_each_other(left, right):
        return False
    return _prose(left) and _prose(right)


def _beside_each_other(left: list[Piece], right: list[Piece]) -> bool:
    low = max(min(one.box[1] for one in side) for side in (left, right))
    high = min(max(one.box[3] for one in side) for side in (left, right))
    heights = [max(one.box[3] for one in side) - min(one.box[1] for one in side) for side in (left, right)]
    return high - low > 0.4 * min(heights)


def _prose(side: list[Piece]) -> bool:
    lines = [" ".join(piece.text for piece in row) for row in rows_of(side) if row[0].table < 0]
    if len(lines) < 2:
        return False
    words = mean(_words(line) for line in lines)
    going_on = mean(_begins_within(line) for line in lines)
    return words >= _MANY_WORDS or (words >= _LEAST_WORDS and going_on >= _GOING_ON)


def _words(line: str) -> float:
    """Words, two East Asian characters for one; numbers are none."""
    counted = 0.0
    for word in line.split():
        if any(one.isalpha() for one in word):
            wide = sum("\u2e80" <= one <= "\uffef" for one in word)
            counted += wide / 2 if wide else 1
    return counted


def _begins_within(line: str) -> bool:
    first = next((one for one in line if one.isalnum()), " ")
    return first.islower() or (first.isalpha() and not first.isupper())
