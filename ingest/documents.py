"""Documents as they stand: the newest version, an earlier one, or one that is still to come."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from graph.audience import NOBODY, Audience
from graph.errors import NotFoundError
from graph.filters import Filters
from graph.jobs import Job, JobState
from graph.model import Document, GraphCounts, PlacedChunk
from graph.ports.jobs import JobQueue
from graph.ports.reading import DocumentReader, SharedKnowledge
from graph.rights import Readers, Rights
from graph.view.knowledge_view import KnowledgeViews
from ingest.acknowledging.family import members_of
from ingest.loaders.page_views import DrawnPage, PageDrawer, PageView
from ingest.loaders.picture import PICTURES
from ingest.loaders.registry import PDF
from ingest.member_ports import MemberRegister
from ingest.model import ReadingReport, Source
from ingest.ports import BlobStore, ByteReferences, VersionRegister
from ingest.reading_reports import ReadingReports, SecondReading, second_reading

Moment = int | datetime | None
"""As of what: a revision, a time with a zone, or now."""
MOST_MEMBERS = 1_000
"""Members whose ids are told; the others are found by a filter on ``part_of``."""
LIVE, PARTLY_READ = "live", "partly read"


class KnownVersions(VersionRegister, MemberRegister, ByteReferences, ReadingReports, Protocol):
    """What is asked of the register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentState:
    """A version and what it contributes at a revision.

    ``state`` is ``live``, or ``partly read`` where it is live and something in its file could not be read; or that of
    the job that will bring the version. ``reading`` is None where it is not known how the version was read, ``second``
    where no language model reads it.
    """

    document: Document
    state: str
    revision: int
    counts: GraphCounts
    reading: ReadingReport | None = None
    second: SecondReading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """The document that holds one, and the ids of those that it holds itself: the first of them, and how many."""

    parent: str | None
    members: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The bytes of a version as they were uploaded."""

    document: Document
    data: bytes


class Documents:
    """The documents of every workspace, for whoever reads them: what an audience may not read is not there.

    Args:
        store: the store.
        views: tells the revision that ``as_of`` means.
        register: which versions have been acknowledged.
        jobs: how far each of them is.
        blobs: the bytes as they were uploaded.
        audience: who reads.
    """

    def __init__(
        self, *, store: SharedKnowledge, views: KnowledgeViews, register: KnownVersions, jobs: JobQueue,
        blobs: BlobStore, audience: Audience = NOBODY,
    ) -> None:  # fmt: skip
        self._store = store
        self._blobs = blobs
        self._audience = audience
        self._reader: DocumentReader = store.read_as(audience)
        self._views = views
        self._register = register
        self._jobs = jobs

    def read_as(self, audience: Audience) -> "Documents":
        """The same documents, for another audience."""
        return Documents(
            store=self._store, views=self._views, register=self._register, jobs=self._jobs, blobs=self._blobs,
            audience=audience,
        )  # fmt: skip

    def page(
        self, workspace: str, *, as_of: Moment = None, after: str = "", limit: int = 100, filters: Filters | None = None
    ) -> tuple[DocumentState, ...]:
        """Live documents in order of id, those after the id ``after``, at most ``limit``."""
        revision = self._views.revision(workspace, as_of=as_of)
        found = self._reader.documents(workspace, revision, after=after, limit=limit, filters=filters)
        return self._states(workspace, found, revision)

    def holding(self, workspace: str, digest: str) -> tuple[DocumentState, ...]:
        """The documents whose newest version has these bytes (their SHA-256 in hex), by id."""
        found = []
        for document_id in self._register.holders(workspace, digest):
            with suppress(NotFoundError):  # it may not be read, or went meanwhile
                found.append(self.get(workspace, document_id))
        return tuple(found)

    def get(self, workspace: str, document_id: str, *, as_of: Moment = None) -> DocumentState:
        """One document: the version that is live, or the one that is still to come where none is.

        Raises:
            NotFoundError: there is none; a deleted document is none.
        """
        revision = self._views.revision(workspace, as_of=as_of)
        newest = self._acknowledged(workspace, document_id, revision) if as_of is None else None
        try:
            live = self._reader.document(workspace, document_id, revision)
        except NotFoundError:
            if newest is None:
                raise
            return newest
        (found,) = self._states(workspace, [live], revision)
        if newest is None or newest.document.version == live.version:
            return found
        return replace(found, state=newest.state)

    def text(self, workspace: str, document_id: str, *, as_of: Moment = None) -> str:
        """The whole text that offsets of chunks and citations refer to. Raises NotFoundError."""
        return self._reader.text(workspace, document_id, self._views.revision(workspace, as_of=as_of))

    def original(self, workspace: str, document_id: str, *, as_of: Moment = None) -> Original:
        """The bytes that the version was read from, or will be. Raises NotFoundError, also where they are not kept."""
        document = self.get(workspace, document_id, as_of=as_of).document
        if not document.content_hash or not self._blobs.size(document.content_hash):
            raise NotFoundError(f"the original of {document_id!r}, version {document.version}, is not kept")
        return Original(document=document, data=self._blobs.get(document.content_hash))

    def at(self, workspace: str, document_id: str, version: int) -> int:
        """A revision at which a version can be read, of a document that is there now. Raises NotFoundError."""
        newest = self._views.revision(workspace)
        self._reader.document(workspace, document_id, newest)
        for kept, _, end in reversed(self._reader.versions(workspace, document_id)):
            if kept.version == version:
                return newest if end is None else end - 1
        raise NotFoundError(f"no version {version} of document {document_id!r} is kept")

    def drawn(
        self, workspace: str, document_id: str, view: PageView, drawer: PageDrawer, *, as_of: Moment = None
    ) -> DrawnPage:
        """A page of a PDF as it looks, or the picture that a document is. Errors as of ``drawer``; NotFoundError."""
        original = self.original(workspace, document_id, as_of=as_of)
        source = Source(
            name=original.document.source, media_type=original.document.media_type, data=original.data
        )  # fmt: skip
        if source.kind not in {PDF, *PICTURES}:
            raise NotFoundError(f"document {document_id!r} is {source.kind}: only PDFs and pictures have pages to show")
        return drawer.draw(source, view)

    def readings(self, workspace: str, versions: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], ReadingReport]:
        """How versions (id, number) of documents were read, of those of which it is known; ask for such that are there
        for the audience.
        """
        return self._register.readings(workspace, versions)

    def chunks(self, workspace: str, document_id: str, *, as_of: Moment = None) -> tuple[PlacedChunk, ...]:
        """The chunks of a document, in order. Raises NotFoundError."""
        return self._reader.document_chunks(workspace, document_id, self._views.revision(workspace, as_of=as_of))

    def kin(self, workspace: str, document_id: str) -> Kin:
        """What a document is part of, and what is part of it, now, acknowledged or live."""
        latest = self._register.latest(workspace, document_id)
        found = [
            one.upload.document_id
            for one in members_of(self._register, workspace, document_id)
            if not one.deleted and self._audience.may_read(one.upload.readers)
        ]
        parent = latest.upload.parent if latest is not None and not latest.deleted else None
        return Kin(parent=parent, members=tuple(found[:MOST_MEMBERS]), count=len(found))

    def versions(self, workspace: str, document_id: str) -> tuple[tuple[Document, int, int | None], ...]:
        """Every version that is kept, oldest first, with the revisions it is live from and to. Raises NotFoundError."""
        found = self._reader.versions(workspace, document_id)
        if not found:
            raise NotFoundError(f"no document {document_id!r}")
        return found

    def jobs(
        self, workspace: str, *, state: JobState | None = None, document_id: str | None = None,
        after: str | None = None, limit: int = 100,
    ) -> tuple[Job, ...]:  # fmt: skip
        """Jobs of documents, newest first, older than ``after``; for who may read everything, all others as well."""
        looked_at = limit
        while True:
            jobs = self._jobs.list(workspace, state=state, document_id=document_id, after=after, limit=looked_at)
            found = self._known(workspace, jobs)[:limit]
            if len(found) == limit or len(jobs) < looked_at:
                return tuple(found)
            looked_at *= 4

    def job(self, workspace: str, job_id: str) -> Job:
        """One of these jobs. Raises NotFoundError."""
        found = self._known(workspace, (self._jobs.get(workspace, job_id),))
        if not found:
            raise NotFoundError(f"no job {job_id!r}")
        return found[0]

    def readers(self, workspace: str, document_ids: Sequence[str]) -> Mapping[str, Readers]:
        """Who may read documents, now or once what they wait for has come; None: the whole workspace."""
        rights = self._store.rights(workspace, document_ids)
        plain = Rights()
        return {
            one: (held.coming if held.waits else held.readers)
            for one in document_ids
            for held in (rights.get(one, plain),)
        }

    def _known(self, workspace: str, jobs: Sequence[Job]) -> list[Job]:
        """Those of some jobs that exist for the audience."""
        if self._audience.unrestricted:
            return list(jobs)
        ids = {job.document_id for job in jobs if job.document_id is not None}
        rights = self._store.rights(workspace, sorted(ids))
        hidden = {one for one, held in rights.items() if not self._audience.may_read(held.readers)}
        # of a purged document nobody knows any more whose it was
        hidden |= {one for one in ids - hidden if not self._kept(workspace, one)}
        return [job for job in jobs if job.document_id is not None and job.document_id not in hidden]

    def _kept(self, workspace: str, document_id: str) -> bool:
        latest = self._register.latest(workspace, document_id)
        return latest is not None and bool(latest.upload.content_hash)

    def _readable(self, workspace: str, document_id: str) -> bool:
        held = self._store.rights(workspace, [document_id]).get(document_id)
        return held is None or self._audience.may_read(held.readers)

    def _states(self, workspace: str, live: Sequence[Document], revision: int) -> tuple[DocumentState, ...]:
        readings = self._register.readings(workspace, [(one.id, one.version) for one in live])
        found = []
        for one in live:
            reading = readings.get((one.id, one.version))
            found.append(
                DocumentState(
                    document=one, state=PARTLY_READ if reading is not None and reading.partly else LIVE,
                    revision=revision, counts=self._reader.document_counts(workspace, one.id, revision),
                    reading=reading, second=second_reading(self._jobs, workspace, one),
                )
            )  # fmt: skip
        return tuple(found)

    def _acknowledged(self, workspace: str, document_id: str, revision: int) -> DocumentState | None:
        """The newest version that was acknowledged, and the state of its job; None where that is a deletion."""
        latest = self._register.latest(workspace, document_id)
        if latest is None or latest.deleted or not self._readable(workspace, document_id):
            return None
        upload = latest.upload
        document = Document(
            id=upload.document_id, version=upload.version, title=upload.title or upload.source, source=upload.source,
            media_type=upload.kind, metadata=upload.metadata, content_hash=upload.content_hash,
            created_at=upload.created_at, updated_at=upload.updated_at,
        )  # fmt: skip
        state = self._jobs.get(workspace, latest.job_id).state
        return DocumentState(document=document, state=state, revision=revision, counts=GraphCounts())
