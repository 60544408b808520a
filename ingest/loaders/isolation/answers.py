"""What a cell says of a document, as values and errors. It may say anything: nothing of it is taken on trust."""

from collections.abc import Mapping

from graph import errors
from graph.errors import InputError, NotFoundError, ParserCrashed, Unreadable
from ingest.loaders.isolation import outline
from ingest.loaders.page_views import DrawnPage
from ingest.loaders.reading_limits import MOST_MESSAGE, storable
from ingest.member_ports import Member
from ingest.model import LoadedDocument, Source
from ingest.outcomes import RecognisedPage

Header = Mapping[str, object]


def raise_error(header: Header) -> None:
    """Raise the error that it tells, if it tells one: an InputError, whatever it calls it."""
    if "error" in header:
        kind = getattr(errors, str(header["error"]), Unreadable)
        if not (isinstance(kind, type) and issubclass(kind, errors.InputError)):
            kind = Unreadable
        raise kind(storable(str(header.get("message"))[:MOST_MESSAGE]).decode())


def read_document(source: Source, header: Header, body: bytes) -> LoadedDocument:
    """What it sent as a document."""
    raise_error(header)
    try:
        return outline.read_outline(header, body.decode("utf-8"))
    except ValueError as error:
        raise ParserCrashed(f"{source.name!r} could not be read: its parser gave no document") from error


def read_member(source: Source, header: Header, body: bytes) -> Member:
    """What it sent as a member."""
    try:
        return outline.read_member(header, body)
    except (ValueError, InputError) as error:
        raise ParserCrashed(f"{source.name!r} could not be read: its parser gave no member") from error


def read_recognised(source: Source, header: Header, body: bytes) -> RecognisedPage:
    """What it sent as the text of a picture."""
    raise_error(header)
    unsure = header.get("unsure")
    if not isinstance(unsure, int) or unsure < 0:
        raise ParserCrashed(f"a page of {source.name!r} could not be read: its parser gave no text")
    return RecognisedPage(text=storable(body.decode("utf-8", "replace")).decode(), unsure=unsure)


def read_drawn(source: Source, page: int, header: Header, body: bytes) -> DrawnPage:
    """What it sent as the picture of a page. Raises NotFoundError where there is none of this number."""
    raise_error(header)
    if not header:
        raise NotFoundError(f"{source.name!r} has no page {page}")
    scale = header.get("scale")
    if not isinstance(scale, float):
        raise ParserCrashed(f"page {page} of {source.name!r} could not be drawn: its parser gave no picture")
    return DrawnPage(picture=body, scale=scale)
