"""Chunks as they stand now, kept in memory so that a search over a remote store waits for one reply, not for three.

Right only where one process writes: it says which document it has changed, and nothing read before that is kept.
"""

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from graph.model import PlacedChunk

KEPT = 8_192


class PlacedCache:
    """Live chunks by workspace and id, each with the revision since which it has stood like this."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[int, PlacedChunk]] = OrderedDict()
        self._of_document: dict[tuple[str, str], set[str]] = {}
        self._changing: Counter[tuple[str, str]] = Counter()
        self._writes = 0

    @property
    def writes(self) -> int:
        """How many writes there were so far; what ``put`` is given must have been read after all of them."""
        return self._writes

    def get(self, workspace: str, ids: Sequence[str], revision: int) -> dict[str, PlacedChunk]:
        """Those that are kept and stood like this at the revision."""
        found: dict[str, PlacedChunk] = {}
        with self._lock:
            for identifier in ids:
                since, placed = self._kept.get((workspace, identifier), (revision + 1, None))
                if placed is not None and since <= revision:
                    self._kept.move_to_end((workspace, identifier))
                    found[identifier] = placed
        return found

    def put(self, workspace: str, live: Iterable[tuple[int, PlacedChunk]], writes: int) -> None:
        """Keep chunks that are live now, unless there was a write since ``writes`` was asked for."""
        with self._lock:
            if writes != self._writes:
                return
            for since, placed in live:
                if (workspace, placed.document.id) in self._changing:
                    continue
                self._kept[workspace, placed.chunk.id] = (since, placed)
                self._of_document.setdefault((workspace, placed.document.id), set()).add(placed.chunk.id)
            while len(self._kept) > KEPT:
                key, (_, placed) = self._kept.popitem(last=False)
                self._of_document[key[0], placed.document.id].discard(key[1])

    def forget(self, workspace: str) -> None:
        """Drop what is kept of a workspace; what is being read of it is not kept."""
        with self._lock:
            self._writes += 1
            for kept in (self._kept, self._of_document):
                for key in [key for key in kept if key[0] == workspace]:
                    del kept[key]

    @contextmanager
    def changing(self, workspace: str, document_ids: Iterable[str]) -> Iterator[None]:
        """Drop what is kept of these documents before they are written; what is read during the write is not kept."""
        keys = [(workspace, document_id) for document_id in document_ids]
        with self._lock:
            self._changing.update(keys)
            for key in keys:
                for identifier in self._of_document.pop(key, ()):
                    self._kept.pop((workspace, identifier), None)
        try:
            yield
        finally:
            with self._lock:
                self._writes += 1
                self._changing.subtract(keys)
                self._changing = +self._changing
