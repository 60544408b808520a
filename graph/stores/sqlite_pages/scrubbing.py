"""Overwrites what deleted rows left in the unused stretches of a SQLite file's pages.

Only pages that were written since the last time are looked at; a row that balancing copied before is found, because
the copy was written too. What a process before this one wrote is not known, so the first time all pages are read.

Only unused bytes are overwritten, so a crash amidst leaves a sound file.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import apsw
import numpy as np
from numpy.typing import NDArray

from graph.stores.sqlite_pages.unused import HEADER, Layout, leftovers

CHECKPOINT_PAGES = 1000
"""Pages in the write-ahead log from which on it is folded into the file, as SQLite does by itself."""
_BLOCK = 1 << 22
"""Bytes that are read at once."""
_WAL_HEADER, _FRAME_HEADER = 32, 24


class Scrubber:
    """Watches what one connection writes, the only one that does. Its methods run under the file's writing lock."""

    def __init__(self, path: Path, writer: apsw.Connection) -> None:
        self._path, self._log = path, path.with_name(path.name + "-wal")
        self._written: set[int] | None = None
        self._seen = (b"", 0)
        writer.set_wal_hook(self._committed)

    def scrub(self, writer: apsw.Connection) -> None:
        """Overwrite the leftovers. The write-ahead log must be empty, the file at rest.

        Pages that the connection keeps in memory are forgotten, since it would write their leftovers again.
        """
        # through SQLite's own file layer: to close a file by another way drops the locks that SQLite holds on it
        file = apsw.VFSFile("", str(self._path), [apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_READWRITE, 0])
        try:
            found = False
            layout = Layout.of(file.xRead(HEADER, 0))
            for pages, numbers in self._pages(file, layout):
                for number, first, end in leftovers(pages, numbers, layout):
                    file.xWrite(bytes(end - first), (number - 1) * layout.page + first)
                    found = True
            if found:
                file.xSync(apsw.SQLITE_SYNC_FULL)
                writer.execute("PRAGMA shrink_memory")
        finally:
            file.xClose()
        self._written = set()

    def note_written(self) -> None:
        """Take the pages in the write-ahead log down, before the log is emptied or begins anew."""
        if self._written is not None:
            self._written.update(self._new_frames())

    def _committed(self, writer: apsw.Connection, _: str, pages: int) -> int:
        """What SQLite does after a commit unless it is told otherwise; whatever fails here, the commit stands."""
        if pages >= CHECKPOINT_PAGES:
            try:
                self.note_written()
            except OSError:
                self._written = None
            with suppress(apsw.Error):
                writer.wal_checkpoint()
        return apsw.SQLITE_OK

    def _new_frames(self) -> Iterator[int]:
        """Page numbers of the frames that were not seen yet (https://www.sqlite.org/fileformat2.html, section 4.1)."""
        if not self._log.exists():
            return
        with self._log.open("rb") as file:
            header = file.read(_WAL_HEADER)
            salt, page = header[16:24], int.from_bytes(header[8:12], "big")
            known = self._seen[1] if self._seen[0] == salt else 0
            frame = _FRAME_HEADER + page
            count = known
            file.seek(_WAL_HEADER + known * frame)
            while len(head := file.read(_FRAME_HEADER)) == _FRAME_HEADER and head[8:16] == salt:
                yield int.from_bytes(head[:4], "big")
                count += 1
                file.seek(page, 1)
        self._seen = (salt, count)

    def _pages(self, file: apsw.VFSFile, layout: Layout) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.int64]]]:
        """The pages to be looked at, in blocks, with their numbers."""
        size = file.xFileSize() // layout.page
        if self._written is None:
            wanted = np.arange(1, size + 1)
        else:
            wanted = np.array(sorted(number for number in self._written if number <= size), dtype=np.int64)
        for block in np.split(wanted, range(_BLOCK // layout.page, len(wanted), _BLOCK // layout.page)):
            if len(block):
                yield np.concatenate([_read(file, run, layout) for run in _runs(block)]), block


def _runs(numbers: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Numbers that follow each other, together."""
    return np.split(numbers, np.flatnonzero(np.diff(numbers) != 1) + 1)


def _read(file: apsw.VFSFile, run: NDArray[np.int64], layout: Layout) -> NDArray[np.uint8]:
    raw = file.xRead(len(run) * layout.page, (int(run[0]) - 1) * layout.page)
    return np.frombuffer(raw, dtype=np.uint8).reshape(len(run), layout.page)
