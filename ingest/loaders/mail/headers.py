"""Headers of a mail as a person reads them, however they were written."""

import email.utils
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from ingest.loaders.drafting import one_line

MOST_ADDRESSES = 100
_RAW = re.compile("[\udc80-\udcff]")


def decoded(value: str) -> str:
    """A header as text: encoded words (RFC 2047) in their encodings, bytes beyond ASCII in the one that fits."""
    raw = _own_bytes(value)
    if "=?" not in raw:
        return raw
    try:
        parts = decode_header(raw)
    except (HeaderParseError, ValueError, LookupError):
        return raw
    return "".join(part if isinstance(part, str) else _word(part, charset) for part, charset in parts)


def words_of(data: bytes, charset: str | None) -> str:
    """Bytes as text in the encoding that they claim, or in the one that fits."""
    for name in (charset, "utf-8", "gb18030"):
        if not name or name.lower() in {"unknown-8bit", "x-unknown", "default"}:
            continue
        try:
            return data.decode("gb18030" if name.lower() in {"gb2312", "gbk"} else name)
        except (LookupError, UnicodeError):
            continue
    return data.decode("windows-1252", "replace")


def header(message: Message, name: str) -> str:
    """The first header of a name as text, on one line; empty where there is none."""
    return next((one_line(decoded(value)) for value in _raw(message, name)), "")


def addresses(message: Message, name: str) -> Sequence[str]:
    """The addresses of a header, each as "Name <address>", as far as they can be told apart."""
    values = [_own_bytes(value) for value in _raw(message, name)]
    found = email.utils.getaddresses(values)
    shown = [_shown(person, address) for person, address in found[:MOST_ADDRESSES] if person or address]
    return tuple(shown) if shown else tuple(text for value in values if (text := one_line(decoded(value))))


def moment(value: str) -> str | None:
    """The moment of a ``Date`` header as ISO 8601 with its offset; one without an offset is UTC. None: it is none."""
    for parse in (email.utils.parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = parse(value.strip())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()
    return None


def _shown(person: str, address: str) -> str:
    name = one_line(decoded(person))
    place = one_line(decoded(address))
    return f"{name} <{place}>" if name and place else name or place


def _raw(message: Message, name: str) -> list[str]:
    """Headers as they were sent."""
    return [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]


def _word(data: bytes, charset: str | None) -> str:
    return data.decode("raw-unicode-escape", "replace") if charset is None else words_of(data, charset)


def _own_bytes(text: str) -> str:
    """Text whose bytes beyond ASCII were kept as halves of surrogate pairs."""
    if not _RAW.search(text):
        return text
    return words_of(text.encode("utf-8", "surrogateescape"), None)
