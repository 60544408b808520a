"""Passages for a list: all of the lists and tables that were found a part of, and what else holds the words asked."""

from collections.abc import Iterator, Sequence

from graph.model import PlacedChunk
from graph.text.names import norm
from graph.text.tokens import stems
from graph.view.snapshot import Snapshot
from retrieval.finding.broad.passages import as_evidence, of_graph, passages_of
from retrieval.finding.weights import BROAD_LIMITS
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion


def passages_for_list(read: ReadQuestion, found: Sequence[Evidence], snapshot: Snapshot) -> tuple[Evidence, ...]:
    """What was found, with the rest of its documents near it, then what the graph and the keywords lead to."""
    return as_evidence((*_with_neighbours(found, snapshot), *map(of_graph, _further(read, snapshot))))


def _with_neighbours(found: Sequence[Evidence], snapshot: Snapshot) -> Iterator[Evidence]:
    """Each passage with those of the same section around it, in the order of the document."""
    done: set[str] = set()
    by_id = {item.placed.chunk.id: item for item in found}
    for item in found[: BROAD_LIMITS.widened]:
        document = item.placed.document.id
        if document in done:
            continue
        done.add(document)
        chunks = snapshot.document_chunks(document)
        sections = {_section(by_id[p.chunk.id].placed) for p in chunks if p.chunk.id in by_id}
        for placed in chunks:
            if _section(placed) in sections:
                yield by_id.get(placed.chunk.id) or of_graph(placed)
    yield from found


def _section(placed: PlacedChunk) -> tuple[str, ...]:
    """The headings of a passage; the names of the columns that a part of a table has are none."""
    headings = placed.chunk.headings
    return headings[:-1] if headings and " | " in headings[-1] else headings


def _further(read: ReadQuestion, snapshot: Snapshot) -> Iterator[PlacedChunk]:
    """Passages in which the named things stand in relations, and those with most of the words that are asked for."""
    assert read.broad is not None
    allowed = snapshot.allowed(read.question.filters)
    chunk_ids: dict[str, None] = {}
    for key in sorted(set(read.names) & snapshot.name_numbers(read.names).keys(), key=len, reverse=True)[:3]:
        chunk_ids |= dict.fromkeys(one.chunk_id for one in snapshot.relations(key, BROAD_LIMITS.mentions))
    for kind in sorted({norm(read.broad.subject), _singular(norm(read.broad.subject))} - {""}):
        for entity in snapshot.entities(kind, BROAD_LIMITS.namesakes):
            chunk_ids |= dict.fromkeys(one.chunk_id for one in snapshot.relations(entity.key, 5))
    rows = [row for one in chunk_ids if (row := snapshot.row(one)) is not None and allowed[row]]
    matching, _ = snapshot.matching(stems(read.broad.core), BROAD_LIMITS.matching, allowed)
    yield from passages_of(list(dict.fromkeys((*rows[: BROAD_LIMITS.mentions], *matching.tolist()))), snapshot)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
