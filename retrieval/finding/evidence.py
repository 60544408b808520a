"""Which passages an answer may rest on: the best hits, near-duplicates collapsed, within a budget. Pure.

Passages that share nearly all their terms still say different things where one says "not" and the other does not, or
where what they do not share is a number or a name. Those are no duplicates.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.model import PlacedChunk
from graph.text.names_chinese import chinese_names
from graph.text.polarity import modals, negations
from graph.text.tokens import is_east_asian, stems
from retrieval.finding.weights import EVIDENCE_LIMITS as LIMITS
from retrieval.model import Evidence, Hit

_TELLING = re.compile(r"\d+(?:[.,]\d+)*|[A-Z][\w'’+#-]*")
"""Numbers, and words that may be names."""


@dataclass(frozen=True, slots=True)
class _Passage:
    text: str
    terms: frozenset[str]


def gather_evidence(hits: Sequence[Hit], chunks: Mapping[str, PlacedChunk]) -> tuple[Evidence, ...]:
    """Evidence in order of rank, markers from 1. A hit whose chunk is gone (purged meanwhile) is left out."""
    found: list[Evidence] = []
    kept: list[_Passage] = []
    characters = 0
    for hit in hits:
        placed = chunks.get(hit.chunk_id)
        if placed is None:
            continue
        passage = _Passage(placed.chunk.text, frozenset(stems(placed.chunk.text)))
        if any(_repeats(passage, other) for other in kept):
            continue
        characters += len(placed.chunk.text)
        if found and characters > LIMITS.characters:
            break
        kept.append(passage)
        found.append(Evidence(marker=len(found) + 1, hit=hit, placed=placed))
        if len(found) == LIMITS.passages:
            break
    return tuple(found)


def _repeats(one: _Passage, other: _Passage) -> bool:
    """Whether two passages say the same."""
    if _overlap(one.terms, other.terms) < LIMITS.same:
        return False
    if negations(one.text) != negations(other.text) or modals(one.text) != modals(other.text):
        return False
    return not (_telling(one.text) ^ _telling(other.text))


def _telling(text: str) -> frozenset[str]:
    """The numbers and names of a text, without what is written large only because a sentence begins with it."""
    words = {
        found[0].replace(",", "") for found in _TELLING.finditer(text) if not _begins(text, found.start(), found[0])
    }
    names = {text[start:end] for start, end in chinese_names(text)} if is_east_asian(text) else set()
    return frozenset(words | names)


def _begins(text: str, start: int, word: str) -> bool:
    before = text[:start].rstrip("\"'“‘([*#->• \t")
    return word[0].isalpha() and not word[1:2].isupper() and (not before or before[-1] in ".!?\n")


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard similarity."""
    return len(one & other) / len(one | other) if one and other else 0.0
