"""What ingestion may ask of the parts that can be exchanged: what reads documents, and what keeps their state."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from graph.model import Document, Metadata, Removal
from graph.quotas import Holding
from graph.rights import Readers
from ingest.member_ports import MemberRegister, Take
from ingest.model import Extraction, LoadedDocument, Passages, RegisteredVersion, Source, Upload, Withdrawal
from ingest.model_reading import ModelReading
from ingest.outcomes import PicturesRead
from ingest.reading_reports import ReadingReports

Tell = Callable[[int, int], bool]
"""Called with (place of the document, chunks of it that are read); says whether the document is still wanted."""

Wanted = Callable[[], bool]
"""Called now and then while something is being done; says whether it is still wanted."""

SETTLED_SECONDS = 3600.0
"""Bytes that nothing refers to after this long belong to nobody."""


class AlteredGraph(Protocol):
    """What deletions and changes of rights ask of a store: they reach it before anything else does."""

    def remove(self, workspace: str, document_id: str, version: int) -> Removal:
        """As in :class:`graph.ports.writing.GraphWriter`."""
        ...

    def purge(self, workspace: str, document_id: str, version: int) -> Removal:
        """As in :class:`graph.ports.writing.GraphMaintenance`."""
        ...

    def set_readers(self, workspace: str, document_id: str, version: int, readers: Readers) -> int:
        """As in :class:`graph.ports.writing.RightsWriter`."""
        ...


class InterruptibleLoader(Protocol):
    """Reads any format, and ends early where a document is no longer wanted."""

    def load(
        self, source: Source, wanted: Wanted = lambda: True, take: Take = lambda _: None
    ) -> LoadedDocument:  # fmt: skip
        """What was read of a file. What it holds as documents of their own is handed to ``take``, one at a time.

        A reading that is tried again hands the same members out again.

        Raises:
            Unreadable: broken, encrypted, or not of this format.
            DocumentTooLarge: it unpacks to more than the limit.
            TooMuchText, TooManyPages, TooDeep, TooDemanding: over another limit of one document.
            ParserCrashed: its parser died, each time it was tried.
            Superseded: it was not wanted any more.
            DependencyError: there is no parser now.
        """
        ...


class Extractor(Protocol):
    """Reads names and relations in chunks."""

    @property
    def identity(self) -> str:
        """Name and version: the same identity reads the same in the same chunk."""
        ...

    def extract(self, documents: Sequence[Passages], tell: Tell) -> tuple[tuple[Extraction, ...], ...]:
        """For each document one extraction per chunk, in order.

        Raises:
            DependencyError: a model cannot be reached; what it has read so far is kept.
        """
        ...


class PictureTranscriber(Protocol):
    """Turns pages that are pictures into text."""

    def from_cache(self) -> "PictureTranscriber":
        """The same, but it reads nothing: pages that have not been read yet are pending."""

    def transcribe(
        self, workspace: str, document: Document, source: Source, pages: Sequence[int],
        tell: Callable[[int, int], bool],
    ) -> PicturesRead:  # fmt: skip
        """What became of each of ``pages``. ``tell`` gets pages read and in all; it says whether they are still wanted.

        Raises:
            DependencyError: the model cannot be reached; what it has read so far is kept.
        """
        ...


class VersionRegister(Protocol):
    """Versions of every document in the order in which they were acknowledged; a deletion is a version, too.

    What reads and adds in one step does so within :meth:`graph.ports.operations.OperationalState.transaction`.
    """

    def latest(self, workspace: str, document_id: str) -> RegisteredVersion | None:
        """The newest version; None for an unknown document."""
        ...

    def get(self, workspace: str, document_id: str, version: int) -> Upload | None:
        """One version. A forgotten one has an empty ``content_hash``; a deletion carries what it deleted."""
        ...

    def twin(
        self, workspace: str, content_hash: str, title: str | None, metadata: Metadata, readers: Readers
    ) -> RegisteredVersion | None:
        """A document whose newest version has the same bytes, title, metadata and readers, and is no deletion."""
        ...

    def add(self, upload: Upload, *, deleted: bool, job_id: str) -> None:
        """Record a version."""
        ...

    def page(self, workspace: str, *, after: str = "", limit: int = 500) -> Sequence[RegisteredVersion]:
        """The newest version of every document in order of their ids, beginning after the id ``after``."""
        ...

    def workspaces(self) -> Sequence[str]:
        """Every workspace with an upload, sorted."""
        ...


class ReadersRegister(Protocol):
    """Readers that were given without a new text."""

    def set_readers(self, workspace: str, document_id: str, version: int, readers: Readers) -> None:
        """Note them with the version that was the newest."""
        ...


class WithdrawalRegister(Protocol):
    """Deletions that have yet to reach the graph, at most one a document."""

    def begin_withdrawal(self, withdrawal: Withdrawal) -> None:
        """Note what has to reach the graph; a purge stays a purge."""
        ...

    def end_withdrawal(self, withdrawal: Withdrawal) -> None:
        """It has reached the graph. A later withdrawal of the same document stays noted."""
        ...

    def withdrawals(self) -> Sequence[Withdrawal]:
        """All that has yet to reach the graph."""
        ...


class ByteReferences(Protocol):
    """Which uploaded bytes are still needed, by their SHA-256. Deletions need none."""

    def digests(self, *, after: str = "", limit: int | None = None) -> Sequence[str]:
        """Hashes of all bytes that any version refers to, sorted; those after ``after``, at most ``limit``."""
        ...

    def refers(self, digest: str) -> bool:
        """Whether any version refers to these bytes."""
        ...

    def holders(self, workspace: str, digest: str) -> Sequence[str]:
        """Ids of documents whose newest version has these bytes and is no deletion, sorted."""
        ...

    def forget(self, workspace: str, document_id: str, version: int) -> Sequence[str]:
        """Blank everything but the numbers of a document's versions up to this one.

        Returns the hashes of bytes that nothing refers to any more. Versions after ``version`` were acknowledged
        after the purge: they are other texts, and stay.
        """
        ...

    def forget_workspace(self, workspace: str) -> Sequence[str]:
        """Drop all that is known of a workspace's uploads; returns hashes as ``forget`` does."""
        ...

    def forget_superseded(self, workspace: str, before: datetime) -> Sequence[str]:
        """Blank the versions that a newer one or a deletion replaced before a moment, as ``forget`` does."""
        ...


class UploadRegister(
    VersionRegister, ReadersRegister, MemberRegister, WithdrawalRegister, ByteReferences, ReadingReports, Protocol
):  # fmt: skip
    """All that is known of uploads."""


class Quota(Protocol):
    """What a workspace may hold. It is asked within the transaction that acknowledges."""

    def take(self, workspace: str, document_id: str, size: int) -> None:
        """A document comes, or its next version, with so many bytes: it counts. Raises QuotaExceeded."""
        ...

    def give_back(self, workspace: str, document_id: str) -> None:
        """A document goes."""
        ...

    def held_within(self, workspace: str, document_id: str) -> Holding:
        """What all documents come to whose ids begin with that of another one and a slash."""
        ...


class Holdings(Protocol):
    """The bytes of the newest original of every live document."""

    @property
    def counted(self) -> bool:
        """Whether documents are counted that were there before counting began."""
        ...

    def held(self, workspace: str, *, within: str | None = None) -> Holding:
        """Documents and bytes of a workspace, or of the documents whose ids begin with ``within`` and a slash."""
        ...

    def size_of(self, workspace: str, document_id: str) -> int | None:
        """The bytes of a document; None where it is not held."""
        ...

    def hold(self, workspace: str, document_id: str, size: int) -> None:
        """Count a document with so many bytes, in place of what it had."""
        ...

    def release(self, workspace: str, document_id: str) -> None:
        """Count a document no more; nothing happens where it is not held."""
        ...

    def forget_all(self, workspace: str | None = None) -> None:
        """Begin to count anew, with nothing: in every workspace, or in one that is deleted."""
        ...


class ExtractionCache(Protocol):
    """What a language model answered, by a digest of all that its answer depends on, and which documents led to it.

    See :func:`ingest.extraction.prompt.prompt_digest`.
    """

    def get(self, digests: Sequence[str]) -> Mapping[str, ModelReading]:
        """The readings that are held, by digest."""
        ...

    def put(self, workspace: str, document: Document, digest: str, reading: ModelReading) -> None:
        """Keep an answer, durably. Nothing is kept where the document was purged while the model was at it."""
        ...

    def use(self, workspace: str, document: Document, digests: Sequence[str]) -> None:
        """Note that a document's text leads to these answers, unless it has been purged."""
        ...

    def forget_failures(self, workspace: str, document_id: str) -> None:
        """Drop a document's failed readings, so that they are asked again. A failure is kept until its job ends."""
        ...

    def forget(self, workspace: str, document_id: str) -> int:
        """Drop the answers that only this document leads to: part of purging it. Returns how many there were."""
        ...

    def forget_workspace(self, workspace: str) -> None:
        """Drop the answers that only documents of this workspace lead to: part of deleting it."""
        ...


class BlobStore(Protocol):
    """Uploaded bytes under their SHA-256 (hex), written once."""

    def put(self, data: bytes) -> str:
        """Make bytes durable; returns their hash. Raises DependencyError."""
        ...

    def get(self, digest: str) -> bytes:
        """The bytes. Raises DependencyError if they are missing or damaged."""
        ...

    def size(self, digest: str) -> int:
        """Number of bytes; 0 where there are none."""
        ...

    def settled(self, seconds: float = SETTLED_SECONDS) -> Sequence[str]:
        """Names of all that has been here for so long, sorted: bytes come before what refers to them."""
        ...

    def delete(self, digest: str) -> bool:
        """Remove bytes so that they cannot be read again; whether there were any. Raises DependencyError."""
        ...
