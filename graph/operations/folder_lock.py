"""One process owns a data folder at a time."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

import structlog

from graph.disk import close_to_others
from graph.errors import ConfigurationError

LOCK_FILE = "owner.lock"
_log = structlog.get_logger()


class FolderLock:
    """An advisory lock on ``folder/owner.lock``; the operating system frees it when the process ends.

    The folder, and all in it, becomes its owner's alone: whoever works on a data folder locks it first.

    Raises:
        ConfigurationError: another process has it, or it cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        _close(folder)
        self._file = (folder / LOCK_FILE).open("a+", encoding="ascii")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.seek(0)
            owner = self._file.read().strip() or "unknown"
            self._file.close()
            raise ConfigurationError(
                f"{folder} is in use by process {owner}; stop it, or use another QUIPU_DATA_DIR;"
                " commands that ask and bring reach it where QUIPU_URL says that it serves"
            ) from error
        with suppress(OSError):  # a full disk: who owns the folder is told as a courtesy
            handle = self._file.fileno()
            os.pwrite(handle, str(os.getpid()).ljust(10).encode("ascii"), 0)
            os.ftruncate(handle, 10)

    def release(self) -> None:
        """Let another process own the folder."""
        self._file.close()


def _close(folder: Path) -> None:
    """Close a folder to others, and tell it where it was open; told, too, where that cannot be done."""
    try:
        opened = close_to_others(folder)
    except OSError as error:
        _log.warning("the data folder cannot be closed to other users", folder=str(folder), cause=str(error))
        folder.mkdir(parents=True, exist_ok=True)
        return
    if opened:
        _log.info("the data folder is closed to other users now", folder=str(folder), were_open=opened)
