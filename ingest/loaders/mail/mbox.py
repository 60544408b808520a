"""Mailboxes (mbox): a list of the mails, and each mail as a document of its own.

A mail begins with a line ``From `` after an empty line, or at the beginning (RFC 4155); a line of a mail that begins
like that was written as ``>From ``. Mails are told apart by their ``Message-ID``, so that one keeps its id when others
come or go.
"""

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.parser import BytesHeaderParser
from email.policy import compat32

from graph.errors import Unreadable
from graph.identity import content_hash
from ingest.loaders.drafting import Draft
from ingest.loaders.handing import Handing
from ingest.loaders.mail.headers import header
from ingest.loaders.reading_limits import ReadingLimits
from ingest.member_ports import Take
from ingest.model import LoadedDocument, Source

MAIL = "message/rfc822"
MOST_LISTED = 1_000
"""Mails that the text names."""
UNTITLED = "(no subject)"
MOST_HEADERS = 64 * 1024
_BEGINS = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]*\n")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*<?([^<>\s]{1,150})>?\s*$", re.IGNORECASE | re.MULTILINE)


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """The list alone."""
    return unpack(source, limits, lambda _: None)


def unpack(source: Source, limits: ReadingLimits, take: Take) -> LoadedDocument:
    """The list, and the mails. Raises Unreadable where no line begins a mail."""
    draft = Draft(source, limits)
    handing = Handing(draft, "mails", limits, take)
    count = 0
    for start, end in _places(source.data):
        count += 1
        mail = source.data[start:end]
        headers = _headers(mail)
        handing.give(_name(mail, headers), _ESCAPED.sub(rb"\1", mail), media_type=MAIL)
        if count <= MOST_LISTED:
            draft.line(_line(headers))
    if not count:
        raise Unreadable(f"{source.name!r} is no mailbox: no line begins with 'From '")
    if count > MOST_LISTED:
        draft.line(f"… and {count - MOST_LISTED} more mails")
    return draft.finish()


def sample() -> bytes:
    """A mailbox of one mail."""
    return (
        b"From a@example.org Thu Jan  1 00:00:00 2026\nSubject: =?utf-8?q?A?=\nMessage-ID: <a@example.org>\n\nHello.\n"
    )


def _places(data: bytes) -> Iterator[tuple[int, int]]:
    """Where each mail begins, after its ``From `` line, and ends."""
    last: int | None = None
    for found in _BEGINS.finditer(data):
        if last is not None:
            yield last, found.start()
        last = found.end()
    if last is not None:
        yield last, len(data)


def _headers(mail: bytes) -> bytes:
    end = _END_OF_HEADERS.search(mail, 0, MOST_HEADERS)
    return mail[: end.end() if end else MOST_HEADERS]


def _name(mail: bytes, headers: bytes) -> str:
    """The name of a mail: its id, or where it has none the hash of what it says."""
    found = _MESSAGE_ID.search(headers)
    name = found.group(1).decode("ascii", "replace").replace("/", "_") if found else content_hash(mail)[:32]
    return f"{name}.eml"


def _line(headers: bytes) -> str:
    """A mail in the list."""
    try:
        message = BytesHeaderParser(policy=compat32).parsebytes(headers)
    except (HeaderParseError, ValueError):
        return UNTITLED
    subject, sender, date = (header(message, name) for name in ("Subject", "From", "Date"))
    return " · ".join(part for part in (subject or UNTITLED, sender, date) if part)
