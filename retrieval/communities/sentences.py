"""Sentences of passages that say something by themselves, and which of them to take. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.text.tokens import east_asian_share, stems
from retrieval.answering.extractive.prose import prose_of
from retrieval.communities.weights import REPORT_LIMITS as LIMITS
from retrieval.model import Evidence

_HAN = 0.3
_ENDED = re.compile(r"[.!。！…][\"'”’」』)）\]]*\s*$")
"""How a statement ends; a question says nothing, and half a sentence not enough."""
_BEGUN = re.compile(r"[\W\d_]*+(?![a-z])")
"""How a sentence begins that is not the rest of one: with no small letter of the Latin script."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Said:
    """A literal sentence of a passage, ``start`` to ``end`` in the chunk, and its stems."""

    item: Evidence
    start: int
    end: int
    stems: frozenset[str]

    @property
    def text(self) -> str:
        """As the passage has it."""
        return self.item.placed.chunk.text[self.start : self.end]


def telling_sentences(item: Evidence) -> Iterator[Said]:
    """Statements of a passage that are neither too short nor too long, in order."""
    chunk = item.placed.chunk
    for line in prose_of(item):
        text = line.text(chunk)
        if _fits(text):
            yield Said(item=item, start=line.start, end=line.end, stems=frozenset(stems(text)))


def _fits(text: str) -> bool:
    han = east_asian_share(text) > _HAN
    shortest, longest = (LIMITS.shortest_han, LIMITS.longest_han) if han else (LIMITS.shortest, LIMITS.longest)
    whole = _BEGUN.match(text) is not None and _ENDED.search(text) is not None
    return shortest <= len(text) <= longest and whole


def repeats(one: frozenset[str], others: Sequence[frozenset[str]], same: float = LIMITS.same) -> bool:
    """Whether a sentence says nearly what another does, by their stems; ``same``: their Jaccard similarity then."""
    return any(len(one & other) >= same * len(one | other) for other in others)
