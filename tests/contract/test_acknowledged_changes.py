"""Which acknowledged changes are under way, run over every adapter; and who waits for them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kept_state import KINDS, Kept, kept_state

from graph.jobs import Job, JobError, JobKind, JobProgress, JobState, NewJob
from ingest.acknowledged import PICTURES, AcknowledgedChange
from ingest.model import Upload, Withdrawal

W = "w"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Book:
    """Versions are acknowledged with their jobs, and these end as the test says."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.jobs: dict[tuple[str, int], Job] = {}

    def upload(self, document_id: str, version: int, token: str, workspace: str = W) -> Job:
        job = self.job(document_id, version, "ingest", workspace=workspace)
        self.jobs[document_id, version] = job
        self._add(document_id, version, token, job.id, workspace)
        return job

    def job(self, document_id: str, version: int, kind: JobKind, payload: str = "", workspace: str = W) -> Job:
        new = NewJob(workspace=workspace, kind=kind, document_id=document_id, version=version, payload=payload)
        return self.kept.jobs.submit([new])[0]

    def delete(self, document_id: str, version: int, token: str) -> Withdrawal:
        self._add(document_id, version, token, "", W)
        noted = Withdrawal(workspace=W, document_id=document_id, version=version, purge=False)
        self.kept.register.begin_withdrawal(noted)
        return noted

    def end(self, job: Job, state: JobState = "done") -> None:
        error = JobError(code="x", stage="load", message="no", retriable=False) if state == "failed" else None
        self.kept.jobs.update(job.id, state=state, progress=JobProgress(), error=error)

    def states(self, token: str) -> list[tuple[str, int, str]]:
        return [(one.document_id, one.version, one.state) for one in self.kept.changes.named(W, token)]

    def _add(self, document_id: str, version: int, token: str, job_id: str, workspace: str) -> None:
        upload = Upload(
            workspace=workspace, document_id=document_id, version=version, title=None, source="s",
            media_type="text/plain", metadata={}, content_hash="x", created_at=NOON, updated_at=NOON, token=token,
        )  # fmt: skip
        self.kept.register.add(upload, deleted=not job_id, job_id=job_id)


@pytest.fixture(params=KINDS)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Book]:
    with kept_state(request.param, tmp_path) as found:
        yield Book(found)


def test_an_upload_is_under_way_until_its_job_has_ended(book: Book) -> None:
    job = book.upload("a", 1, "t")
    assert book.states("t") == [("a", 1, "under way")]
    for state in ("running", "waiting"):
        book.end(job, state)
        assert (book.states("t"), book.kept.changes.count(W)) == ([("a", 1, "under way")], 1)
    book.end(job)
    assert (book.states("t"), book.kept.changes.count(W)) == ([("a", 1, "readable")], 0)


def test_a_token_names_all_of_its_request_and_nothing_else(book: Book) -> None:
    one, other = book.upload("a", 1, "t"), book.upload("b", 1, "t")
    book.upload("c", 1, "u")
    book.upload("a", 1, "t", workspace="other")
    book.end(other)
    assert book.states("t") == [("a", 1, "under way"), ("b", 1, "readable")]
    assert book.states("nobody's") == []
    assert book.kept.changes.under_way(W, limit=10)[0] == AcknowledgedChange(
        document_id="a", version=1, state="under way", job_id=one.id, kept=True
    )
    assert (book.kept.changes.count(W), book.kept.changes.count("other")) == (2, 1)


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_what_came_to_nothing_is_as_far_as_the_version_that_came_after_it(book: Book, end: JobState) -> None:
    book.end(book.upload("a", 1, "t"), end)
    assert book.states("t") == [("a", 1, end)]
    second = book.upload("a", 2, "u")
    assert book.states("t") == [("a", 2, "under way")]
    book.end(second)
    assert book.states("t") == [("a", 2, "readable")]


def test_a_version_that_was_withdrawn_before_it_was_read_is_as_far_as_the_deletion(book: Book) -> None:
    book.end(book.upload("a", 1, "t"), "cancelled")
    noted = book.delete("a", 2, "u")
    assert book.states("t") == book.states("u") == [("a", 2, "under way")]
    assert book.kept.changes.count(W) == 1
    assert [one.job_id for one in book.kept.changes.under_way(W, limit=10)] == [""]
    book.kept.register.end_withdrawal(noted)
    assert book.states("t") == book.states("u") == [("a", 2, "readable")]


def test_pictures_hold_a_version_up_and_a_model_that_reads_its_text_does_not(book: Book) -> None:
    book.end(book.upload("a", 1, "t"))
    book.job("a", 1, "extract")
    assert (book.states("t"), book.kept.changes.count(W)) == ([("a", 1, "readable")], 0)
    pictures = book.job("a", 1, "extract", PICTURES)
    assert (book.states("t"), book.kept.changes.count(W)) == ([("a", 1, "under way")], 1)
    book.end(pictures)
    assert (book.states("t"), book.kept.changes.count(W)) == ([("a", 1, "readable")], 0)


def test_what_comes_later_does_not_count_up_to_now(book: Book) -> None:
    first = book.upload("a", 1, "t")
    now = book.kept.changes.newest()
    book.upload("b", 1, "u")
    assert (book.kept.changes.count(W, up_to=now), book.kept.changes.count(W)) == (1, 2)
    assert [one.document_id for one in book.kept.changes.under_way(W, up_to=now, limit=10)] == ["a"]
    assert [one.document_id for one in book.kept.changes.under_way(W, limit=1)] == ["a"]
    book.end(first)
    assert book.kept.changes.count(W, up_to=now) == 0


def test_of_a_purged_version_nothing_is_kept_but_that_it_came(book: Book) -> None:
    book.upload("a", 1, "t")
    book.kept.register.forget(W, "a", 1)
    assert [(one.state, one.kept) for one in book.kept.changes.named(W, "t")] == [("under way", False)]
    assert [one.kept for one in book.kept.changes.under_way(W, limit=10)] == [False]
