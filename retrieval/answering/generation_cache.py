"""Answers already paid for, by all that went into them: workspace, model, instructions, evidence, question.

A change of any passage is another key, so the cache cannot serve what is gone. A purge also removes what was made
from the document, and what was being made meanwhile is not kept. In memory: nothing of it is ever on disk.
"""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

MAX_ENTRIES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place for one answer, as of the purges so far."""

    key: str
    purges: int


class GenerationCache:
    """Least recently used answers go first. Thread-safe."""

    def __init__(self, max_entries: int = MAX_ENTRIES) -> None:
        self._max = max_entries
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, tuple[str, frozenset[tuple[str, str]]]] = OrderedDict()
        self._purges = 0

    def slot(self, *parts: str) -> Slot:
        """Where the answer to all these parts together is kept."""
        key = hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()
        with self._lock:
            return Slot(key=key, purges=self._purges)

    def get(self, slot: Slot) -> str | None:
        """The model's own words, unverified."""
        with self._lock:
            held = self._answers.get(slot.key)
            if held is None:
                return None
            self._answers.move_to_end(slot.key)
            return held[0]

    def put(self, slot: Slot, answer: str, workspace: str, documents: Iterable[str]) -> None:
        """Keep an answer made from these documents, unless there was a purge since the slot was taken."""
        with self._lock:
            if slot.purges != self._purges:
                return
            self._answers[slot.key] = answer, frozenset((workspace, document) for document in documents)
            while len(self._answers) > self._max:
                self._answers.popitem(last=False)

    def purge_workspace(self, workspace: str) -> None:
        """Forget every answer that was made in a workspace."""
        self._purge(lambda used: any(one[0] == workspace for one in used))

    def purge(self, workspace: str, document: str) -> None:
        """Forget every answer that was made from a document."""
        self._purge(lambda used: (workspace, document) in used)

    def _purge(self, concerned: Callable[[frozenset[tuple[str, str]]], bool]) -> None:
        with self._lock:
            self._purges += 1
            for key in [key for key, (_, used) in self._answers.items() if concerned(used)]:
                del self._answers[key]
