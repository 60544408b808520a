"""A document of very many passages: little is held at once, its job tells how far it is, and it can be given up."""

import gc
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_changes import make_change
from hashing_embedder import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st
from ingest_desk import Desk, W

from graph.errors import DependencyError
from graph.model import Document, FloatArray, GraphChange, Span
from ingest import worker as worker_module
from ingest.extraction.light_extractor import TOLD_EVERY, LightExtractor
from ingest.model import ChunkText, ExtractedAlias, ExtractedName, ExtractedRelation, Extraction, Passages
from ingest.outcomes import IngestReport
from ingest.ports import Extractor, Tell
from ingest.under_way import work as work_module
from ingest.under_way.beside import Beside
from ingest.under_way.embedding import WINDOW, ToEmbed, embed
from ingest.under_way.spool import Spool
from ingest.under_way.work import COMMITTING, Part, Progress, Work

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


def test_a_long_commit_can_be_cancelled_and_its_job_is_written_by_another_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, begin, threads = [time.monotonic()], Beside.begin, list[str]()
    monkeypatch.setattr(worker_module.time, "monotonic", lambda: clock[0])
    desk = Desk(max_bytes=10_000_000)
    accepted = desk.put("long", LONG)
    tell, update = Work.tell, desk.kept.jobs.update

    def watched(work: Work, progress: Progress, at: str, done: int) -> bool:
        clock[0] += 2.0
        if at == COMMITTING:
            desk.kept.jobs.request(W, str(accepted.job_id), "cancel")
        return tell(work, progress, at, done)

    def written(job_id: str, **more: Any) -> None:
        if more["progress"].stage == COMMITTING and more["state"] == "running":
            threads.append(threading.current_thread().name)
        update(job_id, **more)

    def begun(beside: Beside) -> None:
        begin(beside)
        beside.settle()  # so that the next part finds what it has seen

    monkeypatch.setattr(Work, "tell", watched)
    monkeypatch.setattr(desk.kept.jobs, "update", written)
    monkeypatch.setattr(Beside, "begin", begun)
    desk.work()
    assert desk.job(accepted).state == "cancelled"
    assert desk.store.live("long") is None
    assert set(threads) == {"beside"}


def test_nobody_waits_for_what_is_done_beside() -> None:
    done, may_end = list[str](), threading.Event()

    def work() -> None:
        assert may_end.wait(60)
        done.append("once")
        raise DependencyError("the next may work")

    beside = Beside(work)
    beside.settle()
    beside.begin()
    beside.begin()
    assert done == []
    may_end.set()
    beside.settle()
    assert done == ["once"]
    beside.begin()
    beside.settle()
    assert done == ["once", "once"]


class FirstWords(Extractor):
    """Names and relates the first two words of each passage."""

    identity = "first/1"

    def extract(self, documents: Sequence[Passages], tell: Tell) -> tuple[tuple[Extraction, ...], ...]:
        for place, each in enumerate(documents):
            tell(place, len(each.chunks))
        return tuple(tuple(map(self._read, each.chunks)) for each in documents)

    def _read(self, chunk: ChunkText) -> Extraction:
        names = tuple(
            ExtractedName(name=word, type="name", sentence=0, start=start, end=start + len(word), is_name=True)
            for word, start in ((chunk.text[:7], 0), (chunk.text[8:12], 8))
        )
        relation = ExtractedRelation(source=0, target=1, predicate="is", start=0, end=12)
        failure = "unsaid" if chunk.text[7:9] == "33" else ""
        return Extraction(
            extractor=self.identity, names=names, relations=(relation,), aliases=(ExtractedAlias(first=0, second=1),),
            state="partly" if failure else "model", failure=failure, rejected={"odd": 1},
        )  # fmt: skip


def held_now() -> int:
    return sum(type(each) is ChunkText for each in gc.get_objects())


def read_in(size: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, list[int], IngestReport]:
    """A long document read in parts of so many passages, and how many there were in memory as each part was kept."""
    held: list[int] = []
    keep = Work.keep

    def watched(work: Work, part: Part) -> None:
        keep(work, part)
        held.append(held_now())

    monkeypatch.setattr(work_module, "PART", size)
    monkeypatch.setattr(Work, "keep", watched)
    desk = Desk(max_bytes=10_000_000)
    desk.put("long", "\n\n".join(f"Passage{n:03d} " + "is long. " * 160 for n in range(60)))
    upload = desk.kept.register.get(W, "long", 1)
    assert upload is not None
    told: list[tuple[str, int, int]] = []
    (report,) = desk.pipeline(FirstWords()).run([upload], lambda _, *more: told.append(more) is None)
    monkeypatch.undo()
    assert isinstance(report, IngestReport), report
    read = [done for step, done, _ in told if step == "extract"]
    assert read == sorted(read)
    assert read[-1] == report.chunks
    assert {total for step, _, total in told if step in {"extract", "embed", "apply", COMMITTING}} == {report.chunks}
    return desk, held, report


def test_a_long_document_is_held_part_by_part_and_becomes_what_it_would_in_one_piece(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gc.collect()
    before = held_now()
    whole, _, one = read_in(10_000, monkeypatch)
    parted, held, several = read_in(8, monkeypatch)
    assert len(held) == -(-one.chunks // 8) > 5
    assert max(held) - before <= 2 * 8, "passages in hand do not grow with the document"
    assert replace(one, seconds={}) == replace(several, seconds={})
    assert (one.entities, one.relations) > (50, 50)
    assert contribution(parted) == contribution(whole)


def contribution(desk: Desk) -> tuple[object, ...]:
    """All that its document has put into the graph, vectors as text."""
    held = desk.store._history(W)[-1]["long"]
    return held.text, held.chunks, held.positions, held.mentions, held.relations, held.aliases, held.vectors.tolist()


def part(number: int) -> GraphChange:
    change = make_change("a", 1, [f"Ada Bea {number}", f"Cid {number}"], reading=1)
    return replace(change, vectors=np.full((2, 4), number, dtype=np.float32))


def test_what_waits_on_disk_comes_back_and_is_overwritten(tmp_path: Path) -> None:
    spool, parts = Spool(tmp_path), [part(number) for number in range(3)]
    for each in parts:
        spool.add(each)
    for number in (2, 0, 1, 2):
        found, vectors = spool.read(number)
        assert (found.mentions, found.relations, found.aliases) == (
            parts[number].mentions, parts[number].relations, parts[number].aliases,
        )  # fmt: skip
        assert vectors.tolist() == parts[number].vectors.tolist()
    assert list(tmp_path.iterdir()) == [], "it has no name"
    assert spool._file is not None
    copy = os.dup(spool._file.fileno())
    spool.close()
    spool.close()
    size = os.fstat(copy).st_size
    assert size > 500
    assert os.pread(copy, size, 0) == bytes(size)
    os.close(copy)


def test_a_disk_without_room_is_told(tmp_path: Path) -> None:
    with pytest.raises(DependencyError):
        Spool(tmp_path / "nowhere").add(part(1))
