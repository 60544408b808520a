"""JSON as small models write it: amid prose, with a comma too many, or cut off in the middle. Pure."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_DEPTH = 12
_CLOSING = {"{": "}", "[": "]"}
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[{}\[\]]', re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
AROUND = " \n\t\r`"
"""What may stand around a value: white space and fences."""
_INNERMOST = re.compile(r"\{[^{}\[\]]*\}|\[[^{}\[\]]*\]")


def json_values(text: str) -> Iterator[object]:
    """Every JSON value that begins with a bracket, in order; damaged ones as far as they can be mended.

    No value is nested more than ``MAX_DEPTH`` deep. Nothing raises.
    """
    for piece in _pieces(text):
        yield from _loaded(piece.text)


def whole_values(text: str) -> Iterator[object]:
    """Those of the values that are closed where they stand."""
    for piece in _pieces(text):
        if piece.open_end is None:
            yield from _loaded(piece.text)


def open_end(text: str) -> "OpenEnd | None":
    """How the text ends if a value is still open there; None where none is."""
    return next((piece.open_end for piece in _pieces(text) if piece.open_end), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEnd:
    """What stands after the last whole part, white space and fences aside, and the brackets that are missing."""

    rest: str
    closers: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """A value with the brackets that it lacks."""

    text: str
    open_end: OpenEnd | None


def _pieces(text: str) -> Iterator[_Piece]:
    place = 0
    while (start := _next_bracket(text, place)) >= 0:
        piece, place = _closed(text, start)
        yield piece


def _next_bracket(text: str, place: int) -> int:
    found = [at for at in (text.find("{", place), text.find("[", place)) if at >= 0]
    return min(found, default=-1)


def _closed(text: str, start: int) -> tuple[_Piece, int]:
    """The text from a bracket to its partner, and where to go on.

    Where a bracket has no partner, the text ends after its last whole part, and the missing brackets are added.
    """
    stack: list[str] = []
    whole, closers, place = start, "", len(text)
    for token in _TOKEN.finditer(text, start):
        mark = token.group()
        if mark[0] == '"':
            continue
        if mark in _CLOSING:
            if len(stack) == MAX_DEPTH:
                place = token.end()
                break
            stack.append(_CLOSING[mark])
        elif stack.pop() != mark:
            place = token.end()
            break
        elif not stack:
            return _Piece(text[start : token.end()], None), token.end()
        else:
            whole, closers = token.end(), "".join(reversed(stack))
    end = OpenEnd(rest=text[whole:].strip(AROUND), closers=closers) if place == len(text) else None
    return _Piece(text[start:whole] + closers, end), place


def _loaded(piece: str) -> Iterator[object]:
    for attempt in (piece, _TRAILING_COMMA.sub(r"\1", piece)):
        value = _load(attempt)
        if value is not None:
            yield value
            return
    for match in _INNERMOST.finditer(piece):
        value = _load(_TRAILING_COMMA.sub(r"\1", match.group()))
        if value is not None:
            yield value


def _load(piece: str) -> object | None:
    try:
        value: object = json.loads(piece, strict=False)
    except ValueError:
        return None
    return value
