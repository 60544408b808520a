"""What a writing transaction will do, planned in memory from what is live. Pure; ``writing.py`` sends it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graph.errors import Superseded
from graph.model import Chunk, FloatArray, GraphChange, PastRevision, Verdict
from graph.rights import Readers, Rights, applied, given, purged
from graph.stores.alike import Reading, readings_of
from graph.stores.change_check import change_digest, check_next
from graph.stores.neo4j.rows import version_row


@dataclass(slots=True, kw_only=True)
class Life:
    """A chunk with a reading, live from ``since``; ``stored`` if it was there before this transaction."""

    chunk: str
    document: str
    reading: Reading
    since: int
    until: int | None = None
    stored: bool = False


@dataclass(slots=True, kw_only=True)
class StoredState:
    """A document as the transaction leaves it so far."""

    barrier: int = 0
    removed: bool = False
    version: int | None = None
    digest: str = ""
    since: int = 0
    lives: dict[str, Life] = field(default_factory=dict)
    version_stored: bool = False


class WritePlan:
    """What one transaction does to a workspace, revision by revision."""

    def __init__(
        self, workspace: str, revision: int, states: Mapping[str, StoredState], rights: Mapping[str, Rights]
    ) -> None:
        self.workspace = workspace
        self.revision = revision
        self.states = dict(states)
        self._rights = dict(rights)
        self.rights: dict[str, Rights] = {}
        """Those that have changed."""
        self.touched: set[str] = set()
        self.changes: dict[str, GraphChange] = {}
        self.begun: list[Life] = []
        self.ended: dict[str, int] = {}
        self.versions: list[dict[str, Any]] = []
        self.versions_ended: dict[str, int] = {}
        self.records: list[dict[str, object]] = []
        self._moment: datetime | None = None
        self.decided: list[tuple[int, Sequence[Verdict]]] = []
        self.chunks: dict[str, tuple[Chunk, FloatArray, str]] = {}

    def apply(self, change: GraphChange) -> int:
        """Replace the document's contribution; returns the revision at which this one is live."""
        readings = readings_of(change)
        digest = change_digest(change, change.positions, [readings[chunk.id][0] for chunk in change.chunks])
        document = change.document
        state = self._state(document.id)
        if (state.version, state.digest) == (document.version, digest):
            return state.since
        self.bar(document.id, document.version, removed=False)
        self.record("apply", document.id, document.version)
        self._change_lives(state, document.id, readings)
        self._end_version(state, document.id)
        self.versions.append(version_row(change, digest, self.revision))
        for place, chunk in enumerate(change.chunks):
            self.chunks.setdefault(chunk.id, (chunk, change.vectors[place], document.title))
        self.changes[document.id] = change
        state.version, state.digest, state.since = document.version, digest, self.revision
        self._keep(document.id, applied(self.rights_of(document.id), document.version))
        return self.revision

    def rights_of(self, document_id: str) -> Rights:
        """The rights of a document as the transaction leaves them so far."""
        return self.rights.get(document_id, self._rights.get(document_id, Rights()))

    def give(self, document_id: str, version: int, readers: Readers) -> None:
        """Give a document readers with a version, at the next revision if that changes anything."""
        before = self.rights_of(document_id)
        after = given(before, version, readers, self._state(document_id).version)
        if (before.readers, before.coming, before.waits) != (after.readers, after.coming, after.waits):
            self.record("rights", document_id, version)
        self._keep(document_id, after)

    def withdraw(self, document_id: str, version: int) -> bool:
        """Close all of a document at the next revision; whether it was live."""
        state = self._state(document_id)
        if state.version is None:
            return False
        self.record("remove", document_id, version)
        self._change_lives(state, document_id, {})
        self._end_version(state, document_id)
        state.version = None
        self.changes.pop(document_id, None)
        return True

    def bar(self, document_id: str, version: int, *, removed: bool) -> None:
        """Let no version below this one be applied any more."""
        state = self._state(document_id)
        if version < state.barrier or (version == state.barrier and state.removed and not removed):
            what = "removed" if state.removed else "written"
            raise Superseded(
                f"document {document_id!r} was {what} as version {state.barrier}; version {version} is older"
            )
        state.barrier, state.removed = version, removed
        self.touched.add(document_id)

    def forget(self, document_id: str, version: int) -> None:
        """The document has been purged, ahead of this version: nothing of it is left to close."""
        self._keep(document_id, purged(self.rights_of(document_id), version))
        state = self._state(document_id)
        state.version, state.version_stored = None, False
        state.lives.clear()

    def record(self, kind: str, document_id: str | None, version: int | None) -> None:
        """Raise the counter and log why."""
        self.revision += 1
        self.records.append(
            {
                "revision": self.revision, "kind": kind, "document_id": document_id, "version": version,
                "committed_at": self._moment,
            }
        )  # fmt: skip

    def restore(self, past: PastRevision) -> None:
        """Make a revision again as it was."""
        record = past.record
        check_next(record, self.revision)
        self._moment = record.committed_at
        if past.change is not None:
            self.apply(past.change)
            return
        if record.kind == "purge" and record.document_id:
            self._keep(record.document_id, purged(self.rights_of(record.document_id), record.version or 0))
        if record.kind != "remove" or not self.withdraw(record.document_id or "", record.version or 0):
            self.record(record.kind, record.document_id, record.version)
        if record.document_id and record.version is not None and record.kind != "rights":
            self.bar(record.document_id, record.version, removed=record.kind != "apply")
        self.decide(past.verdicts)

    def decide(self, verdicts: Sequence[Verdict]) -> None:
        """Let verdicts count from this revision on."""
        if verdicts:
            self.decided.append((self.revision, verdicts))

    def _keep(self, document_id: str, rights: Rights) -> None:
        if rights != self.rights_of(document_id):
            self.rights[document_id] = rights

    def _state(self, document_id: str) -> StoredState:
        return self.states.setdefault(document_id, StoredState())

    def _change_lives(self, state: StoredState, document_id: str, wanted: Mapping[str, Reading]) -> None:
        for chunk, life in list(state.lives.items()):
            if chunk not in wanted or wanted[chunk][0] != life.reading[0]:
                life.until = self.revision
                if life.stored:
                    self.ended[chunk] = self.revision
                del state.lives[chunk]
        for chunk, reading in wanted.items():
            if chunk not in state.lives:
                life = Life(chunk=chunk, document=document_id, reading=reading, since=self.revision)
                state.lives[chunk] = life
                self.begun.append(life)

    def _end_version(self, state: StoredState, document_id: str) -> None:
        if state.version is None:
            return
        if state.version_stored:
            self.versions_ended[document_id] = self.revision
            state.version_stored = False
            return
        last = next(row for row in reversed(self.versions) if row["document_id"] == document_id)
        last["valid_to"] = self.revision
