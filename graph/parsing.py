"""What callers send, turned from text into values once, where it comes in. Pure.

Python reads more than the protocols mean: ``"²".isdigit()`` holds, ``int()`` takes the digits of every script, a
moment may lie outside the calendar once its offset is taken off, and a string may hold half of a surrogate pair, which
no file, database or answer can take.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from graph.errors import BrokenText, InputError

LARGEST = 2**63 - 1
"""The largest whole number that stores and clients share."""
MAX_DEPTH = 64
_WHOLE = re.compile(r"[0-9]{1,19}")
_LONGEST_MOMENT = 40
_HALF = re.compile(r"[\ud800-\udfff]")
_HALF_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def whole_number(raw: str) -> int | None:
    """The number that ASCII digits write, from 0 to ``LARGEST``; None for everything else."""
    if not _WHOLE.fullmatch(raw) or int(raw) > LARGEST:
        return None
    return int(raw)


def moment(raw: str) -> datetime | None:
    """An ISO 8601 moment in UTC, which is meant where no zone is given; None where it is none, or before year 1."""
    if len(raw) > _LONGEST_MOMENT or not raw.isascii():
        return None
    try:
        found = datetime.fromisoformat(raw)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def is_text(value: str) -> bool:
    """Whether a string is text: no halves of surrogate pairs, and no control characters but line ends and tabs."""
    return not has_halves(value) and not _CONTROL.search(value)


def has_halves(value: str) -> bool:
    """Whether a string holds half of a surrogate pair."""
    return _HALF.search(value) is not None


def legible(value: str) -> str:
    """A string that can be kept and shown: surrogates that make a pair are joined, others replaced (U+FFFD)."""
    if not has_halves(value):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def check_text(what: str, value: str, *, most: int) -> None:
    """Raise InputError unless a string is text of at most ``most`` characters."""
    if len(value) > most:
        raise InputError(f"{what} has {len(value)} characters; the limit is {most}")
    if not is_text(value):
        raise BrokenText(f"{what} holds a control character, or half of a surrogate pair")


def decoded(what: str, raw: bytes) -> str:
    """Bytes as UTF-8, of which nothing is replaced. Raises BrokenText."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BrokenText(f"{what} is not UTF-8: byte {raw[error.start]:#x} at {error.start}") from error


def read_json(what: str, raw: bytes | str) -> object:
    """A JSON value in UTF-8, as RFC 8259 has it and no more.

    Raises:
        BrokenText: not UTF-8, or a string holds half of a surrogate pair.
        InputError: no JSON, ``NaN`` or ``Infinity``, nested deeper than ``MAX_DEPTH``, a field that stands twice, or a
            number with thousands of digits.
    """
    text = decoded(what, raw.removeprefix(b"\xef\xbb\xbf")) if isinstance(raw, bytes) else raw
    try:
        value: object = json.loads(text, parse_constant=_no_number, object_pairs_hook=_object)
    except RecursionError as error:
        raise InputError(f"{what} is nested too deep; {MAX_DEPTH} levels are the limit") from error
    except ValueError as error:
        raise InputError(f"{what} is not valid JSON: {error}") from error
    if _too_deep(value):
        raise InputError(f"{what} is nested too deep; {MAX_DEPTH} levels are the limit")
    if _HALF_ESCAPED.search(text) or has_halves(text):
        _check_strings(what, value)
    return value


def read_stored(raw: str) -> Any:
    """JSON as any release may have stored it: halves of surrogate pairs are replaced. Raises ValueError."""
    try:
        value = json.loads(raw)
        if _HALF_ESCAPED.search(raw):
            value = json.loads(legible(json.dumps(value, ensure_ascii=False)))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def _no_number(constant: str) -> object:
    raise ValueError(f"{constant} is no number of JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(name, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"the field {name[:100]!r} stands twice")
    return found


def _too_deep(value: object) -> bool:
    """Level by level, so that no depth is too much for this look itself."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _inside(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _check_strings(what: str, value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise BrokenText(f"{what} holds half of a surrogate pair in a string") from error
