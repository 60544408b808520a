"""A document of very many passages: little is held at once, its job tells how far it is, and it can be given up."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from hashing_embedder import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st
from ingest_desk import Desk, W

from graph.model import Document, FloatArray, Span
from ingest import worker as worker_module
from ingest.extraction.light_extractor import TOLD_EVERY, LightExtractor
from ingest.model import ChunkText, Passages
from ingest.under_way.embedding import WINDOW, ToEmbed, embed
from ingest.under_way.work import Progress, Work

LONG = "\n\n".join(f"Ada Stone {n} built the Selm Tower number {n}. " + "It is high. " * 120 for n in range(200))


class Counting(HashingEmbedder):
    """Counts the texts of each call."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []

    def embed_passages(self, texts: Sequence[str]) -> FloatArray:
        self.calls.append(len(texts))
        return super().embed_passages(texts)


class Holding:
    """Has the vectors of some chunks."""

    def __init__(self, held: dict[str, FloatArray]) -> None:
        self._held = held

    def vectors(self, workspace: str, ids: Sequence[str]) -> dict[str, FloatArray]:
        return {each: self._held[each] for each in ids if each in self._held}


def to_embed(texts: Sequence[str], name: str) -> ToEmbed:
    return ToEmbed(ids=[f"{name}{n}" for n in range(len(texts))], text=lambda place: texts[place])


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=3 * WINDOW), max_size=4), st.integers(0, 9))
def test_every_chunk_has_the_vector_of_its_text(documents: list[list[str]], held: int) -> None:
    embedder, nothing = Counting(), np.zeros(64, dtype=np.float32)
    reader = Holding({f"0-{n}": nothing for n in range(held)})
    wanted = [to_embed(texts, f"{place}-") for place, texts in enumerate(documents)]
    found = embed(embedder, reader, W, wanted, lambda *_: True)  # type: ignore[arg-type]
    known = dict(zip("abcdefgh", HashingEmbedder().embed_passages("abcdefgh"), strict=True))
    for place, (texts, one) in enumerate(zip(documents, found, strict=True)):
        kept = min(held, len(texts)) if place == 0 else 0
        assert one.new == len(texts) - kept
        assert [row.tolist() for row in one.vectors] == [
            (nothing if number < kept else known[text]).tolist() for number, text in enumerate(texts)
        ]
    assert sum(embedder.calls) <= 8


def test_texts_are_embedded_a_window_at_a_time_and_given_up() -> None:
    embedder, told = Counting(), list[tuple[int, int]]()

    def tell(place: int, done: int) -> bool:
        told.append((place, done))
        return (place, done) != (0, 2 * WINDOW)

    documents = [to_embed([f"{name} {n}" for n in range(5 * WINDOW)], name) for name in ("a", "b")]
    first, second = embed(embedder, Holding({}), W, documents, tell)  # type: ignore[arg-type]
    assert set(embedder.calls) == {WINDOW}
    assert not first.vectors[2 * WINDOW :].any()
    assert second.vectors.any(axis=1).all()
    assert told[:3] == [(0, 0), (0, WINDOW), (0, 2 * WINDOW)]


def test_names_are_no_longer_looked_for_in_what_nobody_wants() -> None:
    text = "Ada Stone built the Selm Tower."
    chunk = ChunkText(start=0, end=31, text=text, headings=(), page=None, sentences=(Span(start=0, end=31),))
    now = datetime.now(UTC)
    document = Document(
        id="a", version=1, title="", source="a", media_type="", metadata={}, content_hash="", created_at=now,
        updated_at=now,
    )  # fmt: skip
    passages = Passages(workspace=W, document=document, chunks=(chunk,) * (4 * TOLD_EVERY))
    told: list[int] = []

    def tell(_: int, done: int) -> bool:
        told.append(done)
        return done < 2 * TOLD_EVERY

    (read,) = LightExtractor().extract([passages], tell)
    assert [bool(each.names) for each in read] == [True] * (2 * TOLD_EVERY) + [False] * (2 * TOLD_EVERY)
    assert told == [TOLD_EVERY, 2 * TOLD_EVERY]


@pytest.mark.parametrize("step", ["extract", "embed", "apply"])
def test_a_long_document_can_be_cancelled_in_every_step(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [time.monotonic()]
    monkeypatch.setattr(worker_module.time, "monotonic", lambda: clock[0])
    desk = Desk(max_bytes=10_000_000)
    accepted = desk.put("long", LONG)
    seen: list[str] = []
    tell = Work.tell

    def watched(work: Work, progress: Progress, at: str, done: int) -> bool:
        seen.append(at)
        clock[0] += 2.0  # so that it is written, and the job looked at
        if at == step:
            desk.kept.jobs.request(W, str(accepted.job_id), "cancel")
        return tell(work, progress, at, done)

    monkeypatch.setattr(Work, "tell", watched)
    desk.work()
    assert desk.job(accepted).state == "cancelled"
    assert desk.store.live("long") is None
    assert seen.count(step) == 1
