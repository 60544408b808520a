"""Passages on one thing: its own document first, then those that name it."""

from collections.abc import Iterator, Sequence

import numpy as np

from graph.model import PlacedChunk
from graph.text.names import norm
from graph.view.snapshot import Snapshot
from retrieval.finding.broad.passages import as_evidence, of_graph, passages_of
from retrieval.finding.weights import BROAD_LIMITS
from retrieval.model import Evidence
from retrieval.questions.broad_questions import BroadQuestion
from retrieval.questions.read_question import ReadQuestion


def passages_on(
    read: ReadQuestion, broad: BroadQuestion, found: Sequence[Evidence], snapshot: Snapshot
) -> tuple[Evidence, ...]:
    """What was found, with what the graph knows of the thing that the question names."""
    key = norm(broad.subject)
    numbers = snapshot.name_numbers(sorted({key, *snapshot.other_names([key]).get(key, ())} - {""}))
    if not numbers:
        return tuple(found)
    named = _naming(list(numbers.values()), read, snapshot)
    own = [placed for placed in named if norm(placed.document.title) in numbers]
    others = [placed for placed in named if norm(placed.document.title) not in numbers]
    mine = (of_graph(placed) for placed in (*_first_of_each(own, snapshot), *others))
    return as_evidence((*found, *mine))


def _naming(names: Sequence[int], read: ReadQuestion, snapshot: Snapshot) -> list[PlacedChunk]:
    """Passages that names stand in, or in whose title."""
    allowed = snapshot.allowed(read.question.filters)
    most = np.full(len(names), BROAD_LIMITS.mentions, dtype=np.float64)
    _, rows = snapshot.gather_rows(np.array(names, dtype=np.int32), most)
    rows = np.unique(rows)
    kept = sorted(rows[allowed[rows]].tolist(), key=snapshot.chunk_id)[: BROAD_LIMITS.mentions]
    return sorted(passages_of(kept, snapshot), key=lambda placed: (placed.document.id, placed.position.ordinal))


def _first_of_each(own: Sequence[PlacedChunk], snapshot: Snapshot) -> Iterator[PlacedChunk]:
    """The first passages of each document that is called after the thing."""
    for document_id in sorted({placed.document.id for placed in own})[: BROAD_LIMITS.namesakes]:
        yield from snapshot.document_chunks(document_id)[: BROAD_LIMITS.own]
