"""Ids, titles and names as callers give them: which of them can be kept, shown and addressed. Pure."""

import unicodedata

from graph.errors import InputError
from graph.filters import check_value
from graph.model import Metadata, MetadataValue
from graph.parsing import check_text
from ingest.model import Source

MAX_ID = 512
MAX_TITLE = 500
MAX_SOURCE = 1_000
MAX_MEDIA_TYPE = 200
"""Characters of what a caller gives. A longer title of a document's own is cut where it is read."""
MAX_FOUND = 50
"""Fields of metadata that a file says of itself."""


def check_id(document_id: str) -> None:
    """Raise InputError unless an id is 1 to 512 characters without control characters, and neither ``.`` nor ``..``."""
    if not 0 < len(document_id) <= MAX_ID:
        raise InputError(f"a document id has 1 to {MAX_ID} characters, not {len(document_id)}")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in document_id):
        raise InputError("a document id has no control characters")
    if document_id in {".", ".."}:
        raise InputError(f"{document_id!r} is no document id: clients leave such a segment out of the address")


def base_name(source: str) -> str:
    """The name of a file without its folders."""
    return source.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or "document"


def check_given(document_id: str | None, title: str | None, source: Source) -> None:
    """Raise InputError for an id, a title, a file's name or a media type that cannot be kept and shown."""
    if document_id is not None:
        check_id(document_id)
    if title is not None:
        check_text("the title", title, most=MAX_TITLE)
    check_text("the name of the file", source.name, most=MAX_SOURCE)
    check_text("the media type", source.media_type, most=MAX_MEDIA_TYPE)


def kept_metadata(found: Metadata) -> Metadata:
    """What a file says of itself, as far as it can be kept and asked for."""
    kept: dict[str, MetadataValue] = {}
    for name, value in list(found.items())[:MAX_FOUND]:
        try:
            check_text("the name of a metadata field", name, most=256)
            for each in value if isinstance(value, tuple) else (value,):
                check_value(name, each)
        except InputError:
            continue
        kept[name] = value
    return kept
