"""Places on a page: boxes, words, and the frames in which what is written another way stands upright. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in points, y upwards."""
SKEWED, VERTICAL = -1, 270
"""Ways of writing: neither along nor across the page; East Asian columns from right to left, as if turned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word, upright in the frame of its way of writing; ``spacing``: points between its characters, all together."""

    text: str
    box: Box
    spacing: float = 0.0

    @property
    def height(self) -> float:
        """Of its characters, in points."""
        return max(self.box[3] - self.box[1], 0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """A page: its size in points as it stands in the file, its lower left corner, and how it is turned to be shown."""

    width: float
    height: float
    left: float = 0.0
    bottom: float = 0.0
    rotation: int = 0

    @property
    def shown_size(self) -> tuple[float, float]:
        """Width and height as shown."""
        return (self.height, self.width) if self.rotation % 180 else (self.width, self.height)

    def upright(self, box: Box, way: int) -> Box:
        """A box of the file in the frame of what is written this way."""
        moved = (box[0] - self.left, box[1] - self.bottom, box[2] - self.left, box[3] - self.bottom)
        return turned(moved, way, self.width, self.height)

    def shown_box(self, box: Box, way: int) -> Box:
        """A box of that frame on the page as it is shown, from its lower left corner."""
        size = (self.height, self.width) if way % 180 else (self.width, self.height)
        return turned(turned(box, -way % 360, *size), self.rotation, self.width, self.height)


def turned(box: Box, clockwise: int, width: float, height: float) -> Box:
    """A box of a sheet of this size after the sheet is turned by a multiple of 90 degrees."""
    x0, y0, x1, y1 = box
    if clockwise % 360 == 90:
        return (y0, width - x1, y1, width - x0)
    if clockwise % 360 == 180:
        return (width - x1, height - y1, width - x0, height - y0)
    if clockwise % 360 == 270:
        return (height - y1, x0, height - y0, x1)
    return box


def joined_box(boxes: Sequence[Box]) -> Box:
    """The box around boxes."""
    return (
        min(box[0] for box in boxes), min(box[1] for box in boxes),
        max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip
