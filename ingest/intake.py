"""Where documents are acknowledged: durable bytes, a version number and a job, in one step."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from graph.audience import NOBODY, Audience
from graph.errors import (
    ConflictError,
    DependencyError,
    DocumentTooLarge,
    InputError,
    NotFoundError,
    QuipuError,
    QuotaExceeded,
    Superseded,
    Unreadable,
)
from graph.job_thread import foreseen
from graph.jobs import NewJob
from graph.model import Removal
from graph.ports.jobs import JobQueue
from graph.ports.operations import OperationalState, StorageRoom
from graph.rights import Readers
from ingest.acceptance import check_match, gives_rights, nothing_to_delete, same_charset, same_content
from ingest.given_names import check_given
from ingest.loaders.loading import type_to_keep
from ingest.model import Accepted, NewDocument, Receipt, RegisteredVersion, Upload, Withdrawal
from ingest.ports import AlteredGraph, BlobStore, Quota, UploadRegister

PUT_OFF_SECONDS = 60.0
"""After a deletion failed in a way that nobody foresaw, until it is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """A part that can be accepted: what it will be read as, and the hash of its bytes, which are durable."""

    document: NewDocument
    media_type: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sender:
    """Whose documents they are, and which version they expect."""

    workspace: str
    audience: Audience
    if_match: int | None


class Intake:
    """Accepts and withdraws documents. ``forget`` drops what else was kept of a purged one, by workspace and id.

    ``committed`` is told the workspace of each deletion that reached the graph.
    """

    def __init__(  # noqa: PLR0913 - built in one place, from what an upload touches
        self, *, state: OperationalState, register: UploadRegister, blobs: BlobStore, jobs: JobQueue,
        graph: AlteredGraph, quota: Quota, room: StorageRoom, max_bytes: int,
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
        self._not_before: dict[Withdrawal, float] = {}

    def accept(
        self, workspace: str, documents: Sequence[NewDocument], *, audience: Audience = NOBODY,
        if_match: int | None = None,
    ) -> tuple[Accepted, ...]:  # fmt: skip
        """Acknowledge documents, one entry each, in order; a part that is refused does not stop the others.

        Bytes are durable, and the register's entries and the jobs committed together, when this returns; and who lost
        the right to read a document has lost it. A document that ``audience``, who sends them, may not read is not
        there for them; only its id cannot be used.

        Raises:
            PreconditionFailed: ``if_match`` is not the document's version.
            StorageFull: the disk has no room; nothing was taken in.
            DependencyError: readers change, and the graph cannot be reached. Nothing is acknowledged.
        """
        self._room.check(sum(len(document.source.data) for document in documents))
        checked = [self._check(document) for document in documents]
        sender = _Sender(workspace=workspace, audience=audience, if_match=if_match)
        with self._state.transaction():
            accepted = tuple(item if isinstance(item, Accepted) else self._admit(sender, item) for item in checked)
        if any(document.readers_given for document in documents):
            self._committed(workspace)
        return accepted

    def replace(
        self, workspace: str, document_id: str, document: NewDocument, *, audience: Audience = NOBODY,
        if_match: int | None = None,
    ) -> Accepted:  # fmt: skip
        """Acknowledge one document under an id, whether or not there is one already. Raises as :meth:`accept`, and
        InputError where the document names another id.
        """
        if document.document_id not in {None, document_id}:
            raise InputError(f"the body names document {document.document_id!r}, the path {document_id!r}")
        named = replace(document, document_id=document_id)
        return self.accept(workspace, [named], audience=audience, if_match=if_match)[0]

    def withdraw(
        self, workspace: str, document_id: str, *, audience: Audience = NOBODY, purge: bool = False,
        if_match: int | None = None,
    ) -> Receipt:  # fmt: skip
        """Delete a document now, ahead of every queued job; with ``purge`` at every revision and with its bytes.

        Raises:
            NotFoundError: there is no such document, or none that ``audience``, who wants it gone, may read.
            DependencyError: the graph cannot be reached. The deletion is recorded: it is carried out before any
                other work once the graph is back.
        """
        self._room.lend()
        with self._state.transaction():
            latest = self._register.latest(workspace, document_id)
            waiting = any(
                (w.workspace, w.document_id) == (workspace, document_id) for w in self._register.withdrawals()
            )
            if latest is None or nothing_to_delete(latest, audience, purge=purge, waiting=waiting):
                raise NotFoundError(f"no document {document_id!r}")
            check_match(latest.upload, if_match)
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

        One that fails otherwise is put off, and holds up neither the others nor what is read; the log tells of it.

        Raises:
            DependencyError: it still cannot.
        """
        for withdrawal in self._register.withdrawals():
            if self._not_before.get(withdrawal, 0.0) > time.monotonic():
                continue
            self._room.lend()
            try:
                foreseen(partial(self._carry_out, withdrawal))
            except Superseded:
                self._register.end_withdrawal(withdrawal)
            except DependencyError:
                raise
            except QuipuError:
                self._not_before[withdrawal] = time.monotonic() + PUT_OFF_SECONDS

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
            check_given(document.document_id, document.title, document.source)
            media_type = type_to_keep(document.source)
            digest = self._blobs.put(data)
        except InputError as error:
            return Accepted(document_id=document.document_id, error=error)
        return _Checked(document=document, media_type=media_type, digest=digest)

    def _admit(self, sender: _Sender, checked: _Checked) -> Accepted:
        """Acknowledge, unless the workspace would hold more than it may; then no byte of the part is kept."""
        try:
            return self._acknowledge(sender, checked)
        except QuotaExceeded as error:
            self.discard([checked.digest])
            return Accepted(document_id=checked.document.document_id, error=error)

    def _acknowledge(self, sender: _Sender, checked: _Checked) -> Accepted:
        document, workspace = checked.document, sender.workspace
        # again, within the transaction: a purge may have taken the same bytes since they were checked
        self._blobs.put(document.source.data)
        latest = self._register.latest(workspace, document.document_id) if document.document_id else None
        hidden = latest is not None and not sender.audience.may_read(latest.upload.readers)
        live = latest if latest and not latest.deleted and not hidden else None
        if sender.if_match is not None:
            check_match(live.upload if live else None, sender.if_match)
        if hidden:
            error = ConflictError(f"the id {document.document_id!r} cannot be used; choose another one")
            return Accepted(document_id=document.document_id, error=error)
        readers = document.readers if document.readers_given or latest is None else latest.upload.readers
        locked_out = not sender.audience.may_read(readers)
        if same := self._same(sender, checked, live, readers):
            return replace(same, locked_out=locked_out)
        job_id, upload = self._enter(workspace, checked, latest, live, readers)
        return Accepted(
            document_id=upload.document_id, version=upload.version, job_id=job_id, locked_out=locked_out
        )  # fmt: skip

    def _enter(
        self, workspace: str, checked: _Checked, latest: RegisteredVersion | None, live: RegisteredVersion | None,
        readers: Readers,
    ) -> tuple[str, Upload]:  # fmt: skip
        """Register the next version of a document, after ``latest``; its job, and the version."""
        document, now = checked.document, datetime.now(UTC)
        upload = Upload(
            workspace=workspace,
            document_id=document.document_id or uuid.uuid4().hex,
            version=latest.upload.version + 1 if latest else 1,
            title=document.title,
            source=document.source.name,
            media_type=checked.media_type,
            metadata=document.metadata,
            content_hash=checked.digest,
            created_at=live.upload.created_at if live else now,
            updated_at=now,
            readers=readers,
        )
        self._quota.take(workspace, upload.document_id, len(document.source.data))
        if gives_rights(latest, readers):
            self._graph.set_readers(workspace, upload.document_id, upload.version, readers)
        new = NewJob(workspace=workspace, kind="ingest", document_id=upload.document_id, version=upload.version)
        job = self._jobs.submit([new])[0]
        self._register.add(upload, deleted=False, job_id=job.id)
        return job.id, upload

    def _same(
        self, sender: _Sender, checked: _Checked, live: RegisteredVersion | None, readers: Readers
    ) -> Accepted | None:
        """The version that holds just this already; a failed one is no reason not to try again.

        Readers are given without another reading.
        """
        document, workspace = checked.document, sender.workspace
        twin = None
        if document.document_id is None and sender.audience.may_read(readers):
            twin = self._register.twin(workspace, checked.digest, document.title, document.metadata, readers)
        elif live and same_content(live.upload, checked.digest, document):
            twin = live
        if twin is None or not same_charset(twin.upload, checked.media_type):
            return None
        if self._jobs.get(workspace, twin.job_id).state in {"failed", "cancelled"}:
            return None
        upload = twin.upload
        if upload.readers != readers:
            self._graph.set_readers(workspace, upload.document_id, upload.version, readers)
            self._register.set_readers(workspace, upload.document_id, upload.version, readers)
        return Accepted(
            document_id=upload.document_id, version=upload.version, job_id=twin.job_id, deduplicated=True
        )  # fmt: skip

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
