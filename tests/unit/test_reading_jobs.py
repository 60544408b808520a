"""Jobs in which a model reads: when they are expected to end, and what becomes of them once no model is set."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_memory_operations import InMemoryJobQueue, InMemoryState
from ingest_desk import Desk, W
from typing_extensions import override

from api.parts.pictures import switched_off
from api.schemas.jobs import job_body
from graph.jobs import Job, JobProgress, NewJob
from graph.prompting import ModelSwitchedOff
from ingest.acknowledged import PICTURES
from ingest.extraction.light_extractor import LightExtractor
from ingest.loaders.unpacking import UNKEPT
from ingest.model import Extraction, Passages
from ingest.ports import Tell
from ingest.under_way.expected_end import ExpectedEnd
from ingest.under_way.reading_ends import ReadingEnds
from ingest.worker import Line, Worker


class Slow(LightExtractor):
    """Takes 40 s for the first chunk of each document, by the clock that it moves, and stops there to look."""

    def __init__(self, clock: list[float], look: list[Job], desk: Desk, job_id: str) -> None:
        super().__init__()
        self._clock, self._look, self._desk, self._job_id = clock, look, desk, job_id

    @override
    def extract(self, documents: Sequence[Passages], tell: Tell) -> tuple[tuple[Extraction, ...], ...]:
        tell(0, 0)
        self._clock[0] += 40.0
        tell(0, 1)
        self._look.append(self._desk.kept.jobs.get(W, self._job_id))
        return super().extract(documents, tell)


def submitted(desk: Desk, text: str, payload: str = "") -> str:
    """A document that rules have read, and the job in which a model shall."""
    accepted = desk.put("a", text)
    desk.work()
    new = NewJob(workspace=W, kind="extract", document_id="a", version=accepted.version, payload=payload)
    return desk.kept.jobs.submit([new])[0].id


def test_a_job_tells_when_it_will_end(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(max_bytes=100_000)
    job_id = submitted(desk, "Ada Stone built the Selm Tower in the north of the town.\n\n" * 200)
    now, look = [time.time()], list[Job]()
    monkeypatch.setattr("ingest.worker.time.monotonic", lambda: now[0])
    worker = Worker(
        line=Line(kind="extract", batch=1, expected=ExpectedEnd(lambda: now[0])), jobs=desk.kept.jobs,
        register=desk.kept.register, state=desk.kept.state,
        pipeline=desk.pipeline(Slow(now, look, desk, job_id), UNKEPT), committed=desk.caught_up.append,
    )  # fmt: skip
    assert worker.work()
    (seen,) = look
    left = seen.progress.chunks_total - 1
    assert left > 3
    assert seen.progress.ends_at == now[0] + 40.0 * left
    assert 0.0 < (job_body(seen).remaining_seconds or 0.0) <= 40.0 * (1 + left)
    done = desk.kept.jobs.get(W, job_id)
    assert (done.state, job_body(done).remaining_seconds) == ("done", None)


@settings(max_examples=40)
@given(
    queues=st.lists(st.lists(st.integers(1, 9), max_size=7), min_size=1, max_size=3), batch=st.integers(1, 4),
    seconds=st.floats(0.5, 60.0),
)  # fmt: skip
def test_jobs_in_line_end_when_they_were_told_to(queues: list[list[int]], batch: int, seconds: float) -> None:
    """At an even pace, whoever they belong to, and however many are taken at once."""
    now = [1_000_000.0]
    expected = ExpectedEnd(lambda: now[0])
    queue = InMemoryJobQueue(InMemoryState())
    submitted = [
        queue.submit([reading(f"w{place}", str(number), passages)])[0]
        for place, passages_of in enumerate(queues) for number, passages in enumerate(passages_of)
    ]  # fmt: skip
    ends = ReadingEnds(queue, expected, batch, lambda: now[0])
    assert [job_body(job).remaining_seconds for job in ends.foreseen(submitted)] == [None] * len(submitted)
    expected.told("before", 0, 1)
    now[0] += seconds
    expected.told("before", 1, 1)
    told = {job.id: job.progress.ends_at for job in ends.foreseen(submitted)}
    while claimed := queue.claim("extract", batch, 60):
        for job in claimed:
            now[0] += seconds * job.progress.chunks_total
            assert told.pop(job.id) == pytest.approx(now[0], abs=0.01)
            queue.update(job.id, state="done", progress=job.progress)
    assert not told


def test_no_end_is_told_where_nothing_tells_how_much_is_left_or_the_model_is_away() -> None:
    now = [1_000_000.0]
    expected = ExpectedEnd(lambda: now[0])
    queue = InMemoryJobQueue(InMemoryState())
    known, unknown, behind, away = queue.submit(
        [reading("w", "a", 3), reading("w", "b", 0), reading("out", "a", 1), reading("out", "b", 1)]
    )  # fmt: skip
    expected.told("before", 0, 1)
    now[0] += 10.0
    expected.told("before", 1, 1)
    queue.update(away.id, state="waiting", progress=away.progress)
    ends = ReadingEnds(queue, expected, 16, lambda: now[0])
    foreseen = ends.foreseen([known, unknown, behind, queue.get("out", away.id)])
    assert [job.progress.ends_at for job in foreseen] == [now[0] + 30.0, None, None, None]
    now[0] += 3600.0
    assert ends.foreseen([known])[0].progress.ends_at == now[0] + 30.0, "its own passages are to come in any case"


def reading(workspace: str, document_id: str, passages: int) -> NewJob:
    progress = JobProgress(chunks_total=passages)
    return NewJob(workspace=workspace, kind="extract", document_id=document_id, progress=progress)


def test_what_no_model_is_left_to_read_is_cancelled_with_the_reason() -> None:
    desk = Desk()
    job_id = submitted(desk, "Ada Stone built the Selm Tower.")
    refusal = ModelSwitchedOff("no language model reads documents any more")
    line = Line(kind="extract", batch=10, refuse=lambda _: refusal, ended=lambda *_: pytest.fail("nothing was read"))
    assert desk.worker_of(line).work()
    job = desk.kept.jobs.get(W, job_id)
    assert job.state == "cancelled"
    assert job.error is not None
    assert (job.error.code, job.error.message) == ("model-switched-off", str(refusal))
    assert desk.store.live("a") == 1, "what rules have read stays"


@pytest.mark.parametrize(
    ("payload", "model", "blind", "refused"),
    [("", True, True, False), ("", False, True, True), ("", False, False, True),
     (PICTURES, False, True, True), (PICTURES, False, False, False)],
)  # fmt: skip
def test_pictures_need_no_model_where_something_else_reads_them(
    payload: str, model: bool, blind: bool, refused: bool
) -> None:
    desk = Desk()
    job = desk.kept.jobs.get(W, submitted(desk, "Ada Stone built the Selm Tower.", payload))
    refusal = switched_off(job, model=model, blind=blind)
    assert isinstance(refusal, ModelSwitchedOff) == refused
