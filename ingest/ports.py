"""What ingestion may ask of the parts that can be exchanged."""

from collections.abc import Sequence
from typing import Protocol

from ingest.model import ChunkText, Extraction, LoadedDocument, Source


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

    def extract(self, title: str, chunks: Sequence[ChunkText]) -> tuple[Extraction, ...]:
        """One extraction per chunk, in order. ``title`` is the document's."""
        ...
