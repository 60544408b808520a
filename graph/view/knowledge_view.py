"""The read side: resident vectors, keywords and names of each workspace, caught up from the store.

Derived and never the truth. Rows are appended and never move; each carries the revisions
``[valid_from, valid_to)`` it is live in, so that a snapshot is no more than a revision and a row
count, catching up costs what changed, and a request keeps the snapshot it took.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from typing_extensions import override

from graph.audience import UNRESTRICTED, Audience
from graph.errors import InputError, QuipuError, RevisionNotReached
from graph.model import DEFAULT_WORKSPACE, REWRITING
from graph.ports.reading import KnowledgeReader, SharedKnowledge
from graph.view.audiences import Audiences
from graph.view.generation import Generation, build
from graph.view.resident import KEPT, ResidentViews
from graph.view.resident_snapshot import ResidentSnapshot
from graph.view.restricted_snapshot import RestrictedSnapshot
from graph.view.rewriting import rewrites
from graph.view.snapshot import Snapshot, View
from graph.view.walked_view import WalkableGraph, WalkedView

MOST_AHEAD = 1_000_000
"""A revision further ahead than this is no lag: nobody is kept waiting for it."""
PAST_VIEWS = 4
"""Views of older revisions kept for questions about the past."""
_log = structlog.get_logger()


class KnowledgeView(View):
    """One workspace. ``snapshot`` is replaced as a whole; ``catch_up`` is serialised.

    A generation in which dead rows dominate is built anew beside questions, which go on with the one there is.
    """

    def __init__(self, reader: KnowledgeReader, workspace: str) -> None:
        self._reader = reader
        self._workspace = workspace
        self._lock = threading.Lock()
        self._generation = Generation()
        self._snapshot: ResidentSnapshot | None = None
        self._compacting = False

    @override
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
        if current is None or rewrites(self._reader.log(self._workspace, current.revision, revision), current.revision):
            self._generation = build(self._reader, self._workspace, revision)
        else:
            try:
                self._generation.follow(self._reader.delta(self._workspace, current.revision, revision))
            except BaseException:
                self._snapshot = None  # some of the rows are there: the next question has all of them built anew
                raise
            if self._generation.wasteful and not self._compacting:
                self._compacting = True
                threading.Thread(target=self._compact, args=(self._generation, revision), daemon=True).start()
        return self._snapshot_of(self._generation, revision)

    def _compact(self, wasteful: Generation, revision: int) -> None:
        """Put a generation without dead rows in the place of this one, unless another took it meanwhile."""
        try:
            compact = build(self._reader, self._workspace, revision)
            with self._lock:
                newest = self._snapshot.revision if self._snapshot else revision
                if self._generation is wasteful:
                    if newest > revision:
                        compact.follow(self._reader.delta(self._workspace, revision, newest))
                    self._generation, self._snapshot = compact, self._snapshot_of(compact, newest)
        except QuipuError as error:  # swept, closed or down: a later change tries again
            _log.info("a view was not compacted", workspace=self._workspace, cause=str(error))
        finally:
            self._compacting = False

    def _snapshot_of(self, generation: Generation, revision: int) -> ResidentSnapshot:
        return ResidentSnapshot(generation, reader=self._reader, workspace=self._workspace, revision=revision)

    @override
    def alone(self, revision: int) -> Callable[[], ResidentSnapshot]:
        alone = build(self._reader, self._workspace, revision)
        snapshot = ResidentSnapshot(alone, reader=self._reader, workspace=self._workspace, revision=revision)
        return lambda: snapshot


class KnowledgeViews:
    """The views of all workspaces over one store: resident, or, given a ``walk``, walked in the store itself.

    Who may not read everything is given a part of a resident view in any case: the statistics of a store that is
    walked are those of all documents. It is built when it is first asked for.
    """

    def __init__(self, reader: SharedKnowledge, walk: WalkableGraph | None = None) -> None:
        self._reader = reader
        self._walk = walk
        self._lock = threading.Lock()
        self._views = ResidentViews(self._forget_beside)
        self._residents: dict[str, KnowledgeView] = {}
        self._audiences = Audiences(reader)
        self._past: OrderedDict[tuple[str, int, bool], Callable[[], Snapshot]] = OrderedDict()
        self._rewritten_at: dict[str, int] = {}

    def snapshot(
        self, workspace: str, *, audience: Audience = UNRESTRICTED, as_of: int | datetime | None = None,
        min_revision: int | None = None, wait_seconds: float = 5.0,
    ) -> Snapshot:  # fmt: skip
        """The newest committed state, or the one ``as_of`` a revision or a moment; what ``audience`` may read of it.

        Every call looks at the store's revision first: a change is in every answer at once.

        Raises:
            RevisionNotReached: ``min_revision`` lies ahead for longer than ``wait_seconds``.
            NotFoundError: ``as_of`` lies before what is kept.
            InputError: ``as_of`` is a revision that has not happened yet.
        """
        newest = self._reached(workspace, min_revision, wait_seconds)
        revision = self._resolved(workspace, as_of, newest)
        if not audience.unrestricted:
            return self._audiences.snapshot(self._resident_snapshot(workspace, revision, newest), audience, newest)
        if revision == newest:
            return self._view(workspace).at(newest)
        return self._past_snapshot(workspace, revision, newest)

    def whole(self, snapshot: Snapshot) -> Snapshot:
        """The same state with all of its rows: where a snapshot meets rows as it walks, that of a resident view.

        Such a view is built when it is first asked for.
        """
        if isinstance(snapshot, (ResidentSnapshot, RestrictedSnapshot)):
            return snapshot
        newest = self._reader.revision(snapshot.workspace)
        return self._resident_snapshot(snapshot.workspace, snapshot.revision, newest)

    def reached(self, workspace: str, min_revision: int) -> bool:
        """Whether a revision can be read now. Raises InputError where it lies too far ahead to be waited for."""
        return self._newest_with(workspace, min_revision)[1]

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
            self._views.put(workspace, self._open(workspace))
            self._forget_beside(workspace)
            self._forget_past(workspace)
        return self.catch_up(workspace)

    def warm(self, workspaces: Sequence[str]) -> None:
        """Bring up the views of some workspaces, as at a start: no more than stay, the default one among them."""
        for workspace in sorted(workspaces, key=lambda workspace: workspace != DEFAULT_WORKSPACE)[:KEPT]:
            self.catch_up(workspace)

    def forget(self, workspace: str) -> None:
        """Drop all that is in memory of a workspace that is deleted."""
        with self._lock:
            self._views.forget(workspace)
            self._forget_beside(workspace)
            self._forget_past(workspace)
            self._rewritten_at.pop(workspace, None)

    def catch_up(self, workspace: str) -> int:
        """Bring a workspace's view to the newest revision; returns it."""
        revision = self.snapshot(workspace).revision
        if (resident := self._residents.get(workspace)) is not None:
            resident.at(revision)
        self._audiences.follow(workspace, revision)
        return revision

    def _view(self, workspace: str) -> View:
        with self._lock:
            return self._views.use(workspace, lambda: self._open(workspace))

    def _forget_beside(self, workspace: str) -> None:
        """Let go of what was made of a view that leaves memory."""
        self._residents.pop(workspace, None)
        self._audiences.forget(workspace)

    def _forget_past(self, workspace: str) -> None:
        for old in [old for old in self._past if old[0] == workspace]:
            del self._past[old]

    def _open(self, workspace: str) -> View:
        if self._walk is None:
            return KnowledgeView(self._reader, workspace)
        return WalkedView(self._reader, self._walk, workspace)

    def _reached(self, workspace: str, min_revision: int | None, wait_seconds: float) -> int:
        deadline = time.monotonic() + wait_seconds
        while True:
            newest, reached = self._newest_with(workspace, min_revision or 0)
            if reached:
                return newest
            if time.monotonic() >= deadline:
                raise RevisionNotReached(f"revision {min_revision} was not reached; the newest one is {newest}")
            time.sleep(0.01)

    def _newest_with(self, workspace: str, min_revision: int) -> tuple[int, bool]:
        newest = self._reader.revision(workspace)
        if min_revision > newest + MOST_AHEAD:
            raise InputError(f"min_revision {min_revision} is none that was ever given; the newest is {newest}")
        return newest, newest >= min_revision

    def _resident(self, workspace: str) -> KnowledgeView:
        """The view of a workspace that is in memory, even if others of it walk."""
        view = self._view(workspace)
        if isinstance(view, KnowledgeView):
            return view
        with self._lock:
            return self._residents.setdefault(workspace, KnowledgeView(self._reader, workspace))

    def _resident_snapshot(self, workspace: str, revision: int, newest: int) -> ResidentSnapshot:
        resident = self._resident(workspace)
        if revision == newest:
            return resident.at(newest)
        past = self._past_snapshot(workspace, revision, newest, resident if self._walk else None)
        if not isinstance(past, ResidentSnapshot):
            raise TypeError("a view in memory gives snapshots of its kind")
        return past

    def _past_snapshot(self, workspace: str, revision: int, newest: int, view: View | None = None) -> Snapshot:
        key = (workspace, revision, view is None)
        with self._lock:
            checked = self._rewritten_at.get(workspace, 0)
            if any(r.kind in REWRITING for r in self._reader.log(workspace, checked, newest)):
                self._forget_past(workspace)
            self._rewritten_at[workspace] = newest
            if key in self._past:
                self._past.move_to_end(key)
                return self._past[key]()
        past = (view or self._view(workspace)).alone(revision)
        with self._lock:
            self._past[key] = past
            while len(self._past) > PAST_VIEWS:
                self._past.popitem(last=False)
        return past()
