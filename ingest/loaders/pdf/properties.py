"""What a PDF says of itself: title, author, date, bookmarks, attached files, and forms of the other kind (XFA)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from pypdf import PdfReader
from pypdf.generic import Destination, DictionaryObject

from ingest.loaders.drafting import one_line

_NO_TITLE = re.compile(
    r"(?i)^(?:(?:untitled|unnamed|no title|title|(?:new )?document|presentation|slide|microsoft \w+ - .*)[\s\d]*"
    r"|.*\.(?:pdf|docx?|odt|rtf|txt|pptx?|xlsx?|html?|tex|dvi|ps|indd|qxd|pub|jpe?g|png|tiff?))$"
)
_MOST_BOOKMARKS = 2_000
_DEEPEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """A heading of the outline, the page it begins on, and its level, 1 the highest."""

    name: str
    page: int
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """Of a whole file."""

    title: str | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)
    bookmarks: tuple[Bookmark, ...] = ()
    attached: int = 0
    xfa: bool = False
    fields: bool = False


def properties_of(reader: PdfReader) -> Properties:
    """All of it. Raises what pypdf raises of a broken file."""
    root = reader.root_object
    form = root.get("/AcroForm")
    form = form.get_object() if form is not None else None
    held = form if isinstance(form, DictionaryObject) else DictionaryObject()
    title, metadata = _described(reader)
    return Properties(
        title=title, metadata=metadata, bookmarks=_bookmarks(reader), attached=len(list(reader.attachment_list)),
        xfa="/XFA" in held, fields=bool(held.get("/Fields")),
    )  # fmt: skip


def _described(reader: PdfReader) -> tuple[str | None, dict[str, object]]:
    told = reader.metadata
    if told is None:
        return None, {}
    title = one_line(str(told.title or ""))
    created = told.creation_date
    metadata: dict[str, object] = {
        "author": str(told.author or ""),
        "created": created.isoformat() if created else "",
        "subject": str(told.subject or ""),
    }
    return (title if title and not _NO_TITLE.match(title) else None), metadata


def _bookmarks(reader: PdfReader) -> tuple[Bookmark, ...]:
    found: list[Bookmark] = []

    def walk(outline: object, level: int) -> None:
        if not isinstance(outline, list) or level > _DEEPEST:
            return
        for one in islice(outline, _MOST_BOOKMARKS):
            if isinstance(one, list):
                walk(one, level + 1)
            elif isinstance(one, Destination) and len(found) < _MOST_BOOKMARKS:
                page = reader.get_destination_page_number(one)
                if page is not None and page >= 0 and one_line(str(one.title or "")):
                    found.append(Bookmark(name=one_line(str(one.title)), page=page + 1, level=level))

    walk(reader.outline, 1)
    return tuple(found)
