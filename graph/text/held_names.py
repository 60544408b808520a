"""Whether a text holds a name, both as names are normalised; which documents are called by some words. Pure."""

import re
from dataclasses import dataclass

from typing_extensions import override

from graph.filters import Filters
from graph.model import Document
from graph.text.names import norm
from graph.text.normal import normal
from graph.text.tokens import fold, is_east_asian

_BRACKETS = re.compile(r"[()（）]")


def norm_text(text: str) -> str:
    """A text as names are normalised, with nothing left out of it."""
    return norm(_BRACKETS.sub(" ", text))


def holds_name(key: str, name: str) -> bool:
    """Whether a normalised text holds a normalised name, on borders of words where the script has any."""
    if not name:
        return False
    return name in key if is_east_asian(name) else f" {name} " in f" {key} "


@dataclass(frozen=True, slots=True, kw_only=True)
class Called(Filters):
    """Filters that ask for ``words`` as well: each stands in a document's title, id or source.

    They are compared without regard to case, accents, width or the form of Han; a part of a word will do.
    """

    words: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.words or self.conditions)

    @override
    def fits(self, document: Document) -> bool:
        named = search_key(f"{document.title}\n{document.id}\n{document.source}")
        return all(word in named for word in self.words) and Filters.fits(self, document)


def called(text: str, filters: Filters | None = None) -> Called:
    """Documents that are called by every word of a text, and that filters fit."""
    return Called(words=tuple(search_key(text).split()), conditions=filters.conditions if filters else ())


def search_key(text: str) -> str:
    """A text as it is compared by."""
    return fold(normal(text))
