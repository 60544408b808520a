"""Which passages an answer may rest on: the best hits, near-duplicates collapsed, within a budget. Pure."""

from collections.abc import Mapping, Sequence

from graph.model import PlacedChunk
from graph.text.tokens import stems
from retrieval.finding.weights import EVIDENCE_LIMITS as LIMITS
from retrieval.model import Evidence, Hit


def gather_evidence(hits: Sequence[Hit], chunks: Mapping[str, PlacedChunk]) -> tuple[Evidence, ...]:
    """Evidence in order of rank, markers from 1. A hit whose chunk is gone (purged meanwhile) is left out."""
    found: list[Evidence] = []
    kept: list[frozenset[str]] = []
    characters = 0
    for hit in hits:
        placed = chunks.get(hit.chunk_id)
        if placed is None:
            continue
        terms = frozenset(stems(placed.chunk.text))
        if any(_overlap(terms, other) >= LIMITS.same for other in kept):
            continue
        characters += len(placed.chunk.text)
        if found and characters > LIMITS.characters:
            break
        kept.append(terms)
        found.append(Evidence(marker=len(found) + 1, hit=hit, placed=placed))
        if len(found) == LIMITS.passages:
            break
    return tuple(found)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard similarity."""
    return len(one & other) / len(one | other) if one and other else 0.0
