"""DOCX by python-docx: paragraphs and tables in document order; heading styles become context."""

import io
import re
import zipfile

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError

from graph.errors import DocumentTooLarge, Encrypted, Unreadable
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.texts.markdown import Heading, sections_by_heading
from ingest.model import LoadedDocument, Source

MAX_UNPACKED = 512 * 1024 * 1024
MAX_RATIO = 200
_OLE = b"\xd0\xcf\x11\xe0"
_LEVEL = re.compile(r"(?:heading|标题|überschrift|titre)\s*(\d)", re.IGNORECASE)


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """Text and tables. The unpacked size, and its ratio to the packed one, are checked before anything is parsed."""
    if source.data.startswith(_OLE):
        raise Encrypted(f"{source.name!r} is protected by a password, or an old .doc file")
    try:
        _check_size(source)
        return _read(source, limits)
    except (zipfile.BadZipFile, PackageNotFoundError, LxmlError) as error:
        raise Unreadable(f"{source.name!r} is a broken DOCX: {error}") from error
    except (KeyError, ValueError, AttributeError, IndexError, TypeError, OSError, RuntimeError) as error:
        raise Unreadable(f"{source.name!r} is a broken DOCX: {error}") from error


def sample() -> bytes:
    """A heading and a paragraph."""
    document, written = docx.Document(), io.BytesIO()
    document.add_heading("A heading", 1)
    document.add_paragraph("A paragraph.")
    document.save(written)
    return written.getvalue()


def _check_size(source: Source) -> None:
    with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MAX_UNPACKED or (unpacked > 10_000_000 and unpacked > MAX_RATIO * len(source.data)):
        raise DocumentTooLarge(f"{source.name!r} unpacks to {unpacked} bytes")


def _read(source: Source, limits: ReadingLimits) -> LoadedDocument:
    document = docx.Document(io.BytesIO(source.data))
    lines: list[str] = []
    headings: list[Heading] = []
    length = 0
    for block in document.iter_inner_content():
        text = _table_text(block) if isinstance(block, Table) else block.text.strip()
        if not text:
            continue
        level = _heading_level(block) if isinstance(block, Paragraph) else 0
        if level:
            headings.append(Heading(start=length, level=level, name=text))
        lines.append(text + "\n" if level else text)
        length += len(lines[-1]) + 1
        limits.check_text(source.name, len(source.data), length)
    text = "\n".join(lines)
    title = (document.core_properties.title or "").strip()
    if not title and headings and headings[0].level == 1:
        title = headings[0].name
    return LoadedDocument(text=text, sections=sections_by_heading(len(text), headings), title=title or None)


def _heading_level(paragraph: Paragraph) -> int:
    name = (paragraph.style.name or "") if paragraph.style is not None else ""
    if name == "Title":
        return 1
    found = _LEVEL.search(name)
    return int(found.group(1)) if found else 0


def _table_text(table: Table) -> str:
    rows = []
    for row in table.rows:
        cells: list[str] = []
        for cell in row.cells:
            text = " ".join(cell.text.split())
            if text and (not cells or cells[-1] != text):  # a merged cell is given once per column
                cells.append(text)
        if cells:
            rows.append(" | ".join(cells))
    return "\n".join(rows)
