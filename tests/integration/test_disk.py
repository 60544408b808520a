"""What a disk says, and what is left where writing fails."""

import errno
import os
from pathlib import Path

import pytest

from graph.disk import storage_error, write_whole
from graph.errors import DependencyError, StorageFull


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_no_room_is_told_apart(number: int) -> None:
    assert isinstance(storage_error("x", OSError(number, os.strerror(number))), StorageFull)


def test_other_faults_of_a_disk_are_no_lack_of_room() -> None:
    error = storage_error("x", OSError(errno.EIO, "broken"))
    assert type(error) is DependencyError
    assert "broken" in str(error)


def test_no_half_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    write_whole(tmp_path / "a", b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"
