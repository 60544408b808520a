"""Text of documents, models and callers as Markdown in which nothing acts. Pure.

Answers are Markdown that says what the text says and does nothing: no HTML, no image, no link, no address that a
client would make one of. Addresses become code, everything else is escaped where it would begin to act; other text
stays as it is (decision 23).
"""

import re
import string
from collections.abc import Iterator

from graph.text.controls import visible

_CODE = re.compile(r"(?:(?<!\S)|(?<=\s\())(`{1,3})(?!`)([^`\n]+)(?<!`)\1(?=[.,;:!?)]{0,3}(?:\s|\Z))")
_ACTIVE_IN_CODE = re.compile(r"<[A-Za-z/!?]|!\[|\][(\[:]")
_SCHEMES = (
    "javascript|vbscript|livescript|data|mailto|tel|sms|file|blob|about|view-source|xmpp|magnet|intent|ms-[a-z-]+"
)
_ADDRESS = re.compile(
    rf"(?<![A-Za-z0-9/])(?:[a-z][a-z0-9+.-]{{0,30}}:/{{2,}}|(?:{_SCHEMES}):|/{{2,}}(?=[\w\[])|www\.)(?=\S)",
    re.IGNORECASE,
)
_DOMAINS = "[a-z]{2}|biz|com|edu|gov|net|org|pro|web|xxx|aero|asia|coop|info|museum|name|shop|рф|xn--[a-z0-9-]+"
"""What clients guess to be the end of a host, where no scheme stands before it."""
_GUESSED = re.compile(rf"[^\s.@]\.(?:{_DOMAINS})(?![^\W_])|[^\s@]@[^\s@]+\.", re.IGNORECASE)
_EAST_ASIAN = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_RUN = re.compile(r"[^\s`\\<>\"|，。；：！？、（）《》「」『』【】“”]+")
"""What an address can be part of; it ends where the run does, for what is left of it could be taken for another."""
_TRAILING = ".,;:!?'*_~)]}"
_PUNCTUATION = re.escape(string.punctuation)
_ACTIVE = re.compile(
    rf"(?P<slash>\\(?=[{_PUNCTUATION}]|\Z))|(?P<tick>`)|(?P<tag><(?=[A-Za-z/!?]))|(?P<entity>&(?=#?\w+;))"
    r"|(?P<image>!(?=\[))|(?P<link>\](?=[(\[:]))"
)
_ESCAPES = {"slash": r"\\", "tick": r"\`", "tag": "&lt;", "entity": "&amp;", "image": r"\!", "link": r"\]"}


def inert_markdown(text: str) -> str:
    """Markdown that shows a text and does nothing, whatever the text is; it can stand within a line of other text."""
    return "".join(_pieces(visible(text)))


def inert_line(text: str) -> str:
    """The same in one line: a title, an id, a quote within a sentence."""
    return inert_markdown(" ".join(text.split()))


def addresses(text: str) -> frozenset[str]:
    """Every address in a text that leads somewhere: with a scheme, a path, or of a mailbox; in lower case."""
    found = (text[start:end].lower() for start, end in _address_spans(text))
    return frozenset(one.rstrip("/") for one in found if re.search(r"[/:@?#]|^www\.", one))


def _pieces(text: str) -> Iterator[str]:
    """Code as it is, where nothing in it looks active; all else made inert."""
    end = 0
    for code in _CODE.finditer(text):
        if not _ACTIVE_IN_CODE.search(code[2]) and code[2].strip():
            yield from _prose(text[end : code.start()])
            yield code[0]
            end = code.end()
    yield from _prose(text[end:])


def _prose(text: str) -> Iterator[str]:
    end = 0
    for start, stop in _address_spans(text):
        yield _escaped(text[end:start])
        yield f"`{text[start:stop]}`"
        end = stop
    yield _escaped(text[end:])


def _escaped(text: str) -> str:
    return _ACTIVE.sub(lambda found: _ESCAPES[str(found.lastgroup)], text)


def _address_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where addresses are, in order: those with a scheme, and whatever a client would take for one."""
    for run in _RUN.finditer(text):
        start = _address_start(run[0])
        if start is not None:
            yield run.start() + start, run.start() + max(len(run[0].rstrip(_TRAILING)), start + 1)


def _address_start(run: str) -> int | None:
    """Where the first address of a run begins: one with a scheme, or, guessed, ``firm.net``, ``a@firm.net``."""
    guessed = _GUESSED.search(run)
    if guessed is not None:
        before = _EAST_ASIAN.search(run[: guessed.start()][::-1])
        return guessed.start() - before.start() if before else 0
    schemed = _ADDRESS.search(run)
    return schemed.start() if schemed else None
