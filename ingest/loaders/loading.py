"""Which loader reads a file, decided by its content first, then its name, then what the sender claims."""

import mimetypes
from pathlib import PurePosixPath

from graph.errors import UnsupportedMediaType
from ingest.loaders.parser_process import ParserProcess
from ingest.loaders.text import looks_binary
from ingest.model import LoadedDocument, Source
from ingest.ports import DocumentLoader

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"
PNG = "image/png"
JPEG = "image/jpeg"
SUPPORTED = frozenset({PDF, DOCX, HTML, MARKDOWN, PLAIN, PNG, JPEG})
ISOLATED = frozenset({PDF, DOCX, HTML, PNG, JPEG})
"""Formats whose parsers run in a process of their own, which may die without harm."""

_BY_SUFFIX = {
    ".pdf": PDF, ".docx": DOCX, ".html": HTML, ".htm": HTML, ".xhtml": HTML, ".md": MARKDOWN, ".markdown": MARKDOWN,
    ".txt": PLAIN, ".text": PLAIN, ".log": PLAIN, ".png": PNG, ".jpg": JPEG, ".jpeg": JPEG,
}  # fmt: skip
_ALIASES = {"application/xhtml+xml": HTML, "text/x-markdown": MARKDOWN, "image/jpg": JPEG}
_SIGNATURES = {b"\x89PNG\r\n\x1a\n": PNG, b"\xff\xd8\xff": JPEG}
_GENERIC = frozenset({"", "application/octet-stream", "binary/octet-stream"})


def media_type_of(source: Source) -> str:
    """The media type a file will be read as.

    Raises:
        UnsupportedMediaType: no loader reads it.
    """
    if source.data.lstrip()[:5] == b"%PDF-":
        return PDF
    for signature, media_type in _SIGNATURES.items():
        if source.data.startswith(signature):
            return media_type
    suffix = PurePosixPath(source.name).suffix.lower()
    claimed = source.media_type.split(";")[0].strip().lower()
    claimed = _ALIASES.get(claimed, claimed)
    found = _BY_SUFFIX.get(suffix)
    if found is None and claimed in SUPPORTED:
        found = claimed
    if found is None and suffix == "" and claimed in _GENERIC and not looks_binary(source.data):
        found = PLAIN
    if found is None:
        kind = claimed if claimed not in _GENERIC else mimetypes.guess_type(source.name)[0] or suffix or "unknown"
        raise UnsupportedMediaType(
            f"{source.name!r} ({kind}) cannot be read; Quipu reads plain text, Markdown, HTML, PDF, DOCX, PNG and JPEG"
        )
    return found


class Loading:
    """The DocumentLoader for every supported type: risky formats in the parser process, the others here."""

    media_types = SUPPORTED

    def __init__(self, parser: ParserProcess) -> None:
        self._parser = parser

    def load(self, source: Source) -> LoadedDocument:
        """See DocumentLoader; ``source.media_type`` is one of ``SUPPORTED``."""
        if source.media_type in ISOLATED:
            return self._parser.load(source)
        return loader_for(source.media_type).load(source)


def loader_for(media_type: str) -> DocumentLoader:
    """The loader of a media type; parsers are imported when they are first needed."""
    if media_type == PDF:
        from ingest.loaders.pdf import PdfLoader

        return PdfLoader()
    if media_type == DOCX:
        from ingest.loaders.docx import DocxLoader

        return DocxLoader()
    if media_type == HTML:
        from ingest.loaders.web_page import HtmlLoader

        return HtmlLoader()
    if media_type == MARKDOWN:
        from ingest.loaders.markdown import MarkdownLoader

        return MarkdownLoader()
    if media_type in {PNG, JPEG}:
        from ingest.loaders.picture import PictureLoader

        return PictureLoader()
    if media_type == PLAIN:
        from ingest.loaders.text import TextLoader

        return TextLoader()
    raise UnsupportedMediaType(f"no loader reads {media_type!r}")
