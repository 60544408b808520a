"""Room on the disk that is kept for deletions: a file that is given back once there is no other room."""

import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import structlog
from typing_extensions import override

from graph.errors import StorageFull
from graph.ports.operations import StorageRoom

RESERVE_FILE = "reserve"
LOOK_SECONDS = 1.0
MIB = 1024 * 1024
_log = structlog.get_logger()


class DiskReserve(StorageRoom):
    """The StorageRoom port over the file system of a data folder. Thread-safe.

    Uploads are refused once there is no more room than the reserve again, so that what was acknowledged can be read
    with what is left; the reserve itself is for deletions, and for the notes of work that was broken off. It is made
    again once there is twice as much.

    Args:
        folder: the data folder.
        size: bytes; 0 keeps nothing and refuses nothing.
    """

    def __init__(self, folder: Path, size: int) -> None:
        self._path = folder / RESERVE_FILE
        self._size = size
        self._lock = threading.Lock()
        self._looked = 0.0
        self._problem: str | None = None
        with self._lock:
            self._look()

    @override
    def problems(self) -> Sequence[str]:
        with self._lock:
            if time.monotonic() - self._looked >= LOOK_SECONDS:
                self._look()
            return (self._problem,) if self._problem else ()

    @override
    def check(self, wanted: int = 0) -> None:
        for problem in self.problems():
            raise StorageFull(problem)
        if self._size and wanted and self._free() - wanted < self._size:
            raise StorageFull(f"the disk has no room for {_mib(wanted)} MiB more: {_mib(self._free())} MiB are free")

    @override
    def lend(self) -> None:
        if self._size and self._free() < self._size:
            self.give_back()

    @override
    def give_back(self) -> None:
        with self._lock:
            if self._path.exists():
                self._path.unlink(missing_ok=True)
                _log.warning("the disk is full: the reserve is given back", free_mib=_mib(self._free()))
            self._look()

    def _look(self) -> None:
        """Make the reserve where there is room for it, and see whether there is room for more."""
        self._looked = time.monotonic()
        if not self._size:
            return
        if not self._held() and self._free() >= 2 * self._size:
            self._hold()
        free = self._free()
        if self._held() and free >= self._size:
            self._problem = None
            return
        self._problem = (
            f"the disk of the data folder is full ({_mib(free)} MiB free): nothing is taken in until there are"
            f" {_mib(2 * self._size)} MiB; questions and deletions go on"
        )

    def _held(self) -> bool:
        try:
            return self._path.stat().st_size >= self._size
        except OSError:
            return False

    def _hold(self) -> None:
        try:
            handle = os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600)
            try:
                os.posix_fallocate(handle, 0, self._size)
            finally:
                os.close(handle)
        except OSError:  # somebody else was quicker, or has a smaller share of the disk
            self._path.unlink(missing_ok=True)

    def _free(self) -> int:
        room = os.statvfs(self._path.parent)
        return room.f_bavail * room.f_frsize


def _mib(size: int) -> int:
    return size // MIB
