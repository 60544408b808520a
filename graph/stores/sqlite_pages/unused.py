"""What stands in the unused stretches of b-tree pages. Pure.

SQLite moves rows from page to page as it balances a tree, and ``secure_delete`` does not reach every copy that this
leaves: the stretch between a page's list of cells and its cells may still hold a row that is deleted later.
The layout is that of https://www.sqlite.org/fileformat2.html, section 1.6 (b-tree pages) and 1.8 (pointer maps).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

HEADER = 100
"""Bytes before the first page's own header."""
_LOCK_BYTE = 0x40000000
_INTERIOR, _LEAF = (2, 5), (10, 13)
_MAX_PAGES = 2 << 24
"""From here on the first byte of an overflow page may look like that of a b-tree page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the header of a file says of its pages, in bytes and pages."""

    page: int
    usable: int
    has_pointer_maps: bool

    @classmethod
    def of(cls, header: bytes) -> Self:
        """Read from the first 100 bytes of a file."""
        page = int.from_bytes(header[16:18], "big")
        size = 65536 if page == 1 else page
        return cls(page=size, usable=size - header[20], has_pointer_maps=any(header[52:56]))

    def no_trees(self, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which pages, by number from 1, can be no b-tree page: the lock byte's and pointer maps."""
        lock = _LOCK_BYTE // self.page + 1
        found: NDArray[np.bool_] = (numbers == lock) | (numbers > _MAX_PAGES)
        if self.has_pointer_maps:
            group = self.usable // 5 + 1
            first = 2 + (numbers - 2) // group * group
            found = found | (numbers == np.where(first == lock, first + 1, first))
        return found


def leftovers(pages: NDArray[np.uint8], numbers: NDArray[np.int64], layout: Layout) -> list[tuple[int, int, int]]:
    """The unused stretches that hold anything but zeros: (page number, first byte within the page, end).

    ``pages`` is (n, page size); ``numbers`` are theirs, from 1. A page that contradicts the format is left alone.
    """
    header = np.where(numbers == 1, HEADER, 0)
    kind = pages[np.arange(len(pages)), header]
    trees = np.isin(kind, (*_INTERIOR, *_LEAF)) & ~layout.no_trees(numbers)
    pages, numbers, header, kind = pages[trees], numbers[trees], header[trees], kind[trees]
    cells, content = _number(pages, header + 3), _number(pages, header + 5)
    first = header + np.where(np.isin(kind, _INTERIOR), 12, 8) + 2 * cells
    end = np.where(content == 0, 65536, content)
    sound = (first <= end) & (end <= layout.usable)
    stretches = zip(numbers[sound].tolist(), pages[sound], first[sound].tolist(), end[sound].tolist(), strict=True)
    return [(number, start, stop) for number, page, start, stop in stretches if page[start:stop].any()]


def _number(pages: NDArray[np.uint8], at: NDArray[np.int64]) -> NDArray[np.int64]:
    """The two bytes of each page from a place on, as one number."""
    rows = np.arange(len(pages))
    return pages[rows, at].astype(np.int64) << 8 | pages[rows, at + 1]
