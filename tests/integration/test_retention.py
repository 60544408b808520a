"""The past is readable as long as it is to be, and no longer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from in_memory_operations import InMemoryRoom
from kept_state import unlimited
from small_world import SmallWorld, small_world

from graph.errors import NotFoundError
from graph.model import DEFAULT_WORKSPACE as W
from graph.operations.database import OperationsDatabase
from graph.operations.jobs import SqliteJobQueue
from ingest.intake import Intake
from ingest.tables.uploads import SqliteUploadRegister
from ingest.upkeep.retention import Retention
from retrieval.model import Question


class Kept:
    def __init__(self, folder: Path, world: SmallWorld) -> None:
        self.world = world
        self.database = OperationsDatabase(folder / "operations.sqlite")
        self.register = SqliteUploadRegister(self.database)
        self.intake = Intake(
            state=self.database, register=self.register, blobs=world.blobs, jobs=SqliteJobQueue(self.database),
            graph=world.store, room=InMemoryRoom(), quota=unlimited(), max_bytes=10_000, forget=lambda *_: None,
        )  # fmt: skip
        self.retention = self.keeping(None)

    def keeping(self, days: float | None) -> Retention:
        return Retention(
            days=days, graph=self.world.store, register=self.register, discard=self.intake.discard,
            committed=self.world.views.catch_up,
        )  # fmt: skip

    def put(self, document_id: str, text: str) -> int:
        upload = self.world.upload(document_id, text)
        self.register.add(upload, deleted=False, job_id="")
        self.world.pipeline.run([upload], lambda *_: True)
        return self.world.views.catch_up(W)

    def bytes_of(self, text: str) -> bool:
        return any(path.read_bytes() == text.encode() for path in self.world.blobs._folder.glob("??/*"))


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with small_world(tmp_path) as world:
        found = Kept(tmp_path, world)
        yield found
        found.database.close()


def test_what_was_over_before_goes_and_the_rest_stays(kept: Kept) -> None:
    first = kept.put("a", "Ada Stone keeps the mill.")
    kept.put("b", "Cleo Marsh keeps the forge.")
    second = kept.put("a", "Bela Kuhn keeps the mill.")
    then = datetime.now(UTC)
    kept.put("a", "Dov Hale keeps the mill.")
    kept.retention.sweep(then)
    with pytest.raises(NotFoundError, match=f"the oldest readable one is {second}"):
        kept.world.views.snapshot(W, as_of=first)
    past = kept.world.questions.search(Question(text="Who keeps the mill?", workspace=W, as_of=second))
    assert "Bela Kuhn keeps the mill." in {placed.chunk.text for placed in past.chunks.values()}
    now = kept.world.questions.search(Question(text="Who keeps the mill?", workspace=W))
    assert {placed.chunk.text for placed in now.chunks.values()} == {
        "Dov Hale keeps the mill.", "Cleo Marsh keeps the forge.",
    }  # fmt: skip
    held = [kept.bytes_of(f"{name} keeps the mill.") for name in ("Ada Stone", "Bela Kuhn", "Dov Hale")]
    assert held == [False, True, True]
    assert kept.bytes_of("Cleo Marsh keeps the forge.")


def test_bytes_of_a_deleted_document_go_and_it_can_still_be_purged(kept: Kept) -> None:
    kept.put("a", "Ada Stone keeps the mill.")
    kept.intake.withdraw(W, "a")
    kept.retention.sweep(datetime.now(UTC) - timedelta(days=1))
    assert kept.bytes_of("Ada Stone keeps the mill.")
    kept.retention.sweep(datetime.now(UTC))
    assert not kept.bytes_of("Ada Stone keeps the mill.")
    assert kept.register.digests() == []
    assert kept.intake.withdraw(W, "a", purge=True).purged


def test_a_view_follows_a_sweep_and_is_built_anew_where_it_lagged(kept: Kept) -> None:
    kept.put("a", "Ada Stone keeps the mill.")
    kept.put("a", "Bela Kuhn keeps the mill.")
    view: Any = kept.world.views._view(W)
    generation = view._generation
    kept.retention.sweep(datetime.now(UTC))
    assert view._generation is generation
    kept.world.put("a", "Dov Hale keeps the mill.")
    kept.world.store.sweep(W, kept.world.store.revision(W))
    snapshot = kept.world.views.snapshot(W)
    assert view._generation is not generation
    assert snapshot.size == 1


def test_nothing_to_sweep_makes_no_revision(kept: Kept) -> None:
    kept.put("a", "Ada Stone keeps the mill.")
    kept.put("a", "Bela Kuhn keeps the mill.")
    kept.retention.sweep(datetime.now(UTC) - timedelta(days=1))
    assert kept.world.store.revision(W) == 2
    kept.retention.sweep(datetime.now(UTC))
    swept = kept.world.store.revision(W)
    kept.retention.keep()  # everything is kept by default
    kept.retention.sweep(datetime.now(UTC))  # a sweep is nothing to sweep
    assert kept.world.store.revision(W) == swept == 3


def test_it_is_time_once_an_hour(kept: Kept) -> None:
    kept.put("a", "Ada Stone keeps the mill.")
    kept.put("a", "Bela Kuhn keeps the mill.")
    retention = kept.keeping(1e-9)
    retention.keep()
    assert kept.world.store.revision(W) == 3
    kept.put("a", "Dov Hale keeps the mill.")
    retention.keep()
    assert kept.world.store.revision(W) == 4
