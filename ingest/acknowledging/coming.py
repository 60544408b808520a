"""How one document is acknowledged: checked, its bytes made durable, then registered with its job."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from graph.audience import Audience
from graph.errors import ConflictError, DependencyError, DocumentTooLarge, Unreadable
from graph.jobs import NewJob
from graph.ports.jobs import JobQueue
from graph.ports.operations import OperationalState
from graph.rights import Readers, both
from ingest.acknowledging.acceptance import check_match, gives_rights, same_charset, same_content
from ingest.acknowledging.family import held_by
from ingest.given_names import check_given
from ingest.loaders.loading import type_to_keep
from ingest.model import Accepted, NewDocument, RegisteredVersion, Upload
from ingest.ports import AlteredGraph, BlobStore, Quota, UploadRegister

DISCARDED_TOGETHER = 50
"""Files of bytes removed in one transaction, which uploads wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A document that can be accepted: what it will be read as, and the hash and size of its bytes, which are durable.

    The bytes of a member are at hand no more: ``source.data`` is empty.
    """

    document: NewDocument
    media_type: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Whose documents they are, which version they expect, the version that holds them, where one does, the token that
    they are acknowledged under, and the account that pays for what models read in them.
    """

    workspace: str
    audience: Audience
    if_match: int | None = None
    parent: Upload | None = None
    token: str = ""
    account: str = ""


class Acknowledging:
    """Acknowledges documents one by one. As for its parts see :class:`ingest.intake.Intake`."""

    def __init__(  # noqa: PLR0913 - built in one place, from what an upload touches
        self, *, state: OperationalState, register: UploadRegister, blobs: BlobStore, jobs: JobQueue,
        graph: AlteredGraph, quota: Quota, max_bytes: int,
    ) -> None:  # fmt: skip
        self._state = state
        self._register = register
        self._blobs = blobs
        self._jobs = jobs
        self._graph = graph
        self._quota = quota
        self._max_bytes = max_bytes

    def check(self, document: NewDocument) -> Checked:
        """The document with its media type, its bytes made durable. Raises InputError where it is refused."""
        data = document.source.data
        if len(data) > self._max_bytes:
            raise DocumentTooLarge(f"{document.source.name!r} has {len(data)} bytes; the limit is {self._max_bytes}")
        if not data.strip():
            raise Unreadable(f"{document.source.name!r} is empty")
        check_given(document.document_id, document.title, document.source)
        media_type = type_to_keep(document.source)
        digest = self._blobs.put(data)
        return Checked(document=document, media_type=media_type, digest=digest, size=len(data))

    def acknowledge(self, sender: Sender, checked: Checked) -> Accepted:
        """Register a document and its job, within a transaction.

        Raises:
            PreconditionFailed: another version is there than was expected.
            QuotaExceeded: the workspace may hold no more.
            DependencyError: readers change and the graph cannot be reached, or the bytes of a member are gone.
        """
        document, workspace = checked.document, sender.workspace
        self._keep_bytes(checked)
        latest = self._register.latest(workspace, document.document_id) if document.document_id else None
        hidden = latest is not None and not sender.audience.may_read(latest.upload.readers)
        live = latest if latest and not latest.deleted and not hidden else None
        if sender.if_match is not None:
            check_match(live.upload if live else None, sender.if_match)
        if hidden:
            error = ConflictError(f"the id {document.document_id!r} cannot be used; choose another one")
            return Accepted(document_id=document.document_id, error=error)
        if live and (refused := _of_another(sender, live.upload)):
            return Accepted(document_id=document.document_id, error=refused)
        readers = document.readers if document.readers_given or latest is None else latest.upload.readers
        locked_out = not sender.audience.may_read(readers)
        if same := self._same(sender, checked, live, readers):
            return replace(same, locked_out=locked_out)
        job_id, upload = self._enter(sender, checked, latest, live, readers)
        return Accepted(
            document_id=upload.document_id, version=upload.version, job_id=job_id, locked_out=locked_out,
            token=upload.token,
        )  # fmt: skip

    def discard(self, digests: Sequence[str]) -> int:
        """Remove bytes, unless a version refers to them by now; returns how many were there. Raises DependencyError."""
        removed = 0
        for first in range(0, len(digests), DISCARDED_TOGETHER):
            with self._state.transaction():  # one step: an upload of the same bytes waits for it, or is seen by it
                for digest in digests[first : first + DISCARDED_TOGETHER]:
                    if not self._register.refers(digest):
                        removed += self._blobs.delete(digest)
        return removed

    def forget_cut_off(self, seconds: float) -> int:
        """Remove bytes that came at least so many seconds ago and were never acknowledged; returns how many files."""
        known = set(self._register.digests())
        return self.discard([name for name in self._blobs.settled(seconds) if name not in known])

    def _keep_bytes(self, checked: Checked) -> None:
        """Again, within the transaction: a purge may have taken the same bytes since they were checked."""
        if checked.document.source.data:
            self._blobs.put(checked.document.source.data)
        elif not self._blobs.size(checked.digest):
            raise DependencyError(f"the bytes of {checked.document.source.name!r} are gone; it is read again")

    def _enter(
        self, sender: Sender, checked: Checked, latest: RegisteredVersion | None, live: RegisteredVersion | None,
        readers: Readers,
    ) -> tuple[str, Upload]:  # fmt: skip
        """Register the next version of a document, after ``latest``; its job, and the version."""
        document, workspace, now = checked.document, sender.workspace, datetime.now(UTC)
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
            parent=sender.parent.document_id if sender.parent else None,
            parent_version=sender.parent.version if sender.parent else 0,
            token=sender.token,
        )
        self._quota.take(workspace, upload.document_id, checked.size)
        if gives_rights(latest, readers):
            self._graph.set_readers(workspace, upload.document_id, upload.version, readers)
            self._give_members(workspace, upload.document_id, readers, narrow=True)
        new = NewJob(
            workspace=workspace, kind="ingest", document_id=upload.document_id, version=upload.version,
            account=sender.account,
        )  # fmt: skip
        job = self._jobs.submit([new])[0]
        self._register.add(upload, deleted=False, job_id=job.id)
        return job.id, upload

    def _same(
        self, sender: Sender, checked: Checked, live: RegisteredVersion | None, readers: Readers
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
            self._give_members(workspace, upload.document_id, readers, narrow=False)
        return Accepted(
            document_id=upload.document_id, version=upload.version, job_id=twin.job_id, deduplicated=True,
            token=upload.token,
        )  # fmt: skip

    def _give_members(self, workspace: str, document_id: str, readers: Readers, *, narrow: bool) -> None:
        """Give all that a document holds its readers. Who gets the right with a new text gets it with that text."""
        for one in [held for held in held_by(self._register, workspace, document_id) if not held.deleted]:
            upload = one.upload
            given = both(upload.readers, readers) if narrow else readers
            if given != upload.readers:
                self._graph.set_readers(workspace, upload.document_id, upload.version, given)
                self._register.set_readers(workspace, upload.document_id, upload.version, given)


def _of_another(sender: Sender, live: Upload) -> ConflictError | None:
    """Why a document that is there cannot be replaced: it is held by another one, or by none."""
    parent = sender.parent.document_id if sender.parent else None
    if live.parent == parent:
        return None
    if live.parent is not None:
        return ConflictError(f"{live.document_id!r} is part of {live.parent!r}: replace that one, or delete this first")
    return ConflictError(f"the id {live.document_id!r} is that of another document")
