"""A page of a file as a person looks at it: what is asked for, what is drawn, and who draws."""

from dataclasses import dataclass
from typing import Protocol

from ingest.model import Source

Box = tuple[float, float, float, float]
"""``x0, y0, x1, y1`` in points from the lower left corner of a page as it is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A page, counted from 1, at ``scale`` pixels a point, with some boxes marked."""

    page: int
    scale: float
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPage:
    """A page as a PNG, at the ``scale`` that it was drawn at: a large page is drawn smaller than it was asked for."""

    picture: bytes
    scale: float


class PageDrawer(Protocol):
    """Draws pages of files that strangers sent."""

    def draw(self, source: Source, view: PageView) -> DrawnPage:
        """A page as it looks.

        Raises:
            NotFoundError: the file has fewer pages.
            Unreadable, DocumentTooLarge: it cannot be drawn.
            DependencyError: not now.
        """
        ...
