"""Files that are there as a whole or not at all, for their owner alone, and what it means where a disk has no room."""

import errno
import os
import stat
import threading
from pathlib import Path

from graph.errors import DependencyError, StorageFull

PRIVATE = 0o077
"""The rights that nobody but the owner has: the umask of whatever writes a data folder."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def is_full(error: OSError) -> bool:
    """Whether there was no room, or none left of a quota."""
    return error.errno in _FULL


def storage_error(what: str, error: OSError) -> DependencyError:
    """Why something cannot be stored or read; StorageFull where there is no room for it."""
    kind = StorageFull if is_full(error) else DependencyError
    return kind(f"{what}: {error}")


def write_whole(path: Path, data: bytes) -> None:
    """Make a file that is durable and whole when this returns; where it fails nothing is left. Raises OSError."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(path.parent.parent)
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make a file that somebody else has written durable, with its name. Raises OSError."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def close_to_others(folder: Path) -> int:
    """Take every right on a folder and on all in it from everybody but its owner; returns how many had some.

    Links are not followed. What this process makes from now on is closed to others from the start. Raises OSError.
    """
    os.umask(PRIVATE)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = [folder]
    for place, folders, files in os.walk(folder):
        found += [Path(place) / name for name in (*folders, *files)]
    return sum(_closed(path) for path in found)


def _closed(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode) or not mode & PRIVATE:
            return False
        path.chmod(stat.S_IMODE(mode) & ~PRIVATE)
    except FileNotFoundError:  # it has just been removed
        return False
    return True
