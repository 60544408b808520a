"""One process owns a data folder at a time."""

import fcntl
import os
from pathlib import Path

from graph.errors import ConfigurationError

LOCK_FILE = "owner.lock"


class FolderLock:
    """An advisory lock on ``folder/owner.lock``; the operating system frees it when the process ends."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / LOCK_FILE).open("a+", encoding="ascii")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.seek(0)
            owner = self._file.read().strip() or "unknown"
            self._file.close()
            raise ConfigurationError(
                f"{folder} is in use by process {owner}; stop it, set QUIPU_URL to talk to it,"
                " or use another QUIPU_DATA_DIR"
            ) from error
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let another process own the folder."""
        self._file.close()
