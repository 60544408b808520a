"""What an upload did to its document, told from the counts of its job."""

from datetime import UTC, datetime

import pytest

from graph.jobs import Job, JobKind, JobProgress, JobState
from ingest.outcomes import update_by


def job(version: int, *, kind: JobKind = "ingest", state: JobState = "done", **counts: int | bool) -> Job:
    now = datetime.now(UTC)
    return Job(
        id="j", workspace="w", kind=kind, document_id="d", version=version, payload="", priority=0, state=state,
        progress=JobProgress(**counts),  # type: ignore[arg-type]
        error=None, attempt=1, cancel_requested=False, created_at=now, updated_at=now,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "kind", "word"),
    [
        ({"chunks_total": 3, "chunks_added": 3}, "full", "nothing"),
        ({"chunks_total": 3, "chunks_added": 3, "chunks_removed": 2}, "full", "no passage"),
        ({"chunks_total": 3, "chunks_added": 3, "chunks_removed": 3, "retitled": True}, "full", "title"),
        ({"chunks_total": 3, "chunks_kept": 1, "chunks_added": 2, "chunks_removed": 4}, "incremental", "only"),
        ({"chunks_total": 3, "chunks_kept": 3, "chunks_removed": 1}, "incremental", "only"),
        ({"chunks_total": 3, "chunks_kept": 3}, "incremental", "every passage"),
    ],
)
def test_a_later_version(counts: dict[str, int], kind: str, word: str) -> None:
    update = update_by(job(2, **counts))
    assert update is not None
    assert (update.kind, word in update.reason) == (kind, True)
    told = update.kept + update.added, update.kept, update.removed
    assert told == (counts["chunks_total"], counts.get("chunks_kept", 0), counts.get("chunks_removed", 0))


def test_a_first_version_is_new_though_its_reading_was_interrupted() -> None:
    update = update_by(job(1, chunks_total=3, chunks_kept=2, chunks_added=1))
    assert update is not None
    assert (update.kind, update.kept, update.added) == ("full", 0, 3)


@pytest.mark.parametrize(
    "unknown",
    [
        job(2, state="running", chunks_total=3, chunks_kept=3),
        job(2, kind="extract", chunks_total=3, chunks_kept=3),
        job(2, chunks_total=3),  # counted before passages were compared
        job(2),  # rebuilt after the register was lost
    ],
)
def test_what_is_not_known_is_not_told(unknown: Job) -> None:
    assert update_by(unknown) is None
