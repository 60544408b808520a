"""Every part is damaged on purpose, found, and mended where it can be."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from in_memory_operations import InMemoryRoom
from kept_state import unlimited
from small_world import SmallWorld, small_world

from graph.errors import DependencyError, NotFoundError
from graph.identity import content_hash
from graph.jobs import NewJob
from graph.model import DEFAULT_WORKSPACE as W
from graph.operations.database import OperationsDatabase
from graph.operations.jobs import SqliteJobQueue
from graph.stores.sqlite.store import SqliteGraphStore
from graph.view.knowledge_view import KnowledgeViews
from ingest.intake import Intake
from ingest.model import NewDocument, Source
from ingest.tables.uploads import SqliteUploadRegister
from ingest.upkeep.retention import Retention
from ingest.upkeep.verifying import Verification, Verifier

TEXTS = {
    "a": "Ada Stone built the Selm Tower. The tower is of larch.",
    "b": "Bela Kuhn sold the Selm Tower in 1931.",
    "c": "周明远在清江市工作。",
}


class Kept:
    """A data folder with everything in it, and no thread: jobs are worked off by ``work``."""

    def __init__(self, folder: Path, world: SmallWorld) -> None:
        self.folder = folder
        self.world = world
        self.database = OperationsDatabase(folder / "operations.sqlite")
        self.register = SqliteUploadRegister(self.database)
        self.jobs = SqliteJobQueue(self.database)
        self.over(world.store)

    def over(self, store: Any) -> None:
        """Keep the knowledge in this store from now on."""
        self.world.store = store
        self.views = KnowledgeViews(store)
        self.world.pipeline._writer = self.world.pipeline._reader = store
        self.intake = Intake(
            state=self.database, register=self.register, blobs=self.world.blobs, jobs=self.jobs, graph=store,
            room=InMemoryRoom(), quota=unlimited(), max_bytes=10_000, forget=lambda *_: None,
        )  # fmt: skip
        self.verifier = Verifier(
            graph=store, views=self.views, register=self.register, blobs=self.world.blobs, jobs=self.jobs,
            intake=self.intake,
        )  # fmt: skip

    def put(self, document_id: str, text: str) -> None:
        self.accept(document_id, text)
        self.work()

    def accept(self, document_id: str, text: str) -> None:
        source = Source(name=document_id, media_type="text/plain", data=text.encode())
        self.intake.accept(W, [NewDocument(source=source, document_id=document_id, metadata={})])

    def work(self) -> None:
        while claimed := self.jobs.claim("ingest", 10, 60):
            for job in claimed:
                upload = self.register.get(W, str(job.document_id), int(job.version or 0))
                assert upload is not None
                self.world.pipeline.run([upload], lambda *_: True)
                self.jobs.update(job.id, state="done", progress=job.progress)
        self.views.catch_up(W)

    def verify(self, *, repair: bool = False) -> Verification:
        found = self.verifier.verify(W, repair=repair)
        if repair:
            self.work()
        return found

    @property
    def view(self) -> Any:
        return self.views._view(W)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with small_world(tmp_path) as world:
        found = Kept(tmp_path, world)
        for document_id, text in TEXTS.items():
            found.put(document_id, text)
        found.put("a", TEXTS["a"] + " It stands in Kopp.")
        yield found
        found.database.close()


def wrong(found: Verification) -> set[str]:
    return {one.name for one in found.checks if one.wrong}


def test_what_is_sound_is_found_sound(kept: Kept) -> None:
    found = kept.verify()
    assert found.sound
    assert {one.name: one.compared for one in found.checks}["passages in the view"] == 3
    assert all(one.compared or one.name in {"jobs", "files of bytes"} for one in found.checks)
    kept.intake.withdraw(W, "b", purge=True)
    assert kept.verify().sound


def a_vector(kept: Kept) -> None:
    index = kept.view._generation.vectors_index
    index._segments[0][int(kept.view._snapshot.row(kept.view._snapshot.chunk_id(1)) or 1)] *= -1


def a_posting_missing(kept: Kept) -> None:
    kept.view._generation.keywords._rows["tower"].pop()


def a_posting_too_many(kept: Kept) -> None:
    keywords = kept.view._generation.keywords
    keywords._counts["bela"].append(1)
    keywords._rows["bela"].append(3)


def a_name_missing(kept: Kept) -> None:
    adjacency = kept.view._generation.adjacency
    adjacency._rows[adjacency.number("selm tower")].pop()


def a_passage_hidden(kept: Kept) -> None:
    kept.view._snapshot.live[1] = False


def an_old_version(kept: Kept) -> None:
    history = kept.view._generation.histories[1]
    history.append((0, replace(history[-1][1], title="Old")))


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        (a_vector, {"vectors in the view"}),
        (a_posting_missing, {"keywords"}),
        (a_posting_too_many, {"keywords"}),
        (a_name_missing, {"names"}),
        (a_passage_hidden, {"passages in the view", "keywords", "names"}),
        (an_old_version, {"documents in the view"}),
    ],
)
def test_a_damaged_view_is_built_anew(kept: Kept, damage: Callable[[Kept], None], where: set[str]) -> None:
    damage(kept)
    found = kept.verify()
    assert wrong(found) == where
    assert all(one.problems for one in found.checks if one.wrong)
    mended = kept.verify(repair=True)
    assert mended.sound
    assert mended.repaired == (f"the view was built anew at revision {found.revision}",)
    assert kept.verify().sound


def test_bytes_that_are_gone_or_damaged_are_told(kept: Kept) -> None:
    files = sorted((kept.folder / "blobs").glob("??/*"))
    files[0].unlink()
    files[1].write_bytes(b"something else")
    found = kept.verify(repair=True)
    assert wrong(found) == {"uploaded bytes"}
    (bytes_,) = [one for one in found.checks if one.wrong]
    assert (bytes_.compared, bytes_.wrong) == (4, 2)
    assert {"cannot be read" in problem for problem in bytes_.problems} == {True, False}
    assert found.repaired == ()


def test_files_that_belong_to_nobody_are_removed_once_they_are_old(kept: Kept) -> None:
    digest = kept.world.blobs.put(b"an upload that was never acknowledged")
    assert kept.verify().sound
    path = next((kept.folder / "blobs").glob(f"??/{digest}"))
    os.utime(path, (time.time() - 7200,) * 2)
    assert wrong(kept.verify()) == {"files of bytes"}
    assert kept.verify(repair=True).repaired == ("1 files that belonged to no document were removed",)
    assert not path.exists()
    assert kept.verify().sound


def test_documents_the_graph_has_lost_are_read_again(kept: Kept) -> None:
    kept.intake.withdraw(W, "c")
    empty = SqliteGraphStore(kept.folder / "other.sqlite")
    kept.over(empty)
    found = kept.verify()
    assert wrong(found) == {"documents in the graph"}
    (lost,) = [one for one in found.checks if one.wrong]
    assert (lost.compared, lost.wrong) == (3, 2)
    mended = kept.verify(repair=True)
    assert mended.sound
    assert mended.repaired == ("2 documents are read again, 0 were withdrawn",)
    assert empty.text(W, "b", empty.revision(W)) == TEXTS["b"]


def test_a_deletion_that_has_not_arrived_is_carried_out(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object) -> None:
        raise DependencyError("the graph is down")

    with monkeypatch.context() as patched:
        patched.setattr(kept.world.store, "remove", down)
        with pytest.raises(DependencyError):
            kept.intake.withdraw(W, "b")
    assert wrong(kept.verify()) == {"documents in the graph"}
    mended = kept.verify(repair=True)
    assert mended.sound
    assert mended.repaired == ("0 documents are read again, 1 were withdrawn",)


def test_what_comes_after_a_purge_that_waits_is_no_part_of_it(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object) -> None:
        raise DependencyError("the graph is down")

    with monkeypatch.context() as patched:
        patched.setattr(kept.world.store, "purge", down)
        with pytest.raises(DependencyError):
            kept.intake.withdraw(W, "b", purge=True)
        kept.accept("b", "Bela Kuhn keeps the forge.")
    kept.intake.finish_withdrawals()
    kept.work()
    assert kept.world.store.text(W, "b", kept.world.store.revision(W)) == "Bela Kuhn keeps the forge."
    assert TEXTS["b"].encode() not in [path.read_bytes() for path in (kept.folder / "blobs").glob("??/*")]
    assert kept.verify().sound


def by_purge(kept: Kept) -> None:
    kept.intake.withdraw(W, "b", purge=True)


def by_sweep(kept: Kept) -> None:
    kept.put("b", "Bela Kuhn keeps the forge.")
    Retention(
        days=None, graph=kept.world.store, register=kept.register, discard=kept.intake.discard,
        committed=kept.views.catch_up,
    ).sweep(datetime.now(UTC))  # fmt: skip


def by_repair(kept: Kept) -> None:
    with kept.database.transaction() as connection:
        connection.execute("DELETE FROM uploads WHERE document_id='b'")
    for path in (kept.folder / "blobs").glob("??/*"):
        os.utime(path, (time.time() - 7200,) * 2)
    kept.verify(repair=True)


@pytest.mark.parametrize("remove", [by_purge, by_sweep, by_repair])
def test_bytes_that_come_again_while_they_go_are_there(
    kept: Kept, remove: Callable[[Kept], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = kept.world.blobs.delete
    again = threading.Thread(target=kept.accept, args=("d", TEXTS["b"]))

    def overtaken(digest: str) -> bool:
        if digest == content_hash(TEXTS["b"].encode()):
            again.start()
            again.join(0.3)  # were it not held up, it would have been acknowledged by now
        return delete(digest)

    monkeypatch.setattr(kept.world.blobs, "delete", overtaken)
    remove(kept)
    again.join()
    upload = (kept.register.latest(W, "d") or pytest.fail("it was not acknowledged")).upload
    assert kept.world.blobs.get(upload.content_hash) == TEXTS["b"].encode()


def test_what_is_purged_during_a_look_is_no_damage(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    get = kept.world.blobs.get

    def purged_first(digest: str) -> bytes:
        monkeypatch.undo()
        for document_id in TEXTS:
            kept.intake.withdraw(W, document_id, purge=True)
        return get(digest)

    monkeypatch.setattr(kept.world.blobs, "get", purged_first)
    assert wrong(kept.verify()) == set()


def test_jobs_about_nothing_are_cancelled(kept: Kept) -> None:
    (job,) = kept.jobs.submit([NewJob(workspace=W, kind="extract", document_id="ghost", version=1)])
    assert wrong(kept.verify()) == {"jobs"}
    assert kept.verify(repair=True).repaired == ("1 jobs were cancelled",)
    assert kept.jobs.get(W, job.id).state == "cancelled"
    assert kept.verify().sound


def test_a_purge_between_list_and_text_is_no_disagreement(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.put("a", "Ada Stone built the gate.")
    kept.put("b", "Bela Kuhn sold the gate.")
    text, purged = kept.world.store.text, []

    def purging(workspace: str, document_id: str, revision: int) -> str:
        if not purged:
            purged.append(kept.intake.withdraw(W, "b", purge=True))
        return text(workspace, document_id, revision)

    monkeypatch.setattr(kept.world.store, "text", purging)
    found = kept.verify()
    assert (wrong(found), found.revision) == (set(), purged[0].revision), "it looks once more"


def test_a_document_that_is_listed_and_cannot_be_read_is_told(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.put("a", "Ada Stone built the gate.")

    def missing(*_: object) -> str:
        raise NotFoundError("no text")

    monkeypatch.setattr(kept.world.store, "text", missing)
    found = next(one for one in kept.verify().checks if one.name == "texts")
    assert "'a' is listed, and cannot be read" in found.problems


def test_it_can_be_asked_while_everything_changes(kept: Kept) -> None:
    """Each look is at one revision, so that what changes meanwhile is no disagreement."""
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            kept.put("a", f"Ada Stone built gate {number}.")
            if number % 5 == 0:
                kept.intake.withdraw(W, "b", purge=True)
                kept.put("b", f"Bela Kuhn sold gate {number}.")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        looks = [kept.verify() for _ in range(15)]
    finally:
        stop.set()
        writer.join()
    assert [wrong(found) for found in looks if not found.sound] == []
    assert len({found.revision for found in looks}) > 1
