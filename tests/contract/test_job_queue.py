"""The JobQueue port, run over every adapter."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_memory_operations import InMemoryJobQueue
from kept_state import KINDS, Kept, kept_state

from graph.errors import ConflictError, NotFoundError
from graph.jobs import JobError, JobProgress, NewJob
from graph.operations.jobs import SqliteJobQueue
from graph.operations.leases import MAX_DEATHS_ALONE
from graph.ports.spending import Cost

W = "w"
Queue = SqliteJobQueue | InMemoryJobQueue


def new(document: str, *, priority: int = 0, workspace: str = W) -> NewJob:
    return NewJob(workspace=workspace, kind="ingest", document_id=document, version=1, priority=priority)


class TestJobQueue:
    @pytest.fixture(params=KINDS)
    def kept(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
        with kept_state(request.param, tmp_path) as kept:
            yield kept

    @pytest.fixture
    def queue(self, kept: Kept) -> Queue:
        return kept.jobs

    def test_order_and_priority(self, queue: Queue) -> None:
        a, b, c = queue.submit([new("a"), new("b"), new("c", priority=5)])
        assert [job.id for job in queue.claim("ingest", 10, 60)] == [c.id, a.id, b.id]
        assert queue.claim("ingest", 10, 60) == ()

    def test_a_submit_is_part_of_the_transaction_around_it(self, kept: Kept) -> None:
        queue = kept.jobs
        with suppress(RuntimeError), kept.state.transaction():
            queue.submit([new("a")])
            raise RuntimeError
        assert queue.list(W) == ()

    def test_jobs_are_listed_by_kind_and_page_by_page(self, queue: Queue) -> None:
        jobs = queue.submit([new("a"), NewJob(workspace=W, kind="evaluation"), new("b"), new("c")])
        queue.submit([new("d", workspace="v")])
        a, evaluation, b, c = (job.id for job in jobs)
        assert [job.id for job in queue.list(W, limit=2)] == [c, b]
        assert [job.id for job in queue.list(W, after=b)] == [evaluation, a]
        assert [job.id for job in queue.list(W, kind="evaluation")] == [evaluation]
        assert [job.id for job in queue.list(W, kind="ingest", after=c, limit=1)] == [b]
        assert queue.list(W, after="unknown") == ()

    def test_who_submits_sees_the_job_within_the_transaction(self, kept: Kept) -> None:
        with kept.state.transaction():
            (job,) = kept.jobs.submit([new("a")])
            assert kept.jobs.get(W, job.id) == job
            assert kept.jobs.list(W) == (job,)
        assert kept.jobs.get(W, job.id) == job

    def test_workers_of_a_kind_are_called_when_a_job_is_ready(self, queue: Queue) -> None:
        called: list[str] = []
        queue.on_ready("ingest", lambda: called.append("one"))
        queue.on_ready("ingest", lambda: called.append("other"))
        queue.on_ready("extract", lambda: called.append("reader"))
        (job, _) = queue.submit([new("a"), new("b")])
        assert called == ["one", "other"], "once for a batch"
        queue.request(W, job.id, "cancel")
        assert len(called) == 2
        queue.request(W, job.id, "retry")
        assert called == ["one", "other"] * 2
        queue.submit([])
        assert len(called) == 4

    def test_whoever_is_called_within_a_transaction_finds_what_it_adds(self, kept: Kept) -> None:
        found: list[int] = []
        queue = kept.jobs

        def claim() -> None:
            found.append(len(queue.claim("ingest", 10, 60)))

        worker = threading.Thread(target=claim)
        queue.on_ready("ingest", worker.start)
        with kept.state.transaction():
            queue.submit([new("a")])
            worker.join(0.2)
            assert found == [], "it waits for the transaction"
        worker.join()
        assert found == [1]

    def test_one_job_of_a_document_at_a_time_in_order(self, queue: Queue) -> None:
        first, second = queue.submit([new("a"), new("a", priority=9)])
        assert [job.id for job in queue.claim("ingest", 10, 60)] == [first.id]
        assert queue.claim("ingest", 10, 60) == ()
        queue.update(first.id, state="done", progress=JobProgress())
        assert [job.id for job in queue.claim("ingest", 10, 60)] == [second.id]

    def test_a_lease_that_ends_hands_the_job_out_again(self, queue: Queue) -> None:
        (job,) = queue.submit([new("a")])
        queue.claim("ingest", 1, -1)
        assert [again.id for again in queue.claim("ingest", 1, 60)] == [job.id]

    def test_recover(self, queue: Queue) -> None:
        (job,) = queue.submit([new("a")])
        queue.claim("ingest", 1, 1000)
        queue.recover()
        assert [again.id for again in queue.claim("ingest", 1, 60)] == [job.id]

    def test_terminal_stays(self, queue: Queue) -> None:
        (job,) = queue.submit([new("a")])
        queue.update(job.id, state="done", progress=JobProgress(chunks_done=3, revision=7))
        after = queue.update(job.id, state="failed", progress=JobProgress())
        assert (after.state, after.progress.revision) == ("done", 7)

    def test_cancel_and_retry(self, queue: Queue) -> None:
        waiting, running = queue.submit([new("a"), new("b")])
        assert queue.request(W, waiting.id, "cancel").state == "cancelled"
        queue.claim("ingest", 5, 60)
        assert queue.request(W, running.id, "cancel").cancel_requested
        with pytest.raises(ConflictError):
            queue.request(W, running.id, "retry")
        error = JobError(code="x", stage="load", message="m", retriable=True)
        queue.update(running.id, state="failed", progress=JobProgress(), error=error)
        assert queue.get(W, running.id).error == error
        again = queue.request(W, running.id, "retry")
        assert (again.state, again.attempt, again.error, again.cancel_requested) == ("queued", 2, None, False)

    def test_an_account_pays_for_every_attempt_and_longer_than_its_jobs_are_there(self, queue: Queue) -> None:
        mine, _, other = queue.submit(
            [
                NewJob(workspace=W, kind="extract", document_id="a", account="k"),
                new("b"),
                NewJob(workspace="other", kind="evaluation", account="k"),
            ]
        )
        assert (mine.account, queue.get(W, mine.id).account, queue.costs()) == ("k", "k", {})
        queue.claim("extract", 1, 60)
        queue.spent(mine.id, Cost(calls=1))
        queue.spent(mine.id, Cost(prompt_tokens=30, completion_tokens=4))
        queue.update(mine.id, state="failed", progress=JobProgress())
        assert queue.request(W, mine.id, "retry").account == "k"
        queue.recover()
        assert [job.account for job in queue.claim("extract", 1, 60)] == ["k"]
        queue.spent(mine.id, Cost(calls=2, prompt_tokens=1))
        queue.spent(other.id, Cost(calls=1, completion_tokens=9))
        for job in queue.list(W, kind="ingest"):
            queue.spent(job.id, Cost(calls=7, prompt_tokens=7))
        assert queue.costs() == {"k": Cost(calls=4, prompt_tokens=44)}
        queue.update(mine.id, state="done", progress=JobProgress())
        assert queue.forget(W)
        assert queue.costs() == {"k": Cost(calls=4, prompt_tokens=44)}

    def test_the_line_is_the_order_in_which_jobs_are_handed_out(self, queue: Queue) -> None:
        def reading(document: str, workspace: str, passages: int, priority: int = 0) -> NewJob:
            progress = JobProgress(chunks_done=2, chunks_total=2 + passages)
            return NewJob(
                workspace=workspace, kind="extract", document_id=document, priority=priority, progress=progress
            )  # fmt: skip

        jobs = queue.submit(
            [
                *(reading(str(number), "a", 10 + number) for number in range(4)), reading("first", "a", 5, priority=1),
                *(reading(str(number), "b", 20 + number) for number in range(3)), reading("w", "waits", 1),
            ]
        )  # fmt: skip
        queue.submit([new("of another kind")])
        queue.update(jobs[-1].id, state="waiting", progress=JobProgress(), error=None)
        line = queue.line("extract", 2)
        assert [one.passages for one in line] == [5, 10, 20, 21, 11, 12, 22, 13]
        handed: list[str] = []
        while claimed := queue.claim("extract", 2, 60):
            assert [one.id for one in queue.line("extract", 2)][: len(claimed)] == [job.id for job in claimed]
            for job in claimed:
                handed.append(job.id)
                queue.update(job.id, state="done", progress=JobProgress())
        assert handed == [one.id for one in line]
        assert queue.line("extract", 2) == []

    def test_a_job_that_takes_its_process_down_fails_at_last(self, queue: Queue) -> None:
        (job,) = queue.submit([new("a")])
        for _ in range(MAX_DEATHS_ALONE):
            assert queue.claim("ingest", 1, 60)
            queue.recover()
        assert queue.claim("ingest", 1, 60) == ()
        failed = queue.get(W, job.id)
        assert (failed.state, failed.error and failed.error.code) == ("failed", "worker-died")

    @pytest.mark.parametrize("kind", KINDS)
    @settings(max_examples=30, deadline=None)
    @given(count=st.integers(1, 40), limit=st.integers(1, 32), data=st.data())
    def test_the_one_that_takes_its_process_down_is_found_among_many(
        self, kind: str, count: int, limit: int, data: st.DataObject
    ) -> None:
        poison = data.draw(st.sets(st.integers(0, count - 1), max_size=2))
        with TemporaryDirectory() as folder, kept_state(kind, Path(folder)) as kept:
            queue = kept.jobs
            jobs = queue.submit([new(str(number)) for number in range(count)])
            deaths = 0
            while claimed := queue.claim("ingest", limit, 60):
                progress = JobProgress(stage="embed", chunks_done=1, chunks_total=2)
                for job in claimed:
                    queue.update(job.id, state="running", progress=progress)
                if any(int(str(job.document_id)) in poison for job in claimed):
                    queue.recover()
                    deaths += 1
                    assert deaths < 40
                    continue
                for job in claimed:
                    queue.update(job.id, state="done", progress=progress)
            ended = [queue.get(W, job.id).state for job in jobs]
            assert ended == ["failed" if number in poison else "done" for number in range(count)]

    def test_kills_at_random_stop_no_job(self, queue: Queue) -> None:
        """A process that never lives long enough for a whole batch still gets through."""
        jobs = queue.submit([new(str(number)) for number in range(100)])
        for _ in range(60):
            claimed = queue.claim("ingest", 256, 60)
            if len(claimed) <= 8:
                for job in claimed:
                    queue.update(job.id, state="done", progress=JobProgress())
            queue.recover()
        assert {queue.get(W, job.id).state for job in jobs} == {"done"}

    def test_workspaces(self, queue: Queue) -> None:
        mine, _ = queue.submit([new("a"), new("a", workspace="other")])
        assert sorted({job.workspace for job in queue.claim("ingest", 10, 60)} for _ in range(2)) == [{"other"}, {W}]
        with pytest.raises(NotFoundError):
            queue.get("other", mine.id)

    def test_workspaces_take_turns(self, queue: Queue) -> None:
        queue.submit([new(str(number), priority=9) for number in range(40)])
        queue.submit([new(str(number), workspace="small") for number in range(3)])
        served = [[job.workspace for job in queue.claim("ingest", 4, 60)] for _ in range(5)]
        assert served == [["small"] * 3, *[[W] * 4] * 4]
        queue.submit([new("late", workspace="small")])
        assert [job.workspace for job in queue.claim("ingest", 4, 60)] == ["small"], "it was served longer ago"
        queue.submit([new("a", workspace=workspace) for workspace in ("x", "y", "z")])
        served = [[job.workspace for job in queue.claim("ingest", 4, 60)] for _ in range(6)]
        assert [one[0] for one in served] == ["x", "y", "z", W, W, W]

    def test_a_workspace_whose_jobs_all_wait_keeps_no_other_waiting(self, queue: Queue) -> None:
        queue.submit([new("a", workspace="a"), new("a", workspace="a"), new("b"), new("c")])
        assert [job.workspace for job in queue.claim("ingest", 1, 60)] == ["a"]
        assert [job.workspace for job in queue.claim("ingest", 1, 60)] == [W]
        assert [job.workspace for job in queue.claim("ingest", 1, 60)] == [W], "the second version waits for the first"
        assert queue.claim("ingest", 1, 60) == ()

    def test_turns_are_taken_for_each_kind_of_work(self, queue: Queue) -> None:
        queue.submit([new(str(number), workspace=workspace) for workspace in "ab" for number in range(2)])
        queue.submit([NewJob(workspace=workspace, kind="extract", document_id="1") for workspace in "ab"])
        assert [queue.claim("ingest", 1, 60)[0].workspace for _ in range(2)] == ["a", "b"]
        assert [queue.claim("extract", 1, 60)[0].workspace for _ in range(2)] == ["a", "b"]
        assert queue.claim("ingest", 1, 60)[0].workspace == "a"

    def test_the_jobs_of_a_deleted_workspace_go_once_none_is_under_way(self, queue: Queue) -> None:
        queue.submit([new("a"), new("b"), new("c", workspace="other")])
        (running,) = [job for _ in range(2) for job in queue.claim("ingest", 1, 60) if job.workspace == W]
        assert not queue.forget(W)
        assert queue.get(W, running.id).cancel_requested
        assert queue.claim("ingest", 5, 60) == (), "what was queued is cancelled"
        assert not queue.forget(W)
        queue.update(running.id, state="cancelled", progress=JobProgress())
        assert queue.forget(W)
        assert queue.list(W) == ()
        assert queue.forget(W)
        assert len(queue.list("other")) == 1

    def test_what_a_dead_process_left_keeps_no_workspace(self, queue: Queue) -> None:
        queue.submit([new("a"), new("b")])
        queue.claim("ingest", 1, 1000)
        queue.recover()
        assert queue.forget(W)
        assert queue.list(W) == ()
