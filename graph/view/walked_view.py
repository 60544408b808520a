"""The read side of a graph that memory does not hold: its vocabulary follows the store, the rest is walked."""

import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from typing_extensions import override

from graph.indexes.vocabulary import Vocabulary
from graph.model import Difference, Document
from graph.ports.reading import ChangeReader, DifferenceReader
from graph.ports.walking import GraphWalk, WordReader
from graph.text.terms import ChunkWords, TitleWords, chunk_words
from graph.view.rewriting import rewrites
from graph.view.snapshot import SnapshotReader, View
from graph.view.walked_snapshot import WalkedSnapshot

TOGETHER = 1_000
"""Chunks read at once while the words are counted."""


class WalkableGraph(GraphWalk, WordReader, Protocol):
    """A store that can be walked, and tells what a view has to count."""


class WalkReader(SnapshotReader, ChangeReader, DifferenceReader, Protocol):
    """What a walked view reads beside its walks."""


class WalkedView(View):
    """One workspace. The counts are replaced as a whole; ``at`` is serialised where they have to follow."""

    def __init__(self, reader: WalkReader, walk: WalkableGraph, workspace: str) -> None:
        self._reader = reader
        self._walk = walk
        self._workspace = workspace
        self._lock = threading.Lock()
        self._current: tuple[int, Vocabulary] | None = None

    @override
    def at(self, revision: int) -> WalkedSnapshot:
        """A snapshot for one question at this revision or a newer one."""
        current = self._current
        if current is None or current[0] < revision:
            with self._lock:
                if self._current is None or self._current[0] < revision:
                    self._current = revision, self._advance(revision)
                current = self._current
        return self._snapshot(*current)

    @override
    def alone(self, revision: int) -> Callable[[], WalkedSnapshot]:
        words = self._counted(revision)
        return lambda: self._snapshot(revision, words)

    def _counted(self, revision: int) -> Vocabulary:
        """The words at a revision, from the store alone."""
        return Vocabulary().changed(opened=self._words(revision), titled=self._titles(revision))

    def _snapshot(self, revision: int, words: Vocabulary) -> WalkedSnapshot:
        return WalkedSnapshot(self._walk, words, reader=self._reader, workspace=self._workspace, revision=revision)

    def _advance(self, revision: int) -> Vocabulary:
        if self._current is None:
            return self._counted(revision)
        since, words = self._current
        if rewrites(self._reader.log(self._workspace, since, revision), since):
            return self._counted(revision)
        delta = self._reader.delta(self._workspace, since, revision)
        changed = list(self._changed_documents(since, revision))
        return words.changed(
            opened=map(chunk_words, delta.opened),
            closed=self._walk.words_of(self._workspace, delta.closed),
            titled=self._walk.title_words(self._workspace, [one.after.id for one in changed if one.after], revision),
            untitled=self._walk.title_words(self._workspace, [one.before.id for one in changed if one.before], since),
        )

    def _words(self, revision: int) -> Iterator[ChunkWords]:
        after = ""
        while page := self._walk.live_words(self._workspace, revision, after=after, limit=TOGETHER):
            yield from page
            after = page[-1].chunk_id

    def _titles(self, revision: int) -> Iterator[TitleWords]:
        after = ""
        while page := self._reader.documents(self._workspace, revision, after=after, limit=TOGETHER):
            yield from self._walk.title_words(self._workspace, [document.id for document in page], revision)
            after = page[-1].id

    def _changed_documents(self, since: int, until: int) -> Iterator[Difference[Document]]:
        after = ""
        while page := self._reader.changed_documents(self._workspace, since, until, after=after, limit=TOGETHER):
            yield from page
            after = max(one.id for document in page for one in (document.before, document.after) if one)
