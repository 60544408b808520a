"""A PDF opened by both of its readers: pdfium knows where each character stands, pypdf the rest.

Either alone is enough to read a file that the other cannot open.
"""

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pypdfium2 as pdfium
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdfium2 import raw

from graph.errors import Encrypted, TooManyPages, Unreadable
from ingest.model import Source

MAX_PAGES = 10_000
BROKEN = (
    PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, AssertionError, ZeroDivisionError,
    OverflowError, NotImplementedError, OSError, RecursionError,
)  # fmt: skip
"""What pypdf raises of broken files."""
_T = TypeVar("_T")
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class Opened:
    """Both readers of a file; ``sheets`` or ``reader`` is None where that one cannot open it.

    ``broken``: why pypdf cannot.
    """

    def __init__(self, sheets: pdfium.PdfDocument | None, reader: PdfReader | None, why: str = "") -> None:
        self.sheets = sheets
        self.reader = reader
        self.broken = why
        self.pages = len(sheets) if sheets is not None else len(reader.pages) if reader is not None else 0

    def asked(self, question: Callable[[PdfReader], _T], otherwise: _T) -> tuple[_T, bool]:
        """What pypdf answers, and whether it could; ``otherwise`` where the file is broken there."""
        if self.reader is None:
            return otherwise, False
        try:
            return question(self.reader), True
        except BROKEN:
            return otherwise, False


@contextmanager
def opened(source: Source) -> Iterator[Opened]:
    """Open a file; one whose password is empty is opened, too. Raises Encrypted, Unreadable, TooManyPages."""
    reader, why = _by_pypdf(source)
    sheets = _by_pdfium(source, reader is not None)
    if sheets is None and reader is None:
        raise Unreadable(f"{source.name!r} is a broken PDF: {why}")
    try:
        found = Opened(sheets, reader, why)
        if found.pages > MAX_PAGES:
            raise TooManyPages(f"{source.name!r} has {found.pages} pages; the limit is {MAX_PAGES}")
        yield found
    finally:
        if sheets is not None:
            sheets.close()


def _by_pypdf(source: Source) -> tuple[PdfReader | None, str]:
    try:
        reader = PdfReader(io.BytesIO(source.data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Encrypted(f"{source.name!r} is protected by a password")
        len(reader.pages)
    except RecursionError:
        return None, "its objects are nested too deeply, or in a circle"
    except BROKEN as error:
        return None, str(error)
    return reader, ""


def _by_pdfium(source: Source, decrypted: bool) -> pdfium.PdfDocument | None:
    try:
        sheets = pdfium.PdfDocument(source.data)
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD and not decrypted:
            raise Encrypted(f"{source.name!r} is protected by a password") from error
        return None
    return sheets if len(sheets) else None
