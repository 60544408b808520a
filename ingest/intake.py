"""Where documents are acknowledged: durable bytes, a version number and a job, in one step."""

import unicodedata
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from graph.errors import (
    DocumentTooLarge,
    InputError,
    NotFoundError,
    PreconditionFailed,
    QuipuError,
    QuotaExceeded,
    Superseded,
    Unreadable,
)
from graph.jobs import NewJob
from graph.model import GraphCounts, Metadata, Removal
from graph.ports.jobs import JobQueue
from graph.ports.operations import OperationalState, StorageRoom
from ingest.loaders.loading import media_type_of
from ingest.model import RegisteredVersion, Source, Upload, Withdrawal
from ingest.ports import BlobStore, Quota, UploadRegister, WithdrawingGraph

MAX_ID = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """One part of an upload. Without an id, the same bytes, title and metadata are the same document."""

    source: Source
    document_id: str | None = None
    title: str | None = None
    metadata: Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What became of one part: its document, version and job, or why it was refused."""

    document_id: str | None
    version: int | None = None
    job_id: str | None = None
    deduplicated: bool = False
    error: QuipuError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a deletion took away."""

    document_id: str
    version: int
    revision: int
    purged: bool
    gone: GraphCounts
    jobs_cancelled: int
    blobs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """A part that can be accepted: what it will be read as, and the hash of its bytes, which are durable."""

    document: NewDocument
    media_type: str
    digest: str


class Intake:
    """Accepts and withdraws documents. ``forget`` drops what else was kept of a purged one, by workspace and id.

    ``committed`` is told the workspace of each deletion that reached the graph.
    """

    def __init__(  # noqa: PLR0913 - built in one place, from what an upload touches
        self, *, state: OperationalState, register: UploadRegister, blobs: BlobStore, jobs: JobQueue,
        graph: WithdrawingGraph, quota: Quota, room: StorageRoom, max_bytes: int,
        forget: Callable[[str, str], object], committed: Callable[[str], object] = lambda _: None,
    ) -> None:  # fmt: skip
        self._state = state
        self._register = register
        self._blobs = blobs
        self._jobs = jobs
        self._graph = graph
        self._room = room
        self._quota = quota
        self._max_bytes = max_bytes
        self._forget_more = forget
        self._committed = committed

    def accept(
        self, workspace: str, documents: Sequence[NewDocument], *, if_match: int | None = None
    ) -> tuple[Accepted, ...]:
        """Acknowledge documents, one entry each, in order; a part that is refused does not stop the others.
        Bytes are durable, and the register's entries and the jobs committed together, when this returns.

        Raises:
            PreconditionFailed: ``if_match`` is not the document's version.
            StorageFull: the disk has no room; nothing was taken in.
        """
        self._room.check(sum(len(document.source.data) for document in documents))
        checked = [self._check(document) for document in documents]
        with self._state.transaction():
            return tuple(
                item if isinstance(item, Accepted) else self._admit(workspace, item, if_match) for item in checked
            )

    def replace(
        self, workspace: str, document_id: str, document: NewDocument, *, if_match: int | None = None
    ) -> Accepted:
        """Acknowledge one document under an id, whether or not there is one already.

        Raises:
            InputError: the document names another id.
            PreconditionFailed: ``if_match`` is not its version.
        """
        if document.document_id not in {None, document_id}:
            raise InputError(f"the body names document {document.document_id!r}, the path {document_id!r}")
        return self.accept(workspace, [replace(document, document_id=document_id)], if_match=if_match)[0]

    def withdraw(
        self, workspace: str, document_id: str, *, purge: bool = False, if_match: int | None = None
    ) -> Receipt:
        """Delete a document now, ahead of every queued job; with ``purge`` at every revision and with its bytes.

        Raises:
            NotFoundError: there is no such document.
            DependencyError: the graph cannot be reached. The deletion is recorded: it is carried out before any
                other work once the graph is back.
        """
        self._room.lend()
        with self._state.transaction():
            latest = self._register.latest(workspace, document_id)
            waiting = any(
                (w.workspace, w.document_id) == (workspace, document_id) for w in self._register.withdrawals()
            )
            if latest is None or (latest.deleted and not waiting and not (purge and latest.upload.content_hash)):
                raise NotFoundError(f"no document {document_id!r}")
            _check_match(latest.upload, if_match)
            cancelled = self._cancel_jobs(workspace, document_id)
            version = latest.upload.version + 1
            marker = replace(latest.upload, version=version, updated_at=datetime.now(UTC))
            self._register.add(marker, deleted=True, job_id="")
            self._quota.give_back(workspace, document_id)
            withdrawal = Withdrawal(workspace=workspace, document_id=document_id, version=version, purge=purge)
            self._register.begin_withdrawal(withdrawal)
        removal, blobs = self._carry_out(withdrawal)
        return Receipt(
            document_id=document_id, version=version, revision=removal.revision, purged=purge, gone=removal.gone,
            jobs_cancelled=cancelled, blobs=blobs,
        )  # fmt: skip

    def finish_withdrawals(self) -> None:
        """Carry out what was recorded while the graph could not be reached.

        Raises:
            DependencyError: it still cannot.
        """
        for withdrawal in self._register.withdrawals():
            self._room.lend()
            try:
                self._carry_out(withdrawal)
            except Superseded:
                self._register.end_withdrawal(withdrawal)

    def discard(self, digests: Sequence[str]) -> int:
        """Remove bytes, unless a version refers to them by now; returns how many were there. Raises DependencyError."""
        removed = 0
        for digest in digests:
            with self._state.transaction():  # one step: an upload of the same bytes waits for it, or is seen by it
                if not self._register.refers(digest):
                    removed += self._blobs.delete(digest)
        return removed

    def _check(self, document: NewDocument) -> _Checked | Accepted:
        """The document with its media type, its bytes made durable; or its refusal."""
        try:
            data = document.source.data
            if len(data) > self._max_bytes:
                raise DocumentTooLarge(
                    f"{document.source.name!r} has {len(data)} bytes; the limit is {self._max_bytes}"
                )
            if not data.strip():
                raise Unreadable(f"{document.source.name!r} is empty")
            if document.document_id is not None:
                check_id(document.document_id)
            media_type = media_type_of(document.source)
            digest = self._blobs.put(data)
        except InputError as error:
            return Accepted(document_id=document.document_id, error=error)
        return _Checked(document=document, media_type=media_type, digest=digest)

    def _admit(self, workspace: str, checked: _Checked, if_match: int | None) -> Accepted:
        """Acknowledge, unless the workspace would hold more than it may; then no byte of the part is kept."""
        try:
            return self._acknowledge(workspace, checked, if_match)
        except QuotaExceeded as error:
            self.discard([checked.digest])
            return Accepted(document_id=checked.document.document_id, error=error)

    def _acknowledge(self, workspace: str, checked: _Checked, if_match: int | None) -> Accepted:
        document = checked.document
        # again, within the transaction: a purge may have taken the same bytes since they were checked
        self._blobs.put(document.source.data)
        latest = self._register.latest(workspace, document.document_id) if document.document_id else None
        live = latest if latest and not latest.deleted else None
        if if_match is not None:
            _check_match(live.upload if live else None, if_match)
        if same := self._same(workspace, checked, live):
            return same
        document_id = document.document_id or uuid.uuid4().hex
        self._quota.take(workspace, document_id, len(document.source.data))
        now = datetime.now(UTC)
        upload = Upload(
            workspace=workspace,
            document_id=document_id,
            version=latest.upload.version + 1 if latest else 1,
            title=document.title,
            source=document.source.name,
            media_type=checked.media_type,
            metadata=document.metadata,
            content_hash=checked.digest,
            created_at=live.upload.created_at if live else now,
            updated_at=now,
        )
        new = NewJob(workspace=workspace, kind="ingest", document_id=upload.document_id, version=upload.version)
        job = self._jobs.submit([new])[0]
        self._register.add(upload, deleted=False, job_id=job.id)
        return Accepted(document_id=upload.document_id, version=upload.version, job_id=job.id)

    def _same(self, workspace: str, checked: _Checked, live: RegisteredVersion | None) -> Accepted | None:
        """The version that holds just this already; a failed one is no reason not to try again."""
        document = checked.document
        if document.document_id is None:
            twin = self._register.twin(workspace, checked.digest, document.title, document.metadata)
        elif live and _key(live.upload) == (checked.digest, document.title, dict(document.metadata)):
            twin = live
        else:
            twin = None
        if twin is None or self._jobs.get(workspace, twin.job_id).state in {"failed", "cancelled"}:
            return None
        return Accepted(
            document_id=twin.upload.document_id, version=twin.upload.version, job_id=twin.job_id, deduplicated=True
        )

    def _cancel_jobs(self, workspace: str, document_id: str) -> int:
        jobs = self._jobs.list(workspace, document_id=document_id, limit=1000)
        open_jobs = [job for job in jobs if job.state in {"queued", "waiting", "running"}]
        for job in open_jobs:
            self._jobs.request(workspace, job.id, "cancel")
        return len(open_jobs)

    def _carry_out(self, withdrawal: Withdrawal) -> tuple[Removal, int]:
        """Let a deletion reach the graph; what it took away, and the number of blobs."""
        change = self._graph.purge if withdrawal.purge else self._graph.remove
        removal = change(withdrawal.workspace, withdrawal.document_id, withdrawal.version)
        self._committed(withdrawal.workspace)
        blobs = self._forget(withdrawal) if withdrawal.purge else 0
        self._register.end_withdrawal(withdrawal)
        return removal, blobs

    def _forget(self, withdrawal: Withdrawal) -> int:
        workspace, document_id = withdrawal.workspace, withdrawal.document_id
        # one step: nobody is told meanwhile that the same bytes are there, and a crash leaves its hashes registered
        with self._state.transaction():
            orphans = self._register.forget(workspace, document_id, withdrawal.version)
            removed = sum(self._blobs.delete(digest) for digest in orphans)
        self._forget_more(workspace, document_id)
        self._state.erase_freed_pages()
        return removed


def check_id(document_id: str) -> None:
    """Raise InputError unless an id is 1 to 512 characters without control characters."""
    if not 0 < len(document_id) <= MAX_ID:
        raise InputError(f"a document id has 1 to {MAX_ID} characters, not {len(document_id)}")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in document_id):
        raise InputError("a document id has no control characters")


def _check_match(upload: Upload | None, if_match: int | None) -> None:
    if if_match is not None and (upload is None or upload.version != if_match):
        found = "there is no such document" if upload is None else f"it is {upload.version}"
        raise PreconditionFailed(f"If-Match asks for version {if_match}, but {found}")


def _key(upload: Upload) -> tuple[str, str | None, dict[str, object]]:
    return upload.content_hash, upload.title, dict(upload.metadata)
