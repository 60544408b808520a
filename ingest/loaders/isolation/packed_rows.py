"""The rows of a table as numbers one after the other: a long table has tens of thousands, and as values of their own
they take a kilobyte each, and another one on their way from the cell.
"""

import base64
from array import array
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import overload

from typing_extensions import override

from ingest.model import TableRow

_KIND = "q"
_BYTES = array(_KIND).itemsize


class PackedRows(Sequence[TableRow]):
    """Rows of a table, 16 bytes for each of its cells and for itself. Each is a TableRow when it is taken."""

    def __init__(self, rows: Iterable[TableRow] = ()) -> None:
        self._places = array(_KIND)
        """Of each row its start and end, then those of its cells."""
        self._ends = array(_KIND, [0])
        """Where the numbers of each row end; before them, where those of the first begin."""
        for row in rows:
            self._places.extend((row.start, row.end))
            for cell in row.cells:
                self._places.extend(cell)
            self._ends.append(len(self._places))

    def as_text(self) -> list[str]:
        """What :meth:`from_text` takes, in JSON."""
        return [base64.b64encode(numbers).decode("ascii") for numbers in (self._places, self._ends)]

    @classmethod
    def from_text(cls, text: object) -> "PackedRows":
        """The rows again. Raises ValueError where these are none."""
        if not isinstance(text, list) or len(text) != 2 or not all(isinstance(one, str) for one in text):
            raise ValueError("no rows")
        found = cls()
        found._places, found._ends = map(_numbers, text)
        ends = found._ends
        if not ends or ends[0] or ends[-1] != len(found._places):
            raise ValueError("rows without an end")
        if any(after - before < 2 or after % 2 for before, after in pairwise(ends)):
            raise ValueError("a row without a place")
        return found

    @override
    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, place: int) -> TableRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[TableRow]: ...
    @override
    def __getitem__(self, place: int | slice) -> TableRow | Sequence[TableRow]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        number = range(len(self))[place]
        start, end, *cells = self._places[self._ends[number] : self._ends[number + 1]]
        return TableRow(start=start, end=end, cells=tuple(zip(cells[::2], cells[1::2], strict=True)))

    @override
    def __eq__(self, other: object) -> bool:
        if isinstance(other, PackedRows):
            return self._places == other._places and self._ends == other._ends
        return isinstance(other, tuple) and tuple(self) == other

    @override
    def __hash__(self) -> int:
        return hash(tuple(self))


def _numbers(text: str) -> "array[int]":
    data = base64.b64decode(text, validate=True)
    if len(data) % _BYTES:
        raise ValueError("no numbers")
    found = array(_KIND)
    found.frombytes(data)
    return found
