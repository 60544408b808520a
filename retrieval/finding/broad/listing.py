"""Passages for a list: all of the lists and tables that were found a part of, and what else holds the words asked."""

from collections.abc import Iterator, Sequence

from graph.model import PlacedChunk
from graph.text.names import norm
from graph.text.tokens import stems
from graph.view.snapshot import Snapshot
from retrieval.finding.broad.passages import as_evidence, of_graph, passages_of
from retrieval.finding.weights import BROAD_LIMITS
from retrieval.model import Evidence
from retrieval.questions.broad_questions import BroadQuestion
from retrieval.questions.read_question import ReadQuestion


def passages_for_list(
    read: ReadQuestion, broad: BroadQuestion, found: Sequence[Evidence], snapshot: Snapshot
) -> tuple[Evidence, ...]:
    """What was found, with the rest of its documents near it, then what the graph and the keywords lead to."""
    return as_evidence((*found, *map(of_graph, (*_neighbours(found, snapshot), *_further(read, broad, snapshot)))))


def _neighbours(found: Sequence[Evidence], snapshot: Snapshot) -> Iterator[PlacedChunk]:
    """The passages of the sections that the best ones stand in, in the order of their documents."""
    best = [item.placed for item in found[: BROAD_LIMITS.widened]]
    for document in dict.fromkeys(placed.document.id for placed in best):
        sections = {_section(placed) for placed in best if placed.document.id == document}
        yield from (placed for placed in snapshot.document_chunks(document) if _section(placed) in sections)


def _section(placed: PlacedChunk) -> tuple[str, ...]:
    """The headings of a passage; the names of the columns that a part of a table has are none."""
    headings = placed.chunk.headings
    return headings[:-1] if headings and " | " in headings[-1] else headings


def _further(read: ReadQuestion, broad: BroadQuestion, snapshot: Snapshot) -> Iterator[PlacedChunk]:
    """Passages in which the named things stand in relations, and those with most of the words that are asked for."""
    allowed = snapshot.allowed(read.question.filters)
    chunk_ids: dict[str, None] = {}
    for key in sorted(set(read.names) & snapshot.name_numbers(read.names).keys(), key=len, reverse=True)[:3]:
        chunk_ids |= dict.fromkeys(one.chunk_id for one in snapshot.relations(key, BROAD_LIMITS.mentions))
    for kind in sorted({norm(broad.subject), _singular(norm(broad.subject))} - {""}):
        for entity in snapshot.entities(kind, BROAD_LIMITS.namesakes):
            chunk_ids |= dict.fromkeys(one.chunk_id for one in snapshot.relations(entity.key, 5))
    rows = [row for one in chunk_ids if (row := snapshot.row(one)) is not None and allowed[row]]
    matching, _ = snapshot.matching(stems(broad.core), BROAD_LIMITS.matching, allowed)
    yield from passages_of(list(dict.fromkeys((*rows[: BROAD_LIMITS.mentions], *matching.tolist()))), snapshot)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
