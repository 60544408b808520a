"""Documents as they stand: the newest version, an earlier one, or one that is still to come."""

from dataclasses import dataclass
from datetime import datetime

from graph.errors import NotFoundError
from graph.filters import Filters
from graph.model import Document, GraphCounts, PlacedChunk
from graph.ports.jobs import JobQueue
from graph.ports.reading import DocumentReader
from graph.view.knowledge_view import KnowledgeViews
from ingest.ports import VersionRegister

Moment = int | datetime | None
"""As of what: a revision, a time with a zone, or now."""
LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentState:
    """A version and what it contributes at a revision; ``state`` is ``live``, or that of the job that will bring it."""

    document: Document
    state: str
    revision: int
    counts: GraphCounts


class Documents:
    """The documents of every workspace, for reading.

    Args:
        reader: the store.
        views: tells the revision that ``as_of`` means.
        register: which versions have been acknowledged.
        jobs: how far each of them is.
    """

    def __init__(
        self, *, reader: DocumentReader, views: KnowledgeViews, register: VersionRegister, jobs: JobQueue
    ) -> None:  # fmt: skip
        self._reader = reader
        self._views = views
        self._register = register
        self._jobs = jobs

    def page(
        self, workspace: str, *, as_of: Moment = None, after: str = "", limit: int = 100, filters: Filters | None = None
    ) -> tuple[DocumentState, ...]:
        """Live documents in order of id, those after the id ``after``, at most ``limit``."""
        revision = self._views.revision(workspace, as_of=as_of)
        found = self._reader.documents(workspace, revision, after=after, limit=limit, filters=filters)
        return tuple(self._live(workspace, document, LIVE, revision) for document in found)

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
        state = LIVE if newest is None or newest.document.version == live.version else newest.state
        return self._live(workspace, live, state, revision)

    def text(self, workspace: str, document_id: str, *, as_of: Moment = None) -> str:
        """The whole text that offsets of chunks and citations refer to. Raises NotFoundError."""
        return self._reader.text(workspace, document_id, self._views.revision(workspace, as_of=as_of))

    def chunks(self, workspace: str, document_id: str, *, as_of: Moment = None) -> tuple[PlacedChunk, ...]:
        """The chunks of a document, in order. Raises NotFoundError."""
        return self._reader.document_chunks(workspace, document_id, self._views.revision(workspace, as_of=as_of))

    def versions(self, workspace: str, document_id: str) -> tuple[tuple[Document, int, int | None], ...]:
        """Every version that is kept, oldest first, with the revisions it is live from and to. Raises NotFoundError."""
        found = self._reader.versions(workspace, document_id)
        if not found:
            raise NotFoundError(f"no document {document_id!r}")
        return found

    def _live(self, workspace: str, document: Document, state: str, revision: int) -> DocumentState:
        counts = self._reader.document_counts(workspace, document.id, revision)
        return DocumentState(document=document, state=state, revision=revision, counts=counts)

    def _acknowledged(self, workspace: str, document_id: str, revision: int) -> DocumentState | None:
        """The newest version that was acknowledged, and the state of its job; None where that is a deletion."""
        latest = self._register.latest(workspace, document_id)
        if latest is None or latest.deleted:
            return None
        upload = latest.upload
        document = Document(
            id=upload.document_id, version=upload.version, title=upload.title or upload.source, source=upload.source,
            media_type=upload.media_type, metadata=upload.metadata, content_hash=upload.content_hash,
            created_at=upload.created_at, updated_at=upload.updated_at,
        )  # fmt: skip
        state = self._jobs.get(workspace, latest.job_id).state
        return DocumentState(document=document, state=state, revision=revision, counts=GraphCounts())
