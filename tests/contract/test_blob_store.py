"""The BlobStore port, run over every adapter."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from in_memory_ingest import InMemoryBlobStore

from graph.errors import DependencyError
from graph.identity import content_hash
from ingest.blobs.folder import FolderBlobStore
from ingest.ports import SETTLED_SECONDS, BlobStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An adapter; ``wait`` lets time pass for all that is in it."""

    blobs: BlobStore
    wait: Callable[[float], None]


def folder_store(folder: Path) -> Store:
    def wait(seconds: float) -> None:
        for path in folder.glob("??/*"):
            os.utime(path, (time.time() - seconds,) * 2)

    return Store(blobs=FolderBlobStore(folder), wait=wait)


def memory_store(_: Path) -> Store:
    blobs = InMemoryBlobStore()

    def wait(seconds: float) -> None:
        blobs.now += seconds

    return Store(blobs=blobs, wait=wait)


@pytest.fixture(params=[folder_store, memory_store])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    made: Store = request.param(tmp_path / "blobs")
    return made


class TestBlobStore:
    @pytest.mark.parametrize("data", [b"", b"text", bytes(range(256)) * 5000])
    def test_bytes_come_back_under_their_hash(self, store: Store, data: bytes) -> None:
        digest = store.blobs.put(data)
        assert digest == content_hash(data)
        assert store.blobs.get(digest) == data
        assert store.blobs.put(data) == digest

    def test_what_is_missing(self, store: Store) -> None:
        with pytest.raises(DependencyError):
            store.blobs.get(content_hash(b"never put"))
        assert not store.blobs.delete(content_hash(b"never put"))
        assert store.blobs.settled(0) == []

    def test_what_is_deleted_is_gone_and_can_come_again(self, store: Store) -> None:
        digest, other = store.blobs.put(b"text"), store.blobs.put(b"other")
        assert store.blobs.delete(digest)
        assert not store.blobs.delete(digest)
        with pytest.raises(DependencyError):
            store.blobs.get(digest)
        assert store.blobs.get(other) == b"other"
        store.blobs.put(b"text")
        assert store.blobs.get(digest) == b"text"

    def test_only_what_has_been_there_for_a_while_is_settled(self, store: Store) -> None:
        first, second = store.blobs.put(b"first"), store.blobs.put(b"second")
        store.wait(SETTLED_SECONDS / 2)
        assert store.blobs.settled() == []
        store.wait(SETTLED_SECONDS + 60)
        store.blobs.put(b"third")
        assert store.blobs.settled() == sorted([first, second])
