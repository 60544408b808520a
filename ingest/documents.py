"""Documents as they stand: the newest version, an earlier one, or one that is still to come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from graph.errors import NotFoundError
from graph.filters import Filters
from graph.model import Document, GraphCounts, PlacedChunk
from graph.ports.reading import DocumentReader
from graph.view.knowledge_view import KnowledgeViews

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
        status: the newest acknowledged version of a document and the state of its job, by workspace and id.
    """

    def __init__(
        self, reader: DocumentReader, views: KnowledgeViews, status: Callable[[str, str], tuple[Document | None, str]]
    ) -> None:
        self._reader = reader
        self._views = views
        self._status = status

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
        pending, state = self._status(workspace, document_id)
        try:
            live = self._reader.document(workspace, document_id, revision)
        except NotFoundError:
            if pending is None or as_of is not None:
                raise
            return DocumentState(document=pending, state=state, revision=revision, counts=GraphCounts())
        newest = pending is None or pending.version == live.version or as_of is not None
        return self._live(workspace, live, LIVE if newest else state, revision)

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
