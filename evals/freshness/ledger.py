"""The evaluation's own account of what every document says at which revision, and which statements are made.

It is kept from the changes that the evaluation makes, never from what the service says: the service is what is tested.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from graph.text.tokens import is_east_asian, words

_BORDER = re.compile(r"\n+|(?<=[.!?])\s+|(?<=[。！？；])")
_BLANKS = re.compile(r"\s+")
_LEAST = 20
_LEAST_WORDS = 3
"""A statement has at least so many characters and words. A shorter line, or one drawn in a table, says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a document stands from a revision on; ``text`` is None where it is deleted."""

    revision: int
    version: int
    text: str | None


class Ledger:
    """Holds one entry per change that can be read, and says how a document stands at any revision."""

    def __init__(self) -> None:
        self._history: dict[str, list[Standing]] = {}
        self.newest = 0

    def note(self, document_id: str, standing: Standing) -> None:
        """Add a change that can be read from its revision on."""
        history = self._history.setdefault(document_id, [])
        if not history or history[-1].revision < standing.revision:
            history.append(standing)
        self.newest = max(self.newest, standing.revision)

    def at(self, document_id: str, revision: int) -> Standing | None:
        """How a document stands at a revision; None where it is not live."""
        history = self._history.get(document_id, [])
        place = bisect_right([one.revision for one in history], revision)
        found = history[place - 1] if place else None
        return found if found is not None and found.text is not None else None

    def holders(self, statement: str) -> Iterator[str]:
        """Live documents that make a statement, by id."""
        return (key for key, text in self.texts(self.newest).items() if statement in flat(text))

    def texts(self, revision: int) -> Mapping[str, str]:
        """Every live text at a revision."""
        standing = {document_id: self.at(document_id, revision) for document_id in sorted(self._history)}
        return {key: one.text for key, one in standing.items() if one is not None and one.text is not None}


class StatementCounts:
    """Counts the live documents that make a statement; a statement is a line or sentence of some length."""

    def __init__(self) -> None:
        self._documents: Counter[str] = Counter()

    def change(self, before: str | None, after: str | None) -> tuple[set[str], set[str]]:
        """Note a document's change.

        Returns the statements it made before that no document makes any more, and those that others still make.
        """
        old, new = statements(before or ""), statements(after or "")
        self._documents.update(new - old)
        self._documents.subtract(old - new)
        lost = old - new
        return {one for one in lost if self._documents[one] <= 0}, {one for one in lost if self._documents[one] > 0}

    def made(self, statement: str) -> bool:
        """Whether any live document makes a statement."""
        return self._documents[statement] > 0


def statements(text: str) -> set[str]:
    """The lines and sentences of some length in a text, white space folded."""
    lines = (flat(part) for part in _BORDER.split(text))
    return {one for one in lines if len(one) >= _LEAST and (is_east_asian(one) or len(words(one)) >= _LEAST_WORDS)}


def flat(text: str) -> str:
    """The text with each run of white space as one blank."""
    return _BLANKS.sub(" ", text).strip()


def states(text: str, values: Iterable[str]) -> bool:
    """Whether a text holds one of the values. A part of a longer word or number does not count: 1.2 is not in 1.2.3."""
    folded = text.casefold()
    return any(value and _value(value.casefold()).search(folded) for value in values)


def _value(value: str) -> "re.Pattern[str]":
    before = r"(?<!\w)(?<!\w[.:+-])" if value[0].isascii() else ""
    after = r"(?!\w)(?![.:+-]\w)" if value[-1].isascii() else ""
    return re.compile(before + re.escape(value) + after)
