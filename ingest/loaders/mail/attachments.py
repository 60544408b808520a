"""What comes with a mail: files and other mails are documents of their own, pictures within the text are counted."""

import mimetypes
from collections.abc import Mapping
from email.errors import MessageError
from email.message import Message
from email.utils import collapse_rfc2231_value

from ingest.loaders.drafting import Draft, one_line
from ingest.loaders.handing import Handing, sized
from ingest.loaders.mail.headers import decoded, header

_MAIL = "message/rfc822"
_SUFFIXES = {"text/plain": ".txt", "text/html": ".html", "image/jpeg": ".jpg", _MAIL: ".eml"}
_FAILURES = (MessageError, ValueError, LookupError, AssertionError, TypeError, AttributeError)
"""What the library raises where a part is not as it says."""


class Attachments:
    """The files of one mail. ``common`` is metadata that each of them gets."""

    def __init__(self, draft: Draft, handing: Handing, common: Mapping[str, object]) -> None:
        self._draft = draft
        self._handing = handing
        self._common = common
        self._listed: list[str] = []

    def file(self, part: Message) -> None:
        """A part that is no text of the mail."""
        kind = part.get_content_type()
        name = file_name(part)
        if kind.startswith("image/") and part.get_content_disposition() != "attachment" and ("Content-ID" in part):
            self._draft.left_out("pictures", "within the text of the mail")
            return
        data = _bytes_of(part)
        if not data.strip():
            self._draft.left_out("attachments", "empty")
            return
        self._give(name or _unnamed(kind), data, kind)

    def mail(self, part: Message) -> None:
        """A mail within the mail, or what a server says of its delivery."""
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        kind = part.get_content_type()
        try:
            if kind == _MAIL and isinstance(first, Message):
                subject = header(first, "Subject") or "mail"
                name, data = file_name(part) or f"{subject[:120].replace('/', ' ')}.eml", first.as_bytes()
            else:
                name, kind = "delivery-status.txt", "text/plain"
                data = b"\n".join(one.as_bytes() for one in inner if isinstance(one, Message)) if first else b""
        except _FAILURES:
            self._draft.unread("attachments", "a mail within the mail that is broken")
            return
        if data.strip():
            self._give(name if name.lower().endswith((".eml", ".txt")) else f"{name}.eml", data, kind)

    def within(self, part: Message) -> None:
        """The files of a form of the text that is not read itself."""
        for one in part.walk():
            if not one.is_multipart() and one.get_content_maintype() != "text":
                self.file(one)

    def list(self) -> None:
        """Their names and sizes, at the end of the mail's text."""
        if self._listed:
            self._draft.blank()
        for line in self._listed:
            self._draft.line(line)

    def _give(self, name: str, data: bytes, kind: str) -> None:
        common = {} if kind == _MAIL else self._common  # a mail says itself who wrote it, and when
        own = self._handing.give(name, data, media_type=kind, metadata=common)
        self._listed.append(f"Attachment: {own or one_line(name)} ({sized(len(data))})")


def file_name(part: Message) -> str:
    """The name of a file as its sender wrote it (RFC 2231, or encoded words), without any folder."""
    found = ""
    for place, field in (("content-disposition", "filename"), ("content-type", "name")):
        try:
            value = part.get_param(field, None, place)
            found = found or (collapse_rfc2231_value(value) if value is not None else "")
        except _FAILURES:
            continue
    return one_line(decoded(found)).replace("\\", "/").rsplit("/", 1)[-1]


def _unnamed(kind: str) -> str:
    return "attachment" + (_SUFFIXES.get(kind) or mimetypes.guess_extension(kind) or "")


def _bytes_of(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except _FAILURES:
        data = None
    return data if isinstance(data, bytes) else b""
