"""The worker over what is kept in memory: batches, waiting, failures, cancelled and outdated jobs, progress."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_desk import Desk, Pending, W, part

from graph import job_thread
from graph.errors import ConfigurationError, DependencyError
from graph.jobs import TERMINAL, Job, JobProgress, NewJob
from graph.model import FloatArray
from ingest import worker as worker_module
from ingest.under_way import slicing
from ingest.worker import Line, Worker

BINARY = "\x01\x02\x03" * 20


@pytest.fixture
def desk() -> Desk:
    return Desk()


def let_waiting_jobs_be_claimed(desk: Desk) -> None:
    desk.kept.jobs.recover()


class TestBatches:
    def test_documents_of_a_batch_are_one_commit_and_a_revision_each(self, desk: Desk) -> None:
        jobs = [desk.put(document_id, f"Text {document_id}.") for document_id in ("a", "b", "c")]
        assert desk.worker.work()
        assert desk.store.commits == [["a", "b", "c"]]
        assert [desk.job(each).progress.revision for each in jobs] == [1, 2, 3]
        assert desk.caught_up == [W], "views are told once"
        assert not desk.worker.work()

    def test_a_batch_is_no_larger_than_its_line_says(self) -> None:
        desk = Desk(batch=2)
        for document_id in ("a", "b", "c"):
            desk.put(document_id, f"Text {document_id}.")
        desk.work()
        assert desk.store.commits == [["a", "b"], ["c"]]

    def test_versions_of_a_document_go_one_after_the_other(self, desk: Desk) -> None:
        first, second = desk.put("a", "One."), desk.put("a", "Two.")
        desk.work()
        assert desk.store.commits == [["a"], ["a"]]
        assert [desk.job(each).state for each in (first, second)] == ["done", "done"]
        assert desk.store.live("a") == 2

    def test_a_batch_is_of_one_workspace(self, desk: Desk) -> None:
        desk.put("a")
        desk.intake.accept("other", [part("a", "Text.")])
        desk.work()
        assert sorted(desk.caught_up) == ["other", W]

    def test_what_a_job_yielded(self, desk: Desk) -> None:
        done = desk.job(desk.put("a"))
        desk.work()
        done = desk.kept.jobs.get(W, done.id)
        assert (done.state, done.progress.stage, done.progress.chunks_done, done.progress.chunks_total) == (
            "done", "done", 1, 1,
        )  # fmt: skip
        assert (done.progress.revision, done.progress.chunks_reused) == (1, 0)
        assert done.progress.entities
        assert desk.ended == [(W, "a")]

    def test_what_has_to_come_first_comes_before_any_job_is_claimed(self, desk: Desk) -> None:
        desk.put("a")
        desk.work()
        desk.store.down = True
        with pytest.raises(DependencyError):
            desk.intake.withdraw(W, "a")
        later = desk.put("b", "Other.")
        with pytest.raises(DependencyError):
            desk.worker.work()
        assert desk.job(later).state == "queued", "nothing overtakes a withdrawal"


class TestWaiting:
    def test_a_batch_whose_commit_fails_waits_and_is_done_later(self, desk: Desk) -> None:
        jobs = [desk.put(document_id, f"Text {document_id}.") for document_id in ("a", "b")]
        desk.store.down = True
        with pytest.raises(DependencyError):
            desk.worker.work()
        for job in (desk.job(each) for each in jobs):
            assert job.state == "waiting"
            assert job.error is not None
            assert (job.error.stage, job.error.message, job.error.retriable) == ("waiting", "the graph is down", True)
        assert desk.ended == []
        desk.store.down = False
        assert not desk.worker.work(), "their time has not come"
        let_waiting_jobs_be_claimed(desk)
        desk.work()
        assert [(desk.job(each).state, desk.job(each).error) for each in jobs] == [("done", None), ("done", None)]

    def test_a_wait_is_no_death(self, desk: Desk) -> None:
        accepted = desk.put("a")
        desk.store.down = True
        for _ in range(20):
            with pytest.raises(DependencyError):
                desk.worker.work()
            let_waiting_jobs_be_claimed(desk)
        desk.store.down = False
        desk.work()
        assert desk.job(accepted).state == "done"

    def test_an_error_that_waiting_cannot_mend_fails_the_job(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(_: list[str]) -> FloatArray:
            raise ConfigurationError("another embedder is recorded")

        monkeypatch.setattr(desk.embedder, "embed_passages", broken)
        accepted = desk.put("a")
        assert desk.worker.work()
        job = desk.job(accepted)
        assert job.state == "failed"
        assert job.error is not None
        assert (job.error.code, job.error.stage) == ("configuration", "embed")


class TestUnforeseen:
    @given(st.integers(1, 40).flatmap(lambda size: st.tuples(st.just(size), st.sets(st.integers(0, size - 1)))))
    @settings(max_examples=30, deadline=None)
    def test_only_the_guilty_fail_whichever_they_are(self, drawn: tuple[int, set[int]]) -> None:
        size, guilty = drawn
        desk = Desk(batch=64)
        jobs = [desk.put(f"d{n}", f"Text {n} {'POISON' if n in guilty else ''}.") for n in range(size)]
        embed = desk.embedder.embed_passages

        def strict(texts: list[str]) -> FloatArray:
            if any("POISON" in text for text in texts):
                raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
            return embed(texts)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(desk.embedder, "embed_passages", strict)
            desk.work()
        states = [desk.job(each).state for each in jobs]
        assert states == ["failed" if n in guilty else "done" for n in range(size)]
        for n in guilty:
            error = desk.job(jobs[n]).error
            assert error is not None
            assert (error.code, error.stage) == ("unforeseen", "embed")
            assert error.message.startswith("UnicodeEncodeError: ")
            assert error.message.encode()

    def test_one_alone_is_tried_twice(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        calls, embed = [0], desk.embedder.embed_passages

        def fails_once(texts: list[str]) -> FloatArray:
            calls[0] += 1
            if calls[0] == 1:
                raise ZeroDivisionError
            return embed(texts)

        monkeypatch.setattr(desk.embedder, "embed_passages", fails_once)
        accepted = desk.put("a")
        desk.work()
        assert desk.job(accepted).state == "done"

    def test_what_cannot_be_reached_while_a_batch_is_taken_apart_waits_as_a_whole(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = [0]

        def fails(_: list[str]) -> FloatArray:
            calls[0] += 1
            raise ZeroDivisionError if calls[0] == 1 else DependencyError("the model is down")

        monkeypatch.setattr(desk.embedder, "embed_passages", fails)
        jobs = [desk.put(each, f"Text {each}.") for each in ("a", "b", "c")]
        with pytest.raises(DependencyError):
            desk.worker.work()
        assert [desk.job(each).state for each in jobs] == ["waiting"] * 3


class TestSlices:
    def test_a_slice_is_committed_and_its_jobs_done_before_the_next_begins(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (worker_module, slicing):
            monkeypatch.setattr(module, "SLICE_DOCUMENTS", 2)
        desk = Desk(batch=10)
        jobs = [desk.put(each, f"Text {each}.") for each in "abcde"]
        seen: list[list[str]] = []
        embed = desk.embedder.embed_passages

        def noting(texts: list[str]) -> FloatArray:
            seen.append([desk.job(each).state for each in jobs])
            return embed(texts)

        monkeypatch.setattr(desk.embedder, "embed_passages", noting)
        desk.work()
        assert desk.store.commits == [["a", "b"], ["c", "d"], ["e"]]
        assert [states.count("done") for states in seen] == [0, 2, 4]

    def test_a_slice_ends_with_its_time_and_with_its_chunks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in (("SLICE_SECONDS", -1.0), ("SLICE_CHUNKS", 1)):
            desk = Desk(batch=10)
            for each in "abc":
                desk.put(each, f"Text {each}.")
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(slicing, name, value)
                desk.work()
            assert desk.store.commits == [["a"], ["b"], ["c"]], name

    def test_what_is_done_stays_done_where_a_later_slice_has_to_wait(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(slicing, "SLICE_CHUNKS", 1)
        desk = Desk(batch=10)
        jobs = [desk.put(each, f"Text {each}.") for each in "abc"]
        embed = desk.embedder.embed_passages

        def then_down(texts: list[str]) -> FloatArray:
            desk.store.down = len(desk.store.commits) == 1
            return embed(texts)

        monkeypatch.setattr(desk.embedder, "embed_passages", then_down)
        with pytest.raises(DependencyError):
            desk.worker.work()
        assert [desk.job(each).state for each in jobs] == ["done", "waiting", "waiting"]


class TestFailures:
    def test_a_document_that_cannot_be_read_does_not_fail_its_batch(self, desk: Desk) -> None:
        good, bad, other = desk.put("a", "One."), desk.put("b", BINARY), desk.put("c", "Three.")
        desk.work()
        assert [desk.job(each).state for each in (good, bad, other)] == ["done", "failed", "done"]
        error = desk.job(bad).error
        assert error is not None
        assert (error.code, error.stage, error.retriable) == ("unreadable-document", "load", False)
        assert desk.store.commits == [["a", "c"]]

    def test_a_document_the_graph_refuses_does_not_fail_its_batch(self, desk: Desk) -> None:
        desk.store.refused = {"b"}
        jobs = [desk.put(document_id, f"Text {document_id}.") for document_id in ("a", "b", "c")]
        desk.work()
        assert [desk.job(each).state for each in jobs] == ["done", "failed", "done"]
        error = desk.job(jobs[1]).error
        assert error is not None
        assert error.stage == "apply"
        assert desk.store.commits == [["a"], ["c"]]

    def test_the_earlier_version_stays_where_a_new_one_fails(self, desk: Desk) -> None:
        desk.put("a", "One.")
        desk.work()
        desk.put("a", BINARY)
        desk.work()
        assert desk.store.live("a") == 1

    def test_a_failed_job_can_be_tried_again(self, desk: Desk) -> None:
        desk.store.refused = {"a"}
        accepted = desk.put("a")
        desk.work()
        desk.store.refused = set()
        desk.kept.jobs.request(W, str(accepted.job_id), "retry")
        desk.work()
        assert (desk.job(accepted).state, desk.store.live("a")) == ("done", 1)


class TestCancelledAndOutdated:
    def test_a_job_that_was_cancelled_while_it_was_queued(self, desk: Desk) -> None:
        accepted = desk.put("a")
        desk.kept.jobs.request(W, str(accepted.job_id), "cancel")
        desk.work()
        assert (desk.job(accepted).state, desk.store.live("a")) == ("cancelled", None)

    def test_a_job_whose_version_was_purged(self, desk: Desk) -> None:
        accepted = desk.put("a")
        desk.kept.register.forget(W, "a", 1)
        desk.work()
        assert (desk.job(accepted).state, desk.store.live("a")) == ("cancelled", None)

    def test_a_job_about_nothing(self, desk: Desk) -> None:
        unknown, nothing = desk.kept.jobs.submit(
            [
                NewJob(workspace=W, kind="ingest", document_id="x", version=1),
                NewJob(workspace=W, kind="ingest"),
            ]
        )
        desk.work()
        assert {desk.kept.jobs.get(W, job.id).state for job in (unknown, nothing)} == {"cancelled"}

    def test_a_version_that_a_deletion_overtook_in_the_graph(self, desk: Desk) -> None:
        accepted = desk.put("a")
        desk.store.meanwhile = lambda: desk.store.remove(W, "a", 2)
        desk.work()
        job = desk.job(accepted)
        assert (job.state, desk.store.live("a")) == ("cancelled", None)
        assert job.error is not None
        assert (job.error.code, job.error.stage) == ("superseded", "superseded")

    def test_one_that_is_cancelled_on_its_way_is_not_applied(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        first, second = desk.put("a", "One."), desk.put("b", "Two.")
        embed = desk.embedder.embed_passages

        def slowly(texts: list[str]) -> FloatArray:
            desk.kept.jobs.request(W, str(first.job_id), "cancel")
            clock[0] += 2.0
            return embed(texts)

        clock = [time.monotonic()]
        monkeypatch.setattr(desk.embedder, "embed_passages", slowly)
        monkeypatch.setattr(worker_module.time, "monotonic", lambda: clock[0])
        desk.work()
        assert [desk.job(each).state for each in (first, second)] == ["cancelled", "done"]
        assert desk.store.commits == [["b"]]

    def test_a_model_reads_no_version_but_the_newest(self, desk: Desk) -> None:
        desk.put("a", "One.")
        desk.work()
        (job,) = desk.rereading.order(W)
        desk.put("a", "Two.")
        desk.reading.work()
        assert desk.kept.jobs.get(W, job.id).state == "cancelled"

    def test_a_model_reads_no_deleted_document(self, desk: Desk) -> None:
        desk.put("a", "One.")
        desk.work()
        (job,) = desk.rereading.order(W)
        (newest,) = desk.kept.register.page(W)
        desk.kept.register.add(replace(newest.upload, version=2), deleted=True, job_id="")
        desk.reading.work()
        assert desk.kept.jobs.get(W, job.id).state == "cancelled"


class TestAfterwards:
    def test_what_a_model_has_yet_to_read_becomes_a_job_of_its_own(self, desk: Desk) -> None:
        first = Worker(
            line=Line(kind="ingest", batch=10, after="extract"), jobs=desk.kept.jobs, register=desk.kept.register,
            pipeline=desk.pipeline(Pending()), state=desk.kept.state, committed=desk.caught_up.append,
        )  # fmt: skip
        desk.put("a")
        first.work()
        (job,) = [job for job in desk.kept.jobs.list(W) if job.kind == "extract"]
        assert (job.document_id, job.version, job.state) == ("a", 1, "queued")
        assert desk.reading.work()
        assert desk.kept.jobs.get(W, job.id).state == "done"

    def test_what_is_read_is_not_read_again(self, desk: Desk) -> None:
        desk.put("a")
        desk.work()
        assert [job.kind for job in desk.kept.jobs.list(W)] == ["ingest"]


class TestProgress:
    def test_steps_are_written_at_most_once_a_second(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = [time.monotonic()]
        monkeypatch.setattr(worker_module.time, "monotonic", lambda: clock[0])
        accepted = desk.put("a")
        seen: list[JobProgress] = []
        embed = desk.embedder.embed_passages

        def slowly(texts: list[str]) -> FloatArray:
            seen.append(desk.job(accepted).progress)
            clock[0] += 2.0
            return embed(texts)

        monkeypatch.setattr(desk.embedder, "embed_passages", slowly)
        desk.store.meanwhile = lambda: seen.append(desk.job(accepted).progress)
        desk.work()
        assert [progress.stage for progress in seen] == ["", "apply"]
        assert (seen[1].chunks_done, seen[1].chunks_total) == (1, 1)

    def test_a_report_renews_the_lease(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = [time.monotonic()]
        monkeypatch.setattr(worker_module.time, "monotonic", lambda: clock[0])
        monkeypatch.setattr(worker_module, "LEASE_SECONDS", 0.001)
        accepted = desk.put("a")
        embed = desk.embedder.embed_passages
        taken: list[int] = []

        def slowly(texts: list[str]) -> FloatArray:
            clock[0] += 2.0
            return embed(texts)

        def take() -> None:
            time.sleep(0.01)
            taken.append(len(desk.kept.jobs.claim("ingest", 9, 60)))

        monkeypatch.setattr(desk.embedder, "embed_passages", slowly)
        desk.store.meanwhile = take
        desk.work()
        assert taken == [0], "nobody else gets a job that is under way"
        assert desk.job(accepted).state == "done"


class TestThread:
    def test_what_is_submitted_is_taken_and_stop_ends_it(self, desk: Desk) -> None:
        desk.worker.start()
        assert desk.worker.alive
        accepted = desk.put("a")
        wait_until(lambda: desk.job(accepted).state == "done")
        desk.worker.stop()
        assert not desk.worker.alive

    def test_a_job_that_waits_is_done_without_another_submit(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(job_thread, "RETRY_SECONDS", 0.5)
        claim, claims = desk.kept.jobs.claim, []
        monkeypatch.setattr(desk.kept.jobs, "claim", lambda *which: (claims.append(which), claim(*which))[1])
        desk.store.down = True
        accepted = desk.put("a")
        desk.worker.start()
        wait_until(lambda: desk.job(accepted).state == "waiting")
        before = len(claims)
        desk.put("b")
        wait_until(lambda: len(claims) > before)  # too early: it must not put the job off until the next submit
        desk.store.down = False
        let_waiting_jobs_be_claimed(desk)
        wait_until(lambda: desk.job(accepted).state == "done")
        desk.worker.stop()

    def test_one_that_was_never_started_can_be_stopped(self, desk: Desk) -> None:
        desk.worker.stop()
        assert not desk.worker.alive

    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (ConfigurationError("it was written by a newer Quipu"), "it was written by a newer Quipu"),
            (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "no"), "UnicodeEncodeError: 'utf-8' codec"),
            (RecursionError("too deep"), "RecursionError: too deep"),
        ],
    )
    def test_whatever_the_queue_raises_the_thread_lives_tells_and_goes_on(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
    ) -> None:
        monkeypatch.setattr(job_thread, "RETRY_SECONDS", 0.01)
        claim, broken = desk.kept.jobs.claim, [True]

        def claims(*arguments: Any) -> tuple[Job, ...]:
            if broken[0]:
                raise error
            return claim(*arguments)

        monkeypatch.setattr(desk.kept.jobs, "claim", claims)
        accepted = desk.put("a")
        desk.worker.start()
        wait_until(lambda: (desk.worker.problem or "").startswith(said))
        assert desk.worker.alive
        broken[0] = False
        wait_until(lambda: desk.job(accepted).state == "done")
        wait_until(lambda: desk.worker.problem is None)
        desk.worker.stop()


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 100
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def put(desk: Desk, document_id: str, number: int) -> None:
    desk.put(document_id, f"Text {number}.")


def cancel(desk: Desk, document_id: str, _: int) -> None:
    for job in desk.kept.jobs.list(W, document_id=document_id, limit=1):
        desk.kept.jobs.request(W, job.id, "cancel")


def go_down(desk: Desk, *_: object) -> None:
    desk.store.down = True


def come_up(desk: Desk, *_: object) -> None:
    desk.store.down = False


def crash(desk: Desk, *_: object) -> None:
    desk.kept.jobs.claim("ingest", 2, 60)
    desk.kept.jobs.recover()


def wait(desk: Desk, *_: object) -> None:
    let_waiting_jobs_be_claimed(desk)


def work(desk: Desk, *_: object) -> None:
    try:
        desk.worker.work()
    except DependencyError:
        assert desk.store.down


EVENT: dict[str, Callable[[Desk, str, int], None]] = {
    "put": put, "cancel": cancel, "down": go_down, "up": come_up, "crash": crash, "wait": wait, "work": work,
}  # fmt: skip
EVENTS = st.lists(st.tuples(st.sampled_from(["put", "work", *EVENT]), st.sampled_from("abc")), max_size=16)


@settings(max_examples=100, deadline=None)
@given(events=EVENTS, batch=st.integers(1, 4))
def test_whatever_happens_every_job_ends_and_the_newest_version_that_was_done_is_live(
    events: list[tuple[str, str]], batch: int
) -> None:
    desk = Desk(batch=batch)
    for number, (what, document_id) in enumerate(events):
        EVENT[what](desk, document_id, number)
    desk.store.down = False
    let_waiting_jobs_be_claimed(desk)
    desk.work()
    jobs = desk.kept.jobs.list(W, limit=1000)
    assert all(job.state in TERMINAL for job in jobs)
    for document_id in "abc":
        done = [int(job.version or 0) for job in jobs if job.document_id == document_id and job.state == "done"]
        assert desk.store.live(document_id) == max(done, default=None)


def test_a_text_that_repeats_itself_is_embedded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(max_bytes=100_000)
    embed, asked = desk.embedder.embed_passages, []

    def counting(texts: list[str]) -> FloatArray:
        asked.extend(texts)
        return embed(texts)

    monkeypatch.setattr(desk.embedder, "embed_passages", counting)
    accepted = desk.put("brackets", "[" * 50_000)
    desk.work()
    assert desk.job(accepted).state == "done"
    assert len(asked) <= 2
