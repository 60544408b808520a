from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.identity import chunk_id
from graph.model import DEFAULT_WORKSPACE, Document, Span
from ingest.model import ChunkText, ExtractedAlias, ExtractedName, ExtractedRelation, Extraction
from ingest.planning import chunk_ids, embedded_text, place_chunks, plan_change
from ingest.resolving.resolution import resolve

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENT = Document(
    id="d", version=2, title="Mills", source="d", media_type="text/plain", metadata={}, content_hash="", created_at=NOW,
    updated_at=NOW,
)  # fmt: skip


def texts(*parts: str) -> list[ChunkText]:
    return [
        ChunkText(
            text=part, start=10 * number, end=10 * number + len(part), headings=("On mills", part[:1]),
            sentences=(Span(start=0, end=len(part)),), page=number + 1,
        )
        for number, part in enumerate(parts)
    ]  # fmt: skip


def extraction(name: str) -> Extraction:
    names = tuple(
        ExtractedName(name=each, type="", sentence=0, start=0, end=len(each), is_name=True) for each in (name, "Other")
    )
    relation = ExtractedRelation(source=0, target=1, predicate="is", start=0, end=3)
    return Extraction(
        extractor="rules", names=names, relations=(relation,), aliases=(ExtractedAlias(first=0, second=1),)
    )  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(["rye", "oak", "tin"]), max_size=8))
def test_equal_passages_are_told_apart_by_their_order(parts: list[str]) -> None:
    given_texts = texts(*parts)
    chunks, positions = place_chunks(DOCUMENT, given_texts, chunk_ids(DOCUMENT, given_texts))
    expected = [
        chunk_id("d", "Mills", each.headings, each.text, parts[:number].count(each.text))
        for number, each in enumerate(given_texts)
    ]
    assert [chunk.id for chunk in chunks] == expected == [position.chunk_id for position in positions]
    assert len(set(expected)) == len(expected)
    assert [position.ordinal for position in positions] == list(range(len(parts)))
    for chunk, position, text in zip(chunks, positions, given_texts, strict=True):
        assert (chunk.document_id, chunk.headings, chunk.text, chunk.sentences) == (
            "d", text.headings, text.text, text.sentences,
        )  # fmt: skip
        assert (position.start, position.end, position.page) == (text.start, text.end, text.page)


def test_what_is_embedded() -> None:
    (chunk,), _ = place_chunks(DOCUMENT, texts("rye"), ["x"])
    assert embedded_text("Mills", chunk) == "Mills\nOn mills › r\nrye"
    assert embedded_text("", chunk) == "On mills › r\nrye"


def test_a_change_holds_all_that_a_version_contributes() -> None:
    placed = place_chunks(DOCUMENT, texts("rye", "oak"), ["x", "y"])
    vectors = np.eye(2, dtype=np.float32)
    said = [extraction("rye"), extraction("oak")]
    change = plan_change(DEFAULT_WORKSPACE, DOCUMENT, "rye oak", placed, said, vectors)
    assert (change.document, change.text) == (DOCUMENT, "rye oak")
    assert (change.chunks, change.positions) == placed
    assert change.vectors is vectors
    resolved = [
        resolve(DEFAULT_WORKSPACE, "Mills", chunk.id, each) for chunk, each in zip(placed[0], said, strict=True)
    ]
    assert change.mentions == (*resolved[0][0], *resolved[1][0])
    assert change.relations == (*resolved[0][1], *resolved[1][1])
    assert change.aliases == (*resolved[0][2], *resolved[1][2])
    assert [mention.name for mention in change.mentions] == ["rye", "Other", "oak", "Other"]
    assert len(change.relations) == len(change.aliases) == 2
    with pytest.raises(ValueError, match="zip"):
        plan_change(DEFAULT_WORKSPACE, DOCUMENT, "rye oak", placed, said[:1], vectors)
