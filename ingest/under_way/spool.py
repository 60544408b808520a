"""What has been read of a long document, part by part, on disk until the whole of it is committed.

The file has no name, so that a process that dies leaves none; what it held is overwritten before it goes, because it
has the names of a text that may be purged.
"""

import os
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from pydantic import TypeAdapter

from graph.disk import storage_error
from graph.errors import DependencyError
from graph.model import Alias, FloatArray, GraphChange, Mention, Relation

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was read in the chunks of a part."""

    mentions: tuple[Mention, ...]
    relations: tuple[Relation, ...]
    aliases: tuple[Alias, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    start: int
    vectors: tuple[int, int]
    length: int


_FOUND = TypeAdapter(Found)


class Spool:
    """Parts that are added one after the other, and read by their number.

    Args:
        folder: where the file is; None where the system has its temporary files.

    Raises:
        DependencyError: the disk is full, or fails.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._places: list[_Place] = []
        self._end = 0

    def add(self, part: GraphChange) -> None:
        """Keep what was read in a part, and its vectors. Its texts are not kept: the document has them."""
        found = Found(mentions=part.mentions, relations=part.relations, aliases=part.aliases)
        vectors = np.ascontiguousarray(part.vectors, dtype=np.float32)
        names = zlib.compress(_FOUND.dump_json(found), 1)
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - as long as the document
            self._file.seek(self._end)
            self._file.write(vectors.tobytes())
            self._file.write(names)
        except OSError as error:
            raise storage_error("what was read of a document cannot be kept", error) from error
        height, width = vectors.shape
        self._places.append(_Place(start=self._end, vectors=(height, width), length=len(names)))
        self._end += vectors.nbytes + len(names)

    def read(self, number: int) -> tuple[Found, FloatArray]:
        """What was kept of a part; vectors float32, a row for each of its chunks."""
        place = self._places[number]
        height, width = place.vectors
        size = 4 * height * width
        if self._file is None:
            raise DependencyError("what was read of a document is not kept any more")
        try:
            self._file.seek(place.start)
            data = self._file.read(size + place.length)
        except OSError as error:
            raise storage_error("what was read of a document cannot be read again", error) from error
        vectors = np.frombuffer(data[:size], dtype=np.float32).reshape(height, width)
        return _FOUND.validate_json(zlib.decompress(data[size:])), vectors

    def close(self) -> None:
        """Overwrite what was kept, and let go of it; once is enough."""
        if self._file is None:
            return
        try:
            self._file.seek(0)
            for start in range(0, self._end, _PIECE):
                self._file.write(bytes(min(_PIECE, self._end - start)))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise storage_error("what was read of a document cannot be overwritten", error) from error
        finally:
            self._file.close()
            self._file = None


def spans_of(count: int, size: int) -> Sequence[tuple[int, int]]:
    """Ranges of at most ``size`` that cover ``count``; one empty range where there is nothing."""
    return [(start, min(start + size, count)) for start in range(0, max(count, 1), size)]
