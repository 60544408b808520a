"""What the product promises of changes, tried against it: no byte after a purge, no mixed read, borders that stay."""

import random
import threading
from pathlib import Path
from typing import Any

import apsw
import pytest
from small_world import SmallWorld

from graph.model import DEFAULT_WORKSPACE as W
from graph.view.knowledge_view import KnowledgeViews
from graph.view.snapshot import StoredSnapshot
from ingest.chunking import split_document
from ingest.model import LoadedDocument, Section
from retrieval.model import Question

SECRET = "Zyxqorvanterium"


def files_with(folder: Path, needle: bytes) -> list[str]:
    return [str(path) for path in sorted(folder.rglob("*")) if path.is_file() and needle in path.read_bytes()]


def test_a_purge_leaves_no_byte_of_text_or_vector_in_the_store(world: SmallWorld, tmp_path: Path) -> None:
    """Both versions of the text, their vectors; a reader that holds an old state of the file delays it, no more."""
    world.put("kept", "Ada Stone keeps the mill.")
    vectors: list[bytes] = []
    for text in (f"The {SECRET} mine lies in Kopp.", f"The {SECRET} mine is closed, says Bela Kuhn."):
        world.put("purged", text)
        ids = [placed.chunk.id for placed in world.store.document_chunks(W, "purged", world.store.revision(W))]
        vectors += [vector.tobytes() for vector in world.store.vectors(W, ids).values()]
    assert all(files_with(tmp_path, vector) for vector in vectors)
    reader = apsw.Connection(str(tmp_path / "graph.sqlite"))
    reading = reader.execute("SELECT text FROM versions")
    next(reading)
    ended = threading.Event()

    def purge() -> None:
        world.store.purge(W, "purged", 9)
        ended.set()

    thread = threading.Thread(target=purge)
    thread.start()
    assert not ended.wait(0.3)
    list(reading)  # the reader ends
    thread.join(100)
    assert ended.is_set()
    for needle in (SECRET.encode(), b"Bela Kuhn", *vectors):
        assert files_with(tmp_path / "graph.sqlite", needle) == []
        assert [name for name in files_with(tmp_path, needle) if "graph.sqlite" in name] == []
    assert world.store.text(W, "kept", world.store.revision(W)) == "Ada Stone keeps the mill."


def mixed_reads(world: SmallWorld, replacements: int) -> tuple[int, int]:
    """(reads, mixed): each version names its number in text, title and metadata; a reader must find them equal."""

    def put(number: int) -> None:
        world.put("a", f"Gate {number} of Varnholt.", title=f"Gate {number}", metadata={"n": str(number)})  # type: ignore[arg-type]

    put(0)
    stop, mixed, reads = threading.Event(), [0], [0]

    def reader() -> None:
        while not stop.is_set():
            found = world.questions.search(Question(text="Gate of Varnholt", workspace=W))
            for placed in found.chunks.values():
                number = placed.chunk.text.split()[1]
                document = placed.document
                live = world.store.document_counts(W, "a", found.revision)
                mixed[0] += (document.title, document.metadata["n"]) != (f"Gate {number}", number) or not live.entities
            mixed[0] += not found.chunks
            reads[0] += 1

    threads = [threading.Thread(target=reader) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(1, replacements):
        put(number)
    stop.set()
    for thread in threads:
        thread.join()
    return reads[0], mixed[0]


def test_no_read_is_mixed(world: SmallWorld) -> None:
    reads, mixed = mixed_reads(world, 60)
    assert (reads > 20, mixed) == (True, 0)


def test_a_build_whose_readers_take_the_latest_of_each_part_is_caught(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is read at the newest revision instead of the snapshot's: what was found is no longer there, or new."""

    def latest(self: StoredSnapshot, rows: Any) -> Any:
        revision = world.store.revision(W)
        placed = world.store.chunks(W, [self.chunk_id(row) for row in rows], revision)
        by_id = {item.chunk.id: item for item in placed}
        return {row: by_id[self.chunk_id(row)] for row in rows if self.chunk_id(row) in by_id}

    monkeypatch.setattr(StoredSnapshot, "chunks", latest)
    assert mixed_reads(world, 60)[1] > 0


ENGLISH = " ".join(
    f"Person{n} of Town{n * 7 % 50} built the gate number {n} in the year {1500 + n}." for n in range(400)
)
CHINESE = "".join(
    f"第{n}号大门由{'甲乙丙丁戊己庚辛'[n % 8]}先生于{1500 + n}年在清江市建成，至今仍在使用。" for n in range(400)
)


@pytest.mark.parametrize(
    ("text", "extra"), [(ENGLISH, " An inserted sentence about nothing."), (CHINESE, "这里插入了一句话。")]
)
def test_an_inserted_sentence_touches_two_chunks_at_most(text: str, extra: str) -> None:
    def chunks(whole: str) -> set[str]:
        document = LoadedDocument(text=whole, sections=(Section(start=0, end=len(whole)),))
        return {chunk.text for chunk in split_document(document)}

    before = chunks(text)
    assert len(before) > 10
    generator = random.Random(1)
    ends = [place + 1 for place, character in enumerate(text) if character in ".。"]
    for _ in range(25):
        place = generator.choice(ends[:-1])
        after = chunks(text[:place] + extra + text[place:])
        assert 1 <= len(after - before) <= 2


def test_one_sentence_changed_in_a_long_document_embeds_two_chunks_at_most(world: SmallWorld) -> None:
    first = world.put("long", ENGLISH)
    report = world.put("long", ENGLISH.replace("gate number 200 ", "bridge number 200 "))
    assert first.chunks > 10
    assert report.chunks - report.chunks_reused <= 2


def test_the_past_needs_no_view_to_be_read(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    first = world.put("a", "Ada Stone keeps the mill.").revision
    world.put("a", "Bela Kuhn keeps the mill.")
    views = KnowledgeViews(world.store)
    monkeypatch.setattr("graph.view.knowledge_view.build", None)
    assert views.revision(W, as_of=first) == first
    assert views.revision(W) == first + 1
