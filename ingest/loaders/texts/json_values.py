"""JSON as it is written: numbers with all their digits, a name that is there twice with both its values."""

import json
from collections.abc import Iterator


class Literal(str):
    """A number, true or false, as it is written."""

    __slots__ = ()


class Members(tuple[tuple[str, object], ...]):
    """The names and values of an object, in order."""

    __slots__ = ()


_DECODER = json.JSONDecoder(
    object_pairs_hook=Members, parse_int=Literal, parse_float=Literal, parse_constant=Literal
)  # fmt: skip


def read_value(text: str) -> object:
    """The value that a text is: :class:`Members`, a list, a string, a :class:`Literal`, a boolean or None.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.
    """
    return _DECODER.decode(text.removeprefix("\ufeff"))


def said(value: object) -> str | None:
    """What a value that holds no others says; None for one that does. Nothing is said by ``null``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Each value within another and its path: ``a.b[2].c``. A list of short plain values is one."""
    alone = said(value)
    if alone is not None:
        yield path, alone
    elif isinstance(value, Members):
        for name, each in value:
            yield from leaves(each, joined(path, name))
    elif isinstance(value, list):
        listed = in_a_line(value)
        if listed is not None:
            yield path, listed
            return
        for number, each in enumerate(value):
            yield from leaves(each, f"{path}[{number}]")


def joined(path: str, name: str) -> str:
    """The path of a member."""
    return f"{path}.{name}" if path else name


def in_a_line(values: list[object], most: int = 200) -> str | None:
    """A list of plain values as one line; None where it holds others, or too much for a line."""
    parts: list[str] = []
    length = 0
    for each in values:
        alone = said(each)
        length += len(alone or "") + 2
        if alone is None or length > most or "\n" in alone:
            return None
        parts.append(alone)
    return ", ".join(parts)
