"""Passages beside those that a search found, as evidence. Reads the snapshot."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from graph.model import PlacedChunk
from graph.view.snapshot import Snapshot
from retrieval.finding.weights import BROAD_LIMITS
from retrieval.model import Evidence, Hit, PathStep, Why


def as_evidence(passages: Iterable[Evidence], most: int = BROAD_LIMITS.passages) -> tuple[Evidence, ...]:
    """Each passage once, in order, with markers from 1, within a budget of passages and characters."""
    kept: dict[str, Evidence] = {}
    characters = 0
    for item in passages:
        if item.placed.chunk.id in kept:
            continue
        characters += len(item.placed.chunk.text)
        if len(kept) == most or (kept and characters > BROAD_LIMITS.characters):
            break
        kept[item.placed.chunk.id] = item
    return tuple(replace(item, marker=marker) for marker, item in enumerate(kept.values(), start=1))


def of_graph(placed: PlacedChunk) -> Evidence:
    """A passage that the graph or the order of its document led to."""
    chunk, document = placed.chunk, placed.document
    step = PathStep(kind="chunk", id=chunk.id, label=document.title)
    hit = Hit(
        chunk_id=chunk.id, document_id=document.id, rank=1, score=0.0, why=Why(retriever="graph", path=(step,))
    )  # fmt: skip
    return Evidence(marker=0, hit=hit, placed=placed, beside=True)


def passages_of(rows: Sequence[int], snapshot: Snapshot) -> list[PlacedChunk]:
    """The passages of rows, in the order of the rows."""
    placed = snapshot.chunks(rows)
    return [placed[row] for row in rows if row in placed]
