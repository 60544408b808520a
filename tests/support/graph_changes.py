"""Changes for tests, and complete dumps of what a store shows at a revision."""

import random
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np

from graph.audience import Audience
from graph.errors import NotFoundError
from graph.identity import chunk_id, entity_id
from graph.model import Alias, Chunk, Document, GraphChange, Mention, Position, Relation, Span, Verdict

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DIMENSION = 4


def make_change(
    document_id: str, version: int, passages: list[str], *, title: str = "T", year: int = 0, reading: int = 0
) -> GraphChange:
    """A document whose passages are single words: a name each, related to the next word of the same passage.

    With ``reading`` 1 the first two different names of a passage are stated to be one thing, and a model has read it.
    """
    document = Document(
        id=document_id, version=version, title=title, source=document_id, media_type="text/plain",
        metadata={"year": year}, content_hash=f"{document_id}{version}", created_at=NOW, updated_at=NOW,
        stage="model" if reading else "rules",
    )  # fmt: skip
    text, chunks, positions, vectors = "", [], [], []
    seen: dict[str, int] = {}
    for ordinal, passage in enumerate(passages):
        chunk = _chunk(document, passage, seen.get(passage, 0))
        seen[passage] = seen.get(passage, 0) + 1
        chunks.append(chunk)
        end = len(text) + len(passage)
        positions.append(Position(chunk_id=chunk.id, ordinal=ordinal, start=len(text), end=end))
        text += passage + "\n"
        vector = np.array([len(passage), 1, sum(map(ord, passage)) % 97, 1], dtype=np.float32)
        vectors.append(vector / np.linalg.norm(vector))
    return GraphChange(
        document=document, text=text, chunks=tuple(chunks), positions=tuple(positions),
        vectors=np.array(vectors, dtype=np.float32).reshape(-1, DIMENSION),
        mentions=tuple(mention for chunk in chunks for mention in _mentions(chunk, reading)),
        relations=tuple(relation for chunk in chunks for relation in _relations(chunk, reading)),
        aliases=tuple(alias for chunk in chunks if reading for alias in _aliases(chunk)),
    )  # fmt: skip


def _chunk(document: Document, passage: str, occurrence: int) -> Chunk:
    return Chunk(
        id=chunk_id(document.id, document.title, (), passage, occurrence), document_id=document.id, headings=(),
        text=passage, sentences=(Span(start=0, end=len(passage)),),
    )  # fmt: skip


def _mentions(chunk: Chunk, reading: int) -> list[Mention]:
    found, place = [], 0
    for word in chunk.text.split():
        place = chunk.text.index(word, place)
        found.append(
            Mention(
                chunk_id=chunk.id, entity_id=entity_id("w", word.lower()), sentence=0, start=place,
                end=place + len(word), name=word, key=word.lower(), type=f"type{reading}", is_name=True,
            )
        )  # fmt: skip
        place += len(word)
    return found


def _relations(chunk: Chunk, reading: int) -> list[Relation]:
    return [
        Relation(
            chunk_id=chunk.id, source_id=one, target_id=other, predicate=f"by{reading}", start=0, end=len(chunk.text),
            extractor="test",
        )
        for one, other in pairwise(_entities(chunk))
        if one != other
    ]  # fmt: skip


def _aliases(chunk: Chunk) -> list[Alias]:
    different = list(dict.fromkeys(_entities(chunk)))
    if len(different) < 2:
        return []
    first, second = sorted(different)[:2]
    return [
        Alias(first_id=first, second_id=second, reason="stated", chunk_id=chunk.id, start=0, end=len(chunk.text))
    ]  # fmt: skip


def _entities(chunk: Chunk) -> list[str]:
    return [entity_id("w", word.lower()) for word in chunk.text.split()]


def dump(store: Any, workspace: str, revision: int) -> dict[str, object]:
    """Everything the ports show at a revision, in a canonical order."""
    documents = store.documents(workspace, revision, limit=1000)
    entities = sorted({m.entity_id for row in store.rows(workspace, revision) for m in row.mentions})
    return {
        "documents": documents,
        "texts": [store.text(workspace, document.id, revision) for document in documents],
        "chunks": [store.document_chunks(workspace, document.id, revision) for document in documents],
        "contributions": [contribution_key(store.contribution(workspace, d.id, revision)) for d in documents],
        "counts": store.counts(workspace, revision),
        "each": [store.document_counts(workspace, document.id, revision) for document in documents],
        "rows": live_rows(store, workspace, revision),
        "entities": [store.entity(workspace, identity, revision) for identity in entities],
        "mentions": [store.mentions(workspace, identity, revision, limit=1000) for identity in entities],
        "aliases": store.aliases(workspace, revision),
        "aliases of each": [store.aliases(workspace, revision, entity_ids=[identity]) for identity in entities],
        "verdicts": store.verdicts(workspace, revision),
        "relations": [store.relations(workspace, identity, revision, limit=1000) for identity in entities],
        "all of them": store.entities(workspace, [*entities, "nobody"], revision),
        "neighbours": [store.neighbours(workspace, [identity], revision) for identity in entities],
        "first neighbours": store.neighbours(workspace, entities[:1], revision, limit=1),
        "among some": store.relations_among(workspace, entities[:3], revision, each=2),
        "found": store.find_entities(workspace, "a", revision, limit=2),
    }


def contribution_key(change: GraphChange) -> object:
    """All of a change. What was read in one chunk keeps its order; the order of chunks means nothing there."""
    readings = [
        sorted(part, key=lambda one: one.chunk_id) for part in (change.mentions, change.relations, change.aliases)
    ]
    return change.document, change.text, change.chunks, change.positions, change.vectors.tobytes(), readings


def live_rows(store: Any, workspace: str, revision: int) -> dict[str, object]:
    return {row.chunk.id: row_key(row) for row in store.rows(workspace, revision)}


def row_key(row: Any) -> object:
    return (row.chunk, row.title, row.vector.tobytes(), row.mentions)


def readable(store: Any, workspace: str, revision: int) -> bool:
    try:
        store.documents(workspace, revision)
    except NotFoundError:
        return False
    return True


def pair(one: str, other: str) -> tuple[str, str]:
    first, second = sorted([entity_id("w", one), entity_id("w", other)])
    return first, second


def verdict(first: str, second: str, same: bool) -> Verdict:
    return Verdict(first_id=first, second_id=second, same=same, reason="by hand")


def audience(*principals: str) -> Audience:
    return Audience(principals=frozenset(principals))


def operation(generator: random.Random, versions: dict[str, int], newest: int) -> tuple[str, tuple[Any, ...]]:
    """A random write: the method and its arguments after the workspace."""
    document = generator.choice("abc")
    versions[document] = version = versions.get(document, 0) + 1
    kinds = ["apply", "remove", "purge", "sweep", "decide", "set_readers"]
    kind = generator.choices(kinds, [10, 3, 1, 0.5, 1, 2])[0]
    if kind == "sweep":
        return kind, (max(newest - 5, 0),)
    if kind == "decide":
        return kind, ([verdict(*pair(*generator.sample(["ada", "bea", "cid"], 2)), generator.random() < 0.5)],)
    if kind == "set_readers":
        return kind, (document, version, generator.choice([None, frozenset(), frozenset({"p"})]))
    if kind != "apply":
        return kind, (document, version)
    words = [" ".join(generator.sample(["Ada", "Bea", "Cid", "Dan"], 2)) for _ in range(generator.randint(1, 4))]
    other = make_change("d", newest + 1, words[:1], reading=generator.randint(0, 1))
    return kind, ([make_change(document, version, words, reading=generator.randint(0, 1)), other],)
