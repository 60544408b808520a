"""The files that lines stand in: one or more a day, for the owner's eyes only, the oldest removed."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

FILE_BYTES = 16 * 1024 * 1024
"""A file that has grown to this is followed by another one of the same day; the last batch may double it."""
_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d{4})\.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How much is kept: files of so many days, and so many bytes of them all."""

    days: int
    bytes: int


class AuditFiles:
    """Appends to the newest file of a folder. One thread uses it at a time.

    Raises:
        OSError: from each method, where the folder cannot be written; a line is written whole or not at all.
    """

    def __init__(self, folder: Path, kept: Kept) -> None:
        self._folder = folder
        self._kept = kept
        self._file: int | None = None
        self._path = folder
        self._length = 0
        self._synced = True

    def append(self, lines: Sequence[str]) -> None:
        """Hand lines to the operating system."""
        data = "".join(f"{line}\n" for line in lines).encode("ascii")
        if self._file is None or self._length >= FILE_BYTES or _day(self._path) != _today():
            self._next_file()
        if self._file is None:
            return
        self._synced = False
        done = 0
        try:
            while done < len(data):
                done += os.write(self._file, data[done:])
        except OSError:
            os.ftruncate(self._file, self._length)  # no half line, and none twice when the same are tried again
            raise
        self._length += done

    def sync(self) -> None:
        """Let the disk have what was appended."""
        if self._file is not None and not self._synced:
            os.fsync(self._file)
            self._synced = True

    def close(self) -> None:
        """Sync, and append no more."""
        self.sync()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _next_file(self) -> None:
        self.close()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        newest = max((path for path in audit_files(self._folder) if _day(path) == _today()), default=None)
        number = int(newest.name.split(".")[1]) if newest else 0
        if newest is None or newest.stat().st_size >= FILE_BYTES:
            newest = self._folder / f"{_today()}.{number + 1:04}.jsonl"
        self._file = os.open(newest, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._path = newest
        self._length = os.fstat(self._file).st_size
        if self._length and os.pread(self._file, 1, self._length - 1) != b"\n":  # a power cut within a line
            os.write(self._file, b"\n")
            self._length += 1
        self._remove_old()

    def _remove_old(self) -> None:
        first = date.fromisoformat(_today()) - timedelta(days=self._kept.days)
        total, most = 0, self._kept.bytes - 2 * FILE_BYTES
        for path in sorted(audit_files(self._folder), reverse=True):
            total += path.stat().st_size
            if path != self._path and (total > most or date.fromisoformat(_day(path)) < first):
                path.unlink()


def audit_files(folder: Path) -> list[Path]:
    """The files of a folder, the oldest first."""
    return sorted(path for path in folder.glob("*.jsonl") if _NAME.fullmatch(path.name))


def _day(path: Path) -> str:
    found = _NAME.fullmatch(path.name)
    return found[1] if found else ""


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
