"""Pages drawn for people to look at, with the lines marked that an answer rests on."""

import io
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw

from ingest.loaders.page_views import Box, DrawnPage, PageView
from ingest.loaders.picture import drawn, pdf_page
from ingest.loaders.registry import PDF
from ingest.model import Source

LONGEST_SIDE = 4000
"""Pixels of the longer side of a page, however large it was asked for."""
_INK, _RIM = (255, 236, 120), (178, 112, 0)
_MARGIN = 2


def page_drawing(source: Source, view: PageView) -> DrawnPage | None:
    """A page of a PDF, None where it has fewer; a picture is its only page, and is as large as it is.

    Raises:
        Unreadable, DocumentTooLarge: it cannot be drawn.
    """
    if source.media_type != PDF:
        return _written(drawn(source, 1, LONGEST_SIDE), 1.0) if view.page == 1 else None
    with pdf_page(source, view.page) as sheet:
        if sheet is None:
            return None
        scale = min(view.scale, LONGEST_SIDE / max(sheet.get_size()))
        picture = sheet.render(scale=scale).to_pil().convert("RGB")
    return _written(_marked(picture, scale, view.boxes), scale)


def _marked(picture: Image.Image, scale: float, boxes: Sequence[Box]) -> Image.Image:
    """Marked as with a pen: what is dark stays dark."""
    pen = Image.new("RGB", picture.size, "white")
    drawing = ImageDraw.Draw(pen)
    for x0, y0, x1, y1 in boxes:
        corners = (
            x0 * scale - _MARGIN, picture.height - y1 * scale - _MARGIN,
            x1 * scale + _MARGIN, picture.height - y0 * scale + _MARGIN,
        )  # fmt: skip
        drawing.rectangle(corners, fill=_INK, outline=_RIM)
    return ImageChops.multiply(picture, pen) if boxes else picture


def _written(picture: Image.Image, scale: float) -> DrawnPage:
    data = io.BytesIO()
    picture.save(data, "PNG")
    return DrawnPage(picture=data.getvalue(), scale=scale)
