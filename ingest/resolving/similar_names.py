"""How alike two names are as strings, and whether that is enough to take them for one thing. Pure.

Numbers, single letters and Roman numerals must agree: "World War I" is not "World War II", however alike. What is left
may differ in word order, in a slip of the pen, in spelled-out initials, or in the legal form of a firm.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from graph.model import FloatArray
from graph.text.names import norm

SHORTEST = 6
"""Letters below which a slip of the pen makes another word."""
ALIKE = 0.9
"""Least likeness as strings."""
NEAR = 0.6
"""Least cosine of the names' vectors. It rules out pairs whose difference in meaning strings do not show."""
UNTOLD = frozenset({"", "name", "title", "quoted", "noun phrase"})
"""Types that say nothing about a thing: the rules give them."""
_PERSON = frozenset({"person", "per", "human", "people", "人物", "人"})
_FORMS = {
    "company": "co", "corporation": "corp", "incorporated": "inc", "limited": "ltd", "brothers": "bros", "saint": "st",
    "mount": "mt", "fort": "ft", "doctor": "dr", "professor": "prof", "university": "univ", "department": "dept",
}  # fmt: skip
_CONTRASTS = frozenset(
    """
    north south east west northern southern eastern western upper lower inner outer old new first second third senior
    junior male female men women boys girls
    """.split()
)
_NUMBER = re.compile(r"\d|^[ivxlcdm]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedThing:
    """An entity as its mentions have it: its most frequent name and type, and its name's vector, float32 ``(d,)``."""

    name: str
    type: str
    vector: FloatArray


def same_thing(one: NamedThing, other: NamedThing) -> float | None:
    """The likeness of two names that are taken for one thing; None where they are not."""
    if not types_agree(one.type, other.type):
        return None
    score = likeness(one.name, other.name, person=is_person(one.type) or is_person(other.type))
    return score if score >= ALIKE and float(np.dot(one.vector, other.vector)) >= NEAR else None


def is_person(kind: str) -> bool:
    """Whether a type is that of a person."""
    return kind.strip().casefold() in _PERSON


def types_agree(one: str, other: str) -> bool:
    """Whether two types can be those of one thing. A type that the rules gave agrees with every other."""
    first, second = one.strip().casefold(), other.strip().casefold()
    return first == second or first in UNTOLD or second in UNTOLD


def likeness(one: str, other: str, *, person: bool = False) -> float:
    """From 0 to 1."""
    first, second = _words(one), _words(other)
    if person and _same_initials(first, second):
        return 1.0
    if not first or not second or _exact(first) != _exact(second):
        return 0.0
    joined = "".join(first), "".join(second)
    if Counter(first) == Counter(second) or joined[0] == joined[1]:
        return 1.0
    if min(map(len, joined)) < SHORTEST or _other_word(first, second) or _part(*joined):
        return 0.0
    return SequenceMatcher(None, *joined, autojunk=False).ratio()


def blocks(name: str) -> Iterator[str]:
    """Keys that alike names share. Names without a common key are not compared."""
    words = _words(name)
    if not words:
        return
    joined = "".join(words)
    yield "=" + "".join(sorted(words))
    yield "." + words[0][0] + words[-1]
    if len(joined) >= SHORTEST:
        yield "<" + joined[: len(joined) // 2]
        yield ">" + joined[(len(joined) + 1) // 2 :]
        yield "~" + joined


def _words(name: str) -> list[str]:
    return [_FORMS.get(word, word) for word in norm(name).split()]


def _exact(words: list[str]) -> list[str]:
    """The words that must agree letter by letter."""
    return sorted(word for word in words if len(word) == 1 or word in _CONTRASTS or _NUMBER.search(word))


def _other_word(first: list[str], second: list[str]) -> bool:
    """Whether a word was exchanged for another one, rather than misspelt."""
    if len(first) != len(second):
        return False
    unlike = [(a, b) for a, b in zip(first, second, strict=True) if a != b]
    return any(len(a) < SHORTEST or SequenceMatcher(None, a, b).ratio() < 0.8 for a, b in unlike) or len(unlike) > 1


def _part(one: str, other: str) -> bool:
    """Whether one name begins with the other: Russia and Russian, a thing and a part of it, are two things."""
    return one.startswith(other) or other.startswith(one)


def _same_initials(first: list[str], second: list[str]) -> bool:
    """``j r r tolkien`` and ``john ronald reuel tolkien``; at least one name before the last is there in both."""
    if len(first) != len(second) or len(first) < 2 or first[-1] != second[-1] or len(first[-1]) < 3:
        return False
    return all(a == b or (1 in {len(a), len(b)} and a[0] == b[0]) for a, b in zip(first, second, strict=True))
