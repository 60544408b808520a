"""Where documents are acknowledged: durable bytes, a version number and a job, in one step."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from graph.audience import NOBODY, Audience
from graph.errors import DeletionRecorded, DependencyError, InputError, NotFoundError, QuotaExceeded
from graph.ports.jobs import JobQueue
from graph.ports.operations import OperationalState, StorageRoom
from ingest.acknowledged import new_token
from ingest.acknowledging.acceptance import check_match, nothing_to_delete
from ingest.acknowledging.coming import Acknowledging, Checked, Sender
from ingest.acknowledging.going import Withdrawing
from ingest.acknowledging.membership import Membership
from ingest.model import Accepted, NewDocument
from ingest.outcomes import Receipt
from ingest.ports import AlteredGraph, BlobStore, Quota, UploadRegister


class Intake:
    """Accepts and withdraws documents. ``forget`` drops what else was kept of a purged one, by workspace and id.

    ``committed`` is told the workspace of each deletion that reached the graph. ``members`` sees to documents that are
    held by another one: they come, change and go with it.
    """

    def __init__(  # noqa: PLR0913 - built in one place, from what an upload touches
        self, *, state: OperationalState, register: UploadRegister, blobs: BlobStore, jobs: JobQueue,
        graph: AlteredGraph, quota: Quota, room: StorageRoom, max_bytes: int,
        forget: Callable[[str, str], object], committed: Callable[[str], object] = lambda _: None,
    ) -> None:  # fmt: skip
        self._state = state
        self._register = register
        self._room = room
        self._committed = committed
        self._coming = Acknowledging(
            state=state, register=register, blobs=blobs, jobs=jobs, graph=graph, quota=quota, max_bytes=max_bytes
        )
        self._going = Withdrawing(
            state=state, register=register, blobs=blobs, jobs=jobs, graph=graph, quota=quota, room=room, forget=forget,
            committed=committed,
        )  # fmt: skip
        self.members = Membership(
            state=state, register=register, quota=quota, room=room, coming=self._coming, going=self._going
        )  # fmt: skip

    def accept(
        self, workspace: str, documents: Sequence[NewDocument], *, audience: Audience = NOBODY,
        if_match: int | None = None, account: str = "",
    ) -> tuple[Accepted, ...]:  # fmt: skip
        """Acknowledge documents, one entry each, in order; a part that is refused does not stop the others.

        Bytes are durable, and the register's entries and the jobs committed together, when this returns; and who lost
        the right to read a document has lost it. A document that ``audience``, who sends them, may not read is not
        there for them; only its id cannot be used. ``account`` pays for what models read in them.

        Raises:
            PreconditionFailed: ``if_match`` is not the document's version.
            StorageFull: the disk has no room; nothing was taken in.
            DependencyError: readers change, and the graph cannot be reached. Nothing is acknowledged.
        """
        self._room.check(sum(len(document.source.data) for document in documents))
        checked = [self._check(document) for document in documents]
        sender = Sender(
            workspace=workspace, audience=audience, if_match=if_match, token=new_token(), account=account
        )  # fmt: skip
        with self._state.transaction():
            accepted = tuple(item if isinstance(item, Accepted) else self._admit(sender, item) for item in checked)
        if any(document.readers_given for document in documents):
            self._committed(workspace)
        return accepted

    def replace(
        self, workspace: str, document_id: str, document: NewDocument, *, audience: Audience = NOBODY,
        if_match: int | None = None, account: str = "",
    ) -> Accepted:  # fmt: skip
        """Acknowledge one document under an id, whether or not there is one already. Raises as :meth:`accept`, and
        InputError where the document names another id.
        """
        if document.document_id not in {None, document_id}:
            raise InputError(f"the body names document {document.document_id!r}, the path {document_id!r}")
        named = replace(document, document_id=document_id)
        return self.accept(workspace, [named], audience=audience, if_match=if_match, account=account)[0]

    def withdraw(
        self, workspace: str, document_id: str, *, audience: Audience = NOBODY, purge: bool = False,
        if_match: int | None = None,
    ) -> Receipt:  # fmt: skip
        """Delete a document now, with all that it holds and ahead of every queued job; with ``purge`` at every revision
        and with its bytes.

        Raises:
            NotFoundError: there is no such document, or none that ``audience``, who wants it gone, may read.
            DeletionRecorded: the graph cannot be reached. The deletion is recorded: it is carried out before any
                other work once the graph is back.
        """
        self._room.lend()
        token = new_token()
        with self._going.alone:
            with self._state.transaction():
                latest = self._register.latest(workspace, document_id)
                waiting = any(
                    (w.workspace, w.document_id) == (workspace, document_id) for w in self._register.withdrawals()
                )
                if latest is None or nothing_to_delete(latest, audience, purge=purge, waiting=waiting):
                    raise NotFoundError(f"no document {document_id!r}")
                check_match(latest.upload, if_match)
                begun = self._going.begin(latest, purge=purge, token=token)
            try:
                gone = self._going.carry_out(begun.withdrawals)
            except DependencyError as error:
                raise DeletionRecorded(str(error), version=latest.upload.version + 1, token=token) from error
        return Receipt(
            document_id=document_id, version=latest.upload.version + 1, revision=gone.revision, purged=purge,
            gone=gone.counts, jobs_cancelled=begun.jobs_cancelled, blobs=gone.blobs, members=len(begun.withdrawals) - 1,
            token=token,
        )  # fmt: skip

    def finish_withdrawals(self) -> None:
        """Carry out what was recorded while the graph could not be reached.

        One that fails otherwise is put off, and holds up neither the others nor what is read; the log tells of it.

        Raises:
            DependencyError: it still cannot.
        """
        self._going.finish()

    def discard(self, digests: Sequence[str]) -> int:
        """Remove bytes, unless a version refers to them by now; returns how many were there. Raises DependencyError."""
        return self._coming.discard(digests)

    def forget_cut_off(self, seconds: float) -> int:
        """Remove what uploads left that were cut off: bytes at least so old that were never acknowledged.

        To be called with the age of this process: what came before it comes no more. Returns how many files there were.
        Raises DependencyError.
        """
        return self._coming.forget_cut_off(seconds)

    def _check(self, document: NewDocument) -> Checked | Accepted:
        """The document as it can be accepted, or its refusal."""
        try:
            return self._coming.check(document)
        except InputError as error:
            return Accepted(document_id=document.document_id, error=error)

    def _admit(self, sender: Sender, checked: Checked) -> Accepted:
        """Acknowledge, unless the workspace would hold more than it may; then no byte of the part is kept."""
        try:
            return self._coming.acknowledge(sender, checked)
        except QuotaExceeded as error:
            self.discard([checked.digest])
            return Accepted(document_id=checked.document.document_id, error=error)
