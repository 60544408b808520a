"""What a passage says it is about: the name that its title or its opening gives, and what tells it from others. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

from graph.model import PlacedChunk
from graph.text.names import norm

_OPENING = 240
"""Characters of a passage in which its opening is looked for."""
_TITLE = re.compile(r"(?P<base>[^(（]{1,120}?)\s*[(（]\s*(?P<of>[^()（）]{1,80}?)\s*[)）]\s*")
_COMMA = re.compile(r"(?P<base>[^,(]{1,120}), (?P<of>[^()]{1,80})")
_OPENED = re.compile(r"(?P<base>[^(,.]{2,100}?)\s\(\s?(?P<of>[^().]{1,80}?)\s?\)\s(?=\S)")
_TWICE = re.compile(r"(?P<base>[^(,.]{2,100}?)(?:, (?P<of>[^(.]{1,80}?))? (?P=base)\b")


@dataclass(frozen=True, slots=True)
class Label:
    """The name of what a passage is about, normalised, and the words behind it that tell it from its namesakes."""

    base: str
    of: frozenset[str]


def label(placed: PlacedChunk) -> Label | None:
    """None where neither title nor opening names anything: the opening counts where there is no title."""
    title = placed.document.title
    return _of_title(title) if title else _of_opening(placed.chunk.text[:_OPENING])


@lru_cache(maxsize=4096)
def _of_title(title: str) -> Label | None:
    found = _TITLE.fullmatch(title) or _COMMA.fullmatch(title)
    base = norm(found["base"] if found else title)
    return Label(base, _words(found["of"] if found else "")) if base else None


@lru_cache(maxsize=4096)
def _of_opening(text: str) -> Label | None:
    """ "Orn (mill) Orn is a mill", "Orn, Selm Orn is a mill", as a page begins whose title became text."""
    found = _OPENED.match(text)
    if found is None or norm(found["base"]) not in norm(text[found.end() :]):
        found = _TWICE.match(text)
    base = norm(found["base"]) if found and found["base"][:1].isalnum() and not found["base"][0].islower() else ""
    return Label(base, _words(found["of"] or "" if found else "")) if base else None


def _words(text: str) -> frozenset[str]:
    return frozenset(norm(text).split())
