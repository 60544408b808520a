"""Mails (RFC 5322, MIME): what was written, under its subject; attachments as documents of their own.

The text part counts, where there is one, else the HTML; what a reply repeats below its own text stands under
a heading of its own. Headers are metadata. The
parser of the standard library is used with its old policy, which takes any header as it is: the new one fails on many.
"""

from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from graph.errors import InputError, Unreadable
from ingest.loaders.drafting import Draft
from ingest.loaders.handing import Handing
from ingest.loaders.mail.attachments import Attachments
from ingest.loaders.mail.headers import addresses, header, moment, words_of
from ingest.loaders.mail.quoting import fold
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.web import pages
from ingest.member_ports import Take
from ingest.model import LoadedDocument, Source

_WIDE = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_REPLIES = ("re:", "re：", "aw:", "sv:", "antw:", "回复", "回覆", "答复")
_FORWARDS = ("fw:", "fwd:", "wg:", "转发", "轉寄")
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})
MOST_PARTS = 2_000
UNTITLED = "(no subject)"
REPEATED = "Repeated from an earlier mail"
"""The heading of what a reply quotes below its own text, so that nobody takes it for what the reply says."""


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """The mail alone."""
    return unpack(source, limits, lambda _: None)


def unpack(source: Source, limits: ReadingLimits, take: Take) -> LoadedDocument:
    """The mail, and its attachments. Raises Unreadable where there are no headers of a mail."""
    message = BytesParser(policy=compat32).parsebytes(_bytes(source))
    if not message.keys():
        raise Unreadable(f"{source.name!r} is no mail: it has no headers")
    draft = Draft(source, limits)
    draft.title = header(message, "Subject") or None
    draft.metadata = _metadata(message)
    _Mail(message, source, draft, limits, take).read()
    return draft.finish()


def sample() -> bytes:
    """A mail of a text, a page and an attachment, some of it in encoded words."""
    return (
        b"From: =?utf-8?q?J=C3=B6rg?= <j@example.org>\nDate: Thu, 1 Jan 2026 10:00:00 +0100\n"
        b"Subject: =?gb2312?b?xOO6ww==?=\n"
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: multipart/alternative; boundary="a"\n\n'
        b"--a\nContent-Type: text/html\n\n<p>Hello</p>\n--a--\n"
        b"--b\nContent-Type: message/rfc822\n\nSubject: In it\n\nWithin.\n"
        b"--b\nContent-Type: text/plain; name*=utf-8''%61.txt\nContent-Disposition: attachment\n"
        b"Content-Transfer-Encoding: base64\n\nQSB0ZXh0Lg==\n--b--\n"
    )


def _bytes(source: Source) -> bytes:
    """The mail as bytes of ASCII or UTF-8, which mails are; some are saved as UTF-16."""
    for mark, encoding in _WIDE:
        if source.data.startswith(mark):
            try:
                return source.data.decode(encoding).encode("utf-8")
            except UnicodeError as error:
                raise Unreadable(f"{source.name!r} is no mail: {error}") from error
    if b"\x00" in source.data[:2]:
        encoding = "utf-16-be" if source.data[:1] == b"\x00" else "utf-16-le"
        return source.data.decode(encoding, "replace").encode("utf-8", "replace")
    return source.data.lstrip(b"\r\n\t ")


def _metadata(message: Message) -> dict[str, object]:
    """What the headers say of the mail."""
    found: dict[str, object] = {
        "from": ", ".join(addresses(message, "From")), "to": addresses(message, "To"), "cc": addresses(message, "Cc"),
        "date": moment(header(message, "Date")), "message_id": header(message, "Message-ID"),
        "in_reply_to": header(message, "In-Reply-To"),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


class _Mail:
    """Reads the parts of one mail in their order."""

    def __init__(self, message: Message, source: Source, draft: Draft, limits: ReadingLimits, take: Take) -> None:
        self._message = message
        self._source = source
        self._draft = draft
        self._limits = limits
        subject = (draft.title or "").lower()
        answers = subject.startswith(_REPLIES) or "In-Reply-To" in message
        self._reply = answers and not subject.startswith(_FORWARDS)
        common = {name: value for name, value in draft.metadata.items() if name in {"date", "from"}}
        self._attachments = Attachments(draft, Handing(draft, "attachments", limits, take), common)
        self._repeated: list[str] = []
        self._parts = 0

    def read(self) -> None:
        self._part(self._message)
        if not self._draft.length and self._draft.title:
            self._draft.line(self._draft.title)  # "Lunch at noon (no text)"
        self._attachments.list()
        if self._repeated and not self._draft.title:
            self._draft.title = UNTITLED  # else the heading below would be
        for text in self._repeated:
            self._draft.heading(REPEATED, 1)
            self._draft.line(text)
            self._draft.read("repeated lines", 1 + text.count("\n"))

    def _part(self, part: Message) -> None:
        self._parts += 1
        kind = part.get_content_type()
        if self._parts > MOST_PARTS:
            self._draft.unread("parts", f"more than {MOST_PARTS} are in one mail")
        elif kind == "multipart/encrypted" or kind in _ENCRYPTED:
            self._draft.unread("parts", "encrypted")
        elif kind in _SIGNATURES:
            self._draft.left_out("signatures", "not text: they were not verified")
        elif kind in {"message/rfc822", "message/delivery-status"}:
            self._attachments.mail(part)
        elif part.is_multipart():
            self._parts_of(part, kind)
        elif self._is_body(part, kind):
            self._text(part, kind)
        else:
            self._attachments.file(part)

    def _parts_of(self, part: Message, kind: str) -> None:
        parts = [one for one in _payload(part) if isinstance(one, Message)]
        if kind == "multipart/alternative":
            chosen = _best(parts)
            for one in parts:
                if one is not chosen and _holds_more(one):
                    self._attachments.within(one)
            parts = [chosen] if chosen is not None else []
        for one in parts:
            self._part(one)

    def _is_body(self, part: Message, kind: str) -> bool:
        if kind not in {"text/plain", "text/html", "text/enriched", "application/xhtml+xml"}:
            return False
        return part.get_content_disposition() != "attachment"

    def _text(self, part: Message, kind: str) -> None:
        data = payload_bytes(part)
        if kind in {"text/plain", "text/enriched"}:
            text = words_of(data, _charset(part)).replace("\r\n", "\n").replace("\x00", "")
            text = _flowed(part, text)
        else:
            text = self._page(part, data)
        if not text.strip():
            return
        said, repeated = fold(text, reply=self._reply)
        self._draft.blank()
        self._draft.line(said.strip("\n"), "parts")
        if repeated:
            self._repeated.append(repeated)

    def _page(self, part: Message, data: bytes) -> str:
        """An HTML part as a page shows it; the encoding that the mail names counts where it fits."""
        try:
            if charset := _charset(part):  # then the page's own word on its encoding does not count
                data = b"\xef\xbb\xbf" + words_of(data, charset).removeprefix("\ufeff").encode("utf-8", "replace")
            page = pages.load(Source(name=self._source.name, media_type="text/html", data=data), self._limits)
        except InputError as error:
            self._draft.unread("parts", f"an HTML part that cannot be read: {error}")
            return ""
        for one in page.report.skipped:
            (self._draft.unread if one.unread else self._draft.left_out)(one.part, one.reason, one.count)
        return page.text


def _best(parts: list[Message]) -> Message | None:
    """Of forms of the same text the plain one that says something, else the last that can be read: the richest."""
    for one in parts:
        if one.get_content_type() == "text/plain" and payload_bytes(one).strip():
            return one
    readable = [one for one in parts if one.get_content_maintype() in {"text", "multipart"}]
    html = [one for one in readable if one.get_content_type() != "text/calendar"]
    found = html or readable
    return found[-1] if found else None


def _holds_more(part: Message) -> bool:
    """Whether a form of the text that is not read may hold files."""
    return part.get_content_type() in {"multipart/mixed", "multipart/related"}


def _payload(part: Message) -> list[object]:
    found = part.get_payload()
    return list(found) if isinstance(found, list) else []


def payload_bytes(part: Message) -> bytes:
    """The bytes of a part without its transfer encoding; those of a broken one as far as they go."""
    try:
        data = part.get_payload(decode=True)
    except (MessageError, ValueError, LookupError, AssertionError):
        data = None
    return data if isinstance(data, bytes) else b""


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (MessageError, ValueError, LookupError):
        return None


def _flowed(part: Message, text: str) -> str:
    """Paragraphs that were broken into lines, joined again (RFC 3676)."""
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    joins = "" if str(part.get_param("delsp", "")).lower() == "yes" else " "
    paragraphs: list[str] = []
    open_line = False
    for line in text.split("\n"):
        soft = line.endswith(" ") and line != "-- " and not line.startswith(">")
        body = line[:-1] + joins if soft else line
        if open_line and not line.startswith(">") and line != "-- ":
            paragraphs[-1] += body.removeprefix(" ")
        else:
            paragraphs.append(body)
        open_line = soft
    return "\n".join(paragraphs)
