"""RTF in pieces: groups, control words, characters in hexadecimal, and bytes of text (RTF 1.9.1, Microsoft 2008)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """``word`` is a control word or sign, ``number`` what follows it, ``data`` bytes of text."""

    kind: Literal["open", "close", "word", "hex", "bytes"]
    word: str = ""
    number: int | None = None
    data: bytes = b""


_OPEN, _CLOSE = Token(kind="open"), Token(kind="close")


def tokens(data: bytes) -> Iterator[Token]:
    """All pieces in order. Bytes that ``\\bin`` announces are passed over: they are no text."""
    at = 0
    while found := _TOKEN.match(data, at):
        at = found.end()
        word, count, code, sign, brace, text = found.groups()
        if word is not None:
            number = None if count is None else int(count)
            if word == b"bin":
                at += max(0, number or 0)
            else:
                yield Token(kind="word", word=word.decode("ascii"), number=number)
        elif code is not None:
            yield Token(kind="hex", data=bytes((int(code, 16),)))
        elif sign is not None:
            yield Token(kind="word", word="par" if sign in b"\r\n" else sign.decode("latin-1"))
        elif brace is not None:
            yield _OPEN if brace == b"{" else _CLOSE
        elif text is not None:
            yield Token(kind="bytes", data=text)
