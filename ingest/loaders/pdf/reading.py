"""PDF text by pypdf: one section per page; pages without text (scans) are pictures for a model that sees."""

import io
import logging

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from graph.errors import Encrypted, InputError, TooDeep, TooManyPages, Unreadable
from ingest.loaders.reading_limits import ReadingLimits
from ingest.model import LoadedDocument, Section, Source

MAX_PAGES = 10_000
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """Text by page. An encrypted file is read, too, if the empty password opens it."""
    try:
        return _load(source, limits)
    except InputError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, AssertionError) as error:
        raise Unreadable(f"{source.name!r} is a broken PDF: {error}") from error
    except RecursionError as error:
        raise TooDeep(
            f"{source.name!r} could not be read: its objects are nested too deeply, or in a circle"
        ) from error
    except (ZeroDivisionError, OverflowError, NotImplementedError, OSError) as error:
        raise Unreadable(f"{source.name!r} is a broken PDF: {error}") from error


def sample() -> bytes:
    """One page, a picture."""
    from PIL import Image

    written = io.BytesIO()
    Image.new("RGB", (8, 8)).save(written, "PDF")
    return written.getvalue()


def _load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    reader = PdfReader(io.BytesIO(source.data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Encrypted(f"{source.name!r} is protected by a password")
    if len(reader.pages) > MAX_PAGES:
        raise TooManyPages(f"{source.name!r} has {len(reader.pages)} pages; the limit is {MAX_PAGES}")
    parts: list[str] = []
    sections: list[Section] = []
    pictures: list[int] = []
    length = 0
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text().replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()
        if not text:
            pictures.append(number)
            continue
        if parts:
            parts.append("\n\n")
            length += 2
        parts.append(text)
        sections.append(Section(start=length, end=length + len(text), page=number))
        length += len(text)
        limits.check_text(source.name, len(source.data), length)
    title = (reader.metadata.title or "").strip() if reader.metadata else ""
    return LoadedDocument(
        text="".join(parts), sections=tuple(sections), title=title or None, picture_pages=tuple(pictures)
    )
