"""Every format that Quipu reads, listed once: its media type, its file names, and the loader that reads it."""

from collections.abc import Callable
from dataclasses import dataclass

from graph.errors import UnsupportedMediaType
from ingest.loaders.reading_limits import DEFAULT_LIMITS, ReadingLimits
from ingest.ports import DocumentLoader


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format. Its parser runs in a process of its own, which may die without harm.

    ``aliases`` are other media types that senders call it by; ``signatures`` are bytes that only its files begin with.
    """

    media_type: str
    suffixes: tuple[str, ...]
    loader: Callable[[ReadingLimits], DocumentLoader]
    aliases: tuple[str, ...] = ()
    signatures: tuple[bytes, ...] = ()


def loader_for(media_type: str, limits: ReadingLimits = DEFAULT_LIMITS) -> DocumentLoader:
    """The loader of a media type; its parser is imported when it is first needed."""
    for each in FORMATS:
        if each.media_type == media_type:
            return each.loader(limits)
    raise UnsupportedMediaType(f"no loader reads {media_type!r}")


def _pdf(limits: ReadingLimits) -> DocumentLoader:
    from ingest.loaders.pdf import PdfLoader

    return PdfLoader(limits)


def _docx(limits: ReadingLimits) -> DocumentLoader:
    from ingest.loaders.docx import DocxLoader

    return DocxLoader(limits)


def _html(_: ReadingLimits) -> DocumentLoader:
    from ingest.loaders.web_page import HtmlLoader

    return HtmlLoader()


def _markdown(_: ReadingLimits) -> DocumentLoader:
    from ingest.loaders.markdown import MarkdownLoader

    return MarkdownLoader()


def _text(_: ReadingLimits) -> DocumentLoader:
    from ingest.loaders.text import TextLoader

    return TextLoader()


def _picture(_: ReadingLimits) -> DocumentLoader:
    from ingest.loaders.picture import PictureLoader

    return PictureLoader()


PDF = "application/pdf"
PLAIN = "text/plain"
FORMATS = (
    Format(media_type=PDF, suffixes=(".pdf",), loader=_pdf),
    Format(
        media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document", suffixes=(".docx",),
        loader=_docx,
    ),
    Format(
        media_type="text/html", suffixes=(".html", ".htm", ".xhtml"), loader=_html,
        aliases=("application/xhtml+xml",),
    ),
    Format(
        media_type="text/markdown", suffixes=(".md", ".markdown"), loader=_markdown, aliases=("text/x-markdown",)
    ),
    Format(media_type=PLAIN, suffixes=(".txt", ".text", ".log"), loader=_text),
    Format(
        media_type="image/png", suffixes=(".png",), loader=_picture,
        signatures=(b"\x89PNG\r\n\x1a\n",),
    ),
    Format(
        media_type="image/jpeg", suffixes=(".jpg", ".jpeg"), loader=_picture, aliases=("image/jpg",),
        signatures=(b"\xff\xd8\xff",),
    ),
)  # fmt: skip
