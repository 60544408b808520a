"""What ingestion may ask of the parts that can be exchanged."""

from collections.abc import Callable, Sequence
from typing import Protocol

from graph.model import Document
from ingest.model import Extraction, LoadedDocument, Passages, PicturesRead, Source

Tell = Callable[[int, int], bool]
"""Called with (place of the document, chunks of it that are read); whether the document is still wanted."""


class DocumentLoader(Protocol):
    """Reads one family of formats."""

    @property
    def media_types(self) -> frozenset[str]:
        """The media types it reads."""
        ...

    def load(self, source: Source) -> LoadedDocument:
        """Text and sections of a file.

        Raises:
            Unreadable: broken, encrypted, or not of this format.
            DocumentTooLarge: it unpacks to more than the limit.
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


class PictureReader(Protocol):
    """Reads pages that are pictures."""

    def read(
        self, workspace: str, document: Document, source: Source, pages: Sequence[int],
        tell: Callable[[int, int], bool],
    ) -> PicturesRead:  # fmt: skip
        """What became of each of ``pages``. ``tell`` gets pages read and in all; it says whether they are still wanted.

        Raises:
            DependencyError: the model cannot be reached; what it has read so far is kept.
        """
        ...
