"""The use case that shows a page of a document as it looks."""

from typing import Protocol

from graph.errors import NoSuchPage
from ingest.documents import Documents, Moment
from ingest.loaders.picture import PICTURES
from ingest.loaders.registry import PDF
from ingest.model import Source
from ingest.page_views import DrawnPage, PageView


class PageDrawer(Protocol):
    """Draws pages of files that strangers sent."""

    def draw(self, source: Source, view: PageView) -> DrawnPage:
        """A page as it looks.

        Raises:
            NoSuchPage: the file has fewer pages.
            Unreadable, DocumentTooLarge: it cannot be drawn.
            DependencyError: not now.
        """
        ...


class DocumentPages:
    """The pages of the documents that an audience may read."""

    def __init__(self, documents: Documents, drawer: PageDrawer) -> None:
        self._documents = documents
        self._drawer = drawer

    def draw(self, workspace: str, document_id: str, view: PageView, *, as_of: Moment = None) -> DrawnPage:
        """A page of a document: of a PDF, or the picture that a document is. Errors as of ``PageDrawer``, and
        NotFoundError.
        """
        original = self._documents.original(workspace, document_id, as_of=as_of)
        source = Source(
            name=original.document.source, media_type=original.document.media_type, data=original.data
        )  # fmt: skip
        if source.kind not in {PDF, *PICTURES}:
            raise NoSuchPage(f"document {document_id!r} is {source.kind}: only PDFs and pictures have pages to look at")
        return self._drawer.draw(source, view)
