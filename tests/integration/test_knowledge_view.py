"""The view over a real store: catching up equals building anew, and a snapshot never changes."""

import random
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from progress import wait_until
from small_world import SmallWorld

from graph.errors import InputError, RevisionNotReached
from graph.filters import Filters
from graph.model import DEFAULT_WORKSPACE as W
from graph.view import generation, knowledge_view
from graph.view.knowledge_view import KnowledgeView, KnowledgeViews
from retrieval.finding.search import PassageRetriever
from retrieval.model import Question

PEOPLE = ["Ada Stone", "Bela Kuhn", "Cleo Marsh", "Dov Hale", "周明远", "林雨桐"]
PLACES = ["Varnholt", "Kopp Mine", "Selm Tower", "清江市"]


def sentence(generator: random.Random) -> str:
    one, other = generator.choice(PEOPLE), generator.choice(PLACES)
    rank = generator.choice(["", "", "Old Master "])
    return f"{rank}{one} built the gate of {other} in {generator.randint(1800, 1999)}. Nobody else saw {other}."


def change(world: SmallWorld, generator: random.Random) -> None:
    document = f"d{generator.randint(0, 9)}"
    if generator.random() < 0.25 and document in world._versions:
        world.remove(document)
    else:
        text = "\n\n".join(sentence(generator) for _ in range(generator.randint(1, 3)))
        world.put(document, text, title=generator.choice(PLACES), metadata={"n": document})  # type: ignore[arg-type]


def answers(world: SmallWorld, snapshot: Any) -> object:
    """Everything a snapshot says, free of row and name numbers."""
    retriever = PassageRetriever(world.embedder)
    found: list[object] = [snapshot.size]
    for mode in ("hybrid", "vector", "keyword", "graph"):
        for text in ("Who built the gate of Selm Tower?", "Ada Stone and Kopp Mine", "周明远在清江市"):
            question = Question(text=text, workspace=W, mode=mode, k=20)  # type: ignore[arg-type]
            hits = retriever.search(retriever.read(question), snapshot)
            found.append([(hit.chunk_id, round(hit.score, 5), hit.why.bridge) for hit in hits])
    for key in ("ada stone", "selm tower", "清江市", "nobody", "1850"):
        number = snapshot.name_number(key)
        rows = [] if number is None else sorted(snapshot.chunk_id(row) for row in snapshot.name_rows(number).tolist())
        found.append((key, rows))
    filtered = snapshot.allowed(Filters.parse({"n": "d1"}))
    found.append(sorted(snapshot.chunk_id(int(row)) for row in np.flatnonzero(filtered)))
    return found


def test_a_name_within_a_longer_one_counts_where_another_passage_has_it_alone(world: SmallWorld) -> None:
    world.put("long", "Old Master Ada Stone built the gate.")
    assert world.views.snapshot(W).name_number("ada stone") is None
    world.put("short", "There was Ada Stone.")
    snapshot = world.views.snapshot(W)
    number = snapshot.name_number("ada stone")
    assert number is not None
    assert snapshot.name_frequency(number) == len(snapshot.name_rows(number)) == 2
    assert {snapshot.name_label(number, row) for row in snapshot.name_rows(number).tolist()} == {"Ada Stone"}
    world.remove("short")
    assert world.views.snapshot(W).name_number("ada stone") is None


@pytest.mark.parametrize("seed", range(4))
def test_catching_up_equals_building_anew(world: SmallWorld, seed: int) -> None:
    generator = random.Random(seed)
    pinned: list[tuple[Any, object]] = []
    for step in range(30):
        change(world, generator)
        snapshot = world.views.snapshot(W)
        if step % 6 == 0:
            fresh = KnowledgeViews(world.store).snapshot(W)
            assert answers(world, snapshot) == answers(world, fresh)
            pinned.append((snapshot, answers(world, snapshot)))
    for snapshot, before in pinned:
        assert answers(world, snapshot) == before
        past = world.views.snapshot(W, as_of=snapshot.revision)
        assert answers(world, past) == before


def test_dead_rows_are_left_behind_while_questions_go_on(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    generator, building = random.Random(7), threading.Event()
    go_on = threading.Event()
    monkeypatch.setattr(generation, "COMPACT_FROM", 8)

    def slow(*arguments: Any) -> generation.Generation:
        building.set()
        assert go_on.wait(600)
        return generation.build(*arguments)

    view = world.views._view(W)
    assert isinstance(view, KnowledgeView)
    world.views.snapshot(W)
    monkeypatch.setattr(knowledge_view, "build", slow)
    steps = 0
    while not building.is_set() or steps < 5:
        change(world, generator)
        wasteful = world.views.snapshot(W)
        steps += view._generation.wasteful
    told = answers(world, wasteful)
    assert view._generation.wasteful
    go_on.set()
    wait_until(lambda: not view._compacting, "compacted", seen=lambda: len(view._generation.chunk_ids))
    compact = world.views.snapshot(W)
    assert len(view._generation.chunk_ids) < wasteful.row_count
    assert not view._generation.wasteful
    assert answers(world, compact) == answers(world, wasteful) == told
    change(world, generator)
    assert answers(world, world.views.snapshot(W)) == answers(world, world.views.fresh(W, world.store.revision(W)))


def test_purge_leaves_the_views(world: SmallWorld) -> None:
    world.put("a", "Ada Stone hid the Zyxq Gate.", title="Zyxq Gate")
    world.put("b", "Bela Kuhn stayed.", title="Bela")
    first = world.views.snapshot(W).revision
    world.put("b", "Bela Kuhn left.", title="Bela")
    assert world.views.snapshot(W, as_of=first).size == 2
    world.store.purge(W, "a", 9)
    assert world.views.snapshot(W).name_number("zyxq gate") is None
    assert world.views.snapshot(W, as_of=first).size == 1
    assert "zyxq" not in str(vars(world.views._view(W)._generation.adjacency)["_keys"])


def test_min_revision_and_the_future(world: SmallWorld) -> None:
    world.put("a", "Ada Stone.")
    assert world.views.snapshot(W, min_revision=1).revision == 1
    with pytest.raises(RevisionNotReached):
        world.views.snapshot(W, min_revision=2, wait_seconds=0.05)
    with pytest.raises(InputError):
        world.views.snapshot(W, as_of=5)


def test_readers_never_see_a_mix(world: SmallWorld) -> None:
    """Each version names its number in text, title and metadata; a reader must find the three equal."""
    world.put("a", "Gate 0 of Varnholt.", title="Gate 0", metadata={"n": "0"})  # type: ignore[arg-type]
    stop, mixed, read = threading.Event(), [], [0]

    def reader() -> None:
        while not stop.is_set():
            found = world.questions.search(Question(text="Gate of Varnholt", workspace=W))
            placed = next(iter(found.chunks.values()))
            number = placed.chunk.text.split()[1]
            if placed.document.title != f"Gate {number}" or placed.document.metadata["n"] != number:
                mixed.append((found.revision, placed))
            read[0] += 1

    threads = [threading.Thread(target=reader) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(1, 80):
        world.put("a", f"Gate {number} of Varnholt.", title=f"Gate {number}", metadata={"n": str(number)})  # type: ignore[arg-type]
    stop.set()
    for thread in threads:
        thread.join()
    assert not mixed
    assert read[0] > 20


def test_a_view_needs_no_embedder(world: SmallWorld, tmp_path: Path) -> None:
    world.put("a", "Ada Stone built Varnholt.")
    world.embedder.embed_passages = None  # type: ignore[method-assign,assignment]
    assert KnowledgeViews(world.store).snapshot(W).size == 1
