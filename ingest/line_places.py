"""Where the lines of a version are drawn, and who keeps it: citations of a PDF show the place on the page."""

from collections.abc import Sequence
from typing import Protocol

from ingest.model import LineBox


class LinePlaces(Protocol):
    """The boxes of lines, kept as long as the version that they are of. A version without any has no place."""

    def set_places(self, workspace: str, document_id: str, version: int, boxes: Sequence[LineBox]) -> None:
        """Keep the boxes of a version in place of earlier ones; nothing is kept of a version that is forgotten."""
        ...

    def places(self, workspace: str, document_id: str, version: int, start: int, end: int) -> Sequence[LineBox]:
        """The lines that ``[start, end)`` of a version's text touches, in order."""
        ...
