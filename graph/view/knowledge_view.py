"""The read side: resident vectors, keywords and names of each workspace, caught up from the store.

Derived and never the truth. Rows are appended and never move; each carries the revisions
``[valid_from, valid_to)`` it is live in, so that a snapshot is no more than a revision and a row
count, catching up costs what changed, and a request keeps the snapshot it took.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

import numpy as np

from graph.errors import InputError, NotFoundError, RevisionNotReached
from graph.indexes.adjacency import Adjacency
from graph.indexes.faiss_index import FaissIndex
from graph.indexes.growing_array import GrowingArray
from graph.indexes.keyword_index import KeywordIndex
from graph.model import REWRITING, Document, IndexDelta, IndexRow, rewrites
from graph.ports.reading import AliasReader, ChangeReader, DifferenceReader, DocumentReader, GraphReader
from graph.text.tokens import stems
from graph.view.resident_snapshot import ResidentSnapshot
from graph.view.snapshot import Snapshot
from graph.view.walked_view import WalkableGraph, WalkedView

__all__ = ["KnowledgeViews", "Snapshot"]

LIVE = 2**62
PAST_VIEWS = 4
"""Views of older revisions kept for questions about the past."""
COMPACT_FROM = 4096
"""A generation with at least this many dead rows, and more dead than live ones, is built anew."""


class KnowledgeReader(DocumentReader, GraphReader, ChangeReader, DifferenceReader, AliasReader, Protocol):
    """What a view reads: every reading port of the store."""


class Generation:
    """The append-only indexes of one workspace. One writer; readers go through snapshots."""

    def __init__(self) -> None:
        self.chunk_ids: list[str] = []
        self.rows_of: dict[str, list[int]] = {}
        self.valid_from = GrowingArray(np.int64)
        self.valid_to = GrowingArray(np.int64)
        self.owners = GrowingArray(np.int32)
        self.histories: list[list[tuple[int, Document | None]]] = []
        self.keywords = KeywordIndex()
        self.adjacency = Adjacency()
        self.vectors_index = FaissIndex(0)
        self.live = 0
        self.stems = 0.0
        self._document_numbers: dict[str, int] = {}

    def document(self, number: int, revision: int) -> Document:
        """The version of a document that is live at a revision."""
        for since, document in reversed(self.histories[number]):
            if since <= revision and document is not None:
                return document
        raise NotFoundError(f"document number {number} is not live at revision {revision}")

    def set_documents(self, documents: Iterable[Document], gone: Iterable[str], revision: int) -> None:
        """Note the versions that are live from a revision on."""
        for document in documents:
            self.histories[self._document_number(document.id)].append((revision, document))
        for document_id in gone:
            self.histories[self._document_number(document_id)].append((revision, None))

    def open(self, row: IndexRow, revision: int) -> None:
        """Append a row that is live from a revision on."""
        number = len(self.chunk_ids)
        if number == 0:
            self.vectors_index = FaissIndex(len(row.vector))
        title, body = stems(row.title), stems(" ".join((*row.chunk.headings, row.chunk.text)))
        self.vectors_index.append(row.vector[None, :])
        self.keywords.append(title, body)
        self.adjacency.append(row.title, row.chunk.text, row.mentions)
        self.owners.extend([self._document_number(row.chunk.document_id)])
        self.valid_to.extend([LIVE])
        self.valid_from.extend([revision])
        self.rows_of.setdefault(row.chunk.id, []).append(number)
        self.chunk_ids.append(row.chunk.id)
        self.live += 1
        self.stems += self.keywords.length(number)

    def close(self, chunk_id: str, revision: int) -> None:
        """End the live row of a chunk at a revision."""
        row = self.rows_of[chunk_id][-1]
        self.valid_to.data[row] = revision
        self.adjacency.close(row)
        self.live -= 1
        self.stems -= self.keywords.length(row)

    @property
    def wasteful(self) -> bool:
        """Whether dead rows dominate."""
        dead = len(self.chunk_ids) - self.live
        return dead >= COMPACT_FROM and dead > self.live

    def _document_number(self, document_id: str) -> int:
        number = self._document_numbers.setdefault(document_id, len(self.histories))
        if number == len(self.histories):
            self.histories.append([])
        return number


class KnowledgeView:
    """One workspace. ``snapshot`` is replaced as a whole; ``catch_up`` is serialised."""

    def __init__(self, reader: KnowledgeReader, workspace: str) -> None:
        self._reader = reader
        self._workspace = workspace
        self._lock = threading.Lock()
        self._generation = Generation()
        self._snapshot: ResidentSnapshot | None = None

    def at(self, revision: int) -> ResidentSnapshot:
        """A snapshot at this revision or a newer one."""
        snapshot = self._snapshot
        if snapshot is not None and snapshot.revision >= revision:
            return snapshot
        with self._lock:
            if self._snapshot is None or self._snapshot.revision < revision:
                self._snapshot = self._advance(self._snapshot, revision)
            return self._snapshot

    def _advance(self, current: ResidentSnapshot | None, revision: int) -> ResidentSnapshot:
        if (
            current is None
            or self._generation.wasteful
            or rewrites(self._reader.log(self._workspace, current.revision, revision), current.revision)
        ):
            self._generation = build(self._reader, self._workspace, revision)
        else:
            _follow(self._generation, self._reader.delta(self._workspace, current.revision, revision))
        return _freeze(self._generation, self._reader, self._workspace, revision)

    def alone(self, revision: int) -> Callable[[], ResidentSnapshot]:
        """See View."""
        snapshot = _freeze(build(self._reader, self._workspace, revision), self._reader, self._workspace, revision)
        return lambda: snapshot


class View(Protocol):
    """The read side of one workspace."""

    def at(self, revision: int) -> Snapshot:
        """A snapshot for one request, at this revision or a newer one."""
        ...

    def alone(self, revision: int) -> Callable[[], Snapshot]:
        """What gives snapshots at exactly this revision, built from the store beside what is resident.

        Raises NotFoundError.
        """
        ...


class KnowledgeViews:
    """The views of all workspaces over one store: resident, or, given a ``walk``, walked in the store itself."""

    def __init__(self, reader: KnowledgeReader, walk: WalkableGraph | None = None) -> None:
        self._reader = reader
        self._walk = walk
        self._lock = threading.Lock()
        self._views: dict[str, View] = {}
        self._past: OrderedDict[tuple[str, int], Callable[[], Snapshot]] = OrderedDict()
        self._rewritten_at: dict[str, int] = {}

    def snapshot(
        self, workspace: str, *, as_of: int | datetime | None = None, min_revision: int | None = None,
        wait_seconds: float = 5.0,
    ) -> Snapshot:  # fmt: skip
        """The newest committed state, or the one ``as_of`` a revision or a moment.

        Every call looks at the store's revision first: a change is in every answer at once.

        Raises:
            RevisionNotReached: ``min_revision`` lies ahead for longer than ``wait_seconds``.
            NotFoundError: ``as_of`` lies before what is kept.
            InputError: ``as_of`` is a revision that has not happened yet.
        """
        newest = self._reached(workspace, min_revision, wait_seconds)
        revision = self._resolved(workspace, as_of, newest)
        if revision == newest:
            return self._view(workspace).at(newest)
        return self._past_snapshot(workspace, revision, newest)

    def revision(self, workspace: str, *, as_of: int | datetime | None = None) -> int:
        """The revision that :meth:`snapshot` would be of, for reads of the store that need no view. Errors alike."""
        return self._resolved(workspace, as_of, self._reader.revision(workspace))

    def _resolved(self, workspace: str, as_of: int | datetime | None, newest: int) -> int:
        if as_of is None:
            return newest
        revision = as_of if isinstance(as_of, int) else self._reader.revision_at(workspace, as_of)
        if not 0 <= revision <= newest:
            raise InputError(f"as_of revision {revision} is not between 0 and the newest one, {newest}")
        return revision

    def fresh(self, workspace: str, revision: int) -> Snapshot:
        """A snapshot built from the store alone, beside the resident one. Raises NotFoundError."""
        return self._view(workspace).alone(revision)()

    def rebuild(self, workspace: str) -> int:
        """Build what is resident of a workspace anew; returns its revision. Requests keep the snapshot they took."""
        with self._lock:
            self._views[workspace] = self._open(workspace)
            for old in [old for old in self._past if old[0] == workspace]:
                del self._past[old]
        return self.catch_up(workspace)

    def catch_up(self, workspace: str) -> int:
        """Bring a workspace's view to the newest revision; returns it."""
        return self.snapshot(workspace).revision

    def _view(self, workspace: str) -> View:
        with self._lock:
            if workspace not in self._views:
                self._views[workspace] = self._open(workspace)
            return self._views[workspace]

    def _open(self, workspace: str) -> View:
        if self._walk is None:
            return KnowledgeView(self._reader, workspace)
        return WalkedView(self._reader, self._walk, workspace)

    def _reached(self, workspace: str, min_revision: int | None, wait_seconds: float) -> int:
        deadline = time.monotonic() + wait_seconds
        while True:
            newest = self._reader.revision(workspace)
            if min_revision is None or newest >= min_revision:
                return newest
            if time.monotonic() >= deadline:
                raise RevisionNotReached(f"revision {min_revision} was not reached; the newest one is {newest}")
            time.sleep(0.01)

    def _past_snapshot(self, workspace: str, revision: int, newest: int) -> Snapshot:
        key = (workspace, revision)
        with self._lock:
            checked = self._rewritten_at.get(workspace, 0)
            if any(r.kind in REWRITING for r in self._reader.log(workspace, checked, newest)):
                for old in [old for old in self._past if old[0] == workspace]:
                    del self._past[old]
            self._rewritten_at[workspace] = newest
            if key in self._past:
                self._past.move_to_end(key)
                return self._past[key]()
        past = self._view(workspace).alone(revision)
        with self._lock:
            self._past[key] = past
            while len(self._past) > PAST_VIEWS:
                self._past.popitem(last=False)
        return past()


def build(reader: KnowledgeReader, workspace: str, revision: int) -> Generation:
    """A generation straight from the store: no embedding, no model call."""
    generation = Generation()
    after = ""
    while page := reader.documents(workspace, revision, after=after, limit=1000):
        generation.set_documents(page, (), 0)
        after = page[-1].id
    for row in reader.rows(workspace, revision):
        generation.open(row, 0)
    return generation


def _follow(generation: Generation, delta: IndexDelta) -> None:
    for chunk_id in delta.closed:
        generation.close(chunk_id, delta.until)
    generation.set_documents(delta.documents, delta.documents_gone, delta.until)
    for row in delta.opened:
        generation.open(row, delta.until)


def _freeze(generation: Generation, reader: KnowledgeReader, workspace: str, revision: int) -> ResidentSnapshot:
    return ResidentSnapshot(
        generation,
        revision=revision,
        size=generation.live,
        stems=generation.stems,
        accepted=generation.adjacency.publish(),
        rows=len(generation.chunk_ids),
        reader=reader,
        workspace=workspace,
    )
