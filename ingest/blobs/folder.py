"""Uploaded bytes, stored under their SHA-256, durable before an upload is acknowledged."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from typing_extensions import override

from graph.disk import storage_error, sync_folder, write_whole
from graph.errors import DependencyError
from graph.identity import content_hash
from ingest.ports import SETTLED_SECONDS, BlobStore

UNCLAIMED = "unclaimed"
"""The folder beside ``blobs`` for bytes that were set aside."""


class FolderBlobStore(BlobStore):
    """The BlobStore port over files ``folder/ab/abcdef…``.

    A file is written once: temporary file, fsync, rename, fsync of the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @override
    def put(self, data: bytes) -> str:
        digest = content_hash(data)
        path = self._path(digest)
        if path.exists():
            return digest
        try:
            write_whole(path, data)
        except OSError as error:
            raise storage_error("the upload cannot be stored", error) from error
        return digest

    @override
    def get(self, digest: str) -> bytes:
        try:
            data = self._path(digest).read_bytes()
        except OSError as error:
            raise storage_error(f"the uploaded bytes {digest} cannot be read", error) from error
        if content_hash(data) != digest:
            raise DependencyError(f"the uploaded bytes {digest} are damaged on disk")
        return data

    @override
    def size(self, digest: str) -> int:
        try:
            return self._path(digest).stat().st_size
        except OSError:
            return 0

    @override
    def settled(self, seconds: float = SETTLED_SECONDS) -> Sequence[str]:
        before = time.time() - seconds
        return sorted(path.name for path in self._folder.glob("??/*") if path.stat().st_mtime < before)

    @override
    def delete(self, digest: str) -> bool:
        """Overwrite with zeros and remove."""
        path = self._path(digest)
        try:
            size = path.stat().st_size
            with path.open("r+b") as file:
                file.write(bytes(size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            sync_folder(path.parent)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise storage_error(f"the uploaded bytes {digest} cannot be removed", error) from error
        return True

    def set_aside(self, digest: str) -> Path:
        """Take bytes that nobody knows of out of use without removing them; where they are. Raises DependencyError."""
        place = self._folder.parent / UNCLAIMED / digest
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._path(digest).replace(place)
            sync_folder(place.parent)
            sync_folder(self._path(digest).parent)
        except OSError as error:
            raise storage_error(f"the uploaded bytes {digest} cannot be set aside", error) from error
        return place

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest
