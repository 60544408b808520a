"""Pictures: they hold no text until a model that sees has read them. Pages of a PDF are drawn as pictures here, too."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from graph.errors import DocumentTooLarge, Unreadable
from ingest.loaders.reading_limits import ReadingLimits
from ingest.model import LoadedDocument, Source

if TYPE_CHECKING:
    import pypdfium2

LONGEST_SIDE = 1600
"""Pixels: fine print of a scanned page stays readable, and models scale larger pictures down anyway."""
MAX_PIXELS = 100_000_000
_QUALITY = 85
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG"}
"""Media types that are read as pictures, and what Pillow calls them."""


def load(source: Source, _: ReadingLimits) -> LoadedDocument:
    """A picture is a document of one page without text."""
    _decoded(source)
    return LoadedDocument(text="", sections=(), picture_pages=(1,))


def sample() -> bytes:
    """A black square."""
    written = io.BytesIO()
    Image.new("RGB", (8, 8)).save(written, "PNG")
    return written.getvalue()


def page_picture(source: Source, page: int) -> bytes:
    """A page of a PDF, or a picture, as JPEG. Raises Unreadable, DocumentTooLarge."""
    data = io.BytesIO()
    drawn(source, page, LONGEST_SIDE).save(data, "JPEG", quality=_QUALITY)
    return data.getvalue()


def drawn(source: Source, page: int, longest: int) -> Image.Image:
    """A page of a PDF, or a picture, in colours; its sides have at most ``longest`` pixels. Raises as above."""
    if source.media_type not in PICTURES:
        return _rendered(source, page, longest)
    picture = _decoded(source, longest)
    picture.thumbnail((longest, longest))
    return picture


def _decoded(source: Source, longest: int = LONGEST_SIDE) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(source.data), formats=[PICTURES[source.media_type]])
            if picture.width * picture.height > MAX_PIXELS:
                raise DocumentTooLarge(f"{source.name!r} has {picture.width} × {picture.height} pixels")
            picture.draft("RGB", (longest, longest))
            return picture.convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DocumentTooLarge(f"{source.name!r} has too many pixels") from error
    except UnidentifiedImageError as error:
        raise Unreadable(f"{source.name!r} is a broken picture: it is no {PICTURES[source.media_type]}") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Unreadable(f"{source.name!r} is a broken picture: {error}") from error


def _rendered(source: Source, page: int, longest: int) -> Image.Image:
    with pdf_page(source, page) as sheet:
        if sheet is None:
            raise Unreadable(f"{source.name!r} has no page {page}")
        picture: Image.Image = sheet.render(scale=longest / max(sheet.get_size())).to_pil()
        return picture.convert("RGB")


@contextmanager
def pdf_page(source: Source, page: int) -> "Iterator[pypdfium2.PdfPage | None]":
    """A page of a PDF, counted from 1, with the values of its forms; None where there are fewer. Raises Unreadable,
    also for what fails while the page is used.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(source.data)
        try:
            document.init_forms()
            yield document[page - 1] if page <= len(document) else None
        finally:
            document.close()
    except (pypdfium2.PdfiumError, ValueError, IndexError, ZeroDivisionError) as error:
        raise Unreadable(f"page {page} of {source.name!r} cannot be drawn: {error}") from error
