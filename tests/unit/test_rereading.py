"""Ordering that a language model reads again what has been read."""

import pytest
from ingest_desk import Desk, W

from graph.errors import ConflictError
from ingest.upkeep.rereading import Rereading


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_only_documents_without_an_open_job_are_read_again(desk: Desk) -> None:
    for document_id in ("a", "b", "gone"):
        desk.put(document_id)
    desk.work()
    desk.intake.withdraw(W, "gone")
    desk.put("waiting", "Other text.")
    jobs = desk.rereading.order(W)
    assert [(job.kind, job.document_id, job.version, job.priority) for job in jobs] == [
        ("extract", "a", 1, -1), ("extract", "b", 1, -1)
    ]  # fmt: skip
    assert desk.rereading.order(W) == ()


def test_without_a_model_there_is_nothing_to_order(desk: Desk) -> None:
    rereading = Rereading(
        state=desk.kept.state, register=desk.kept.register, jobs=desk.kept.jobs, by_model=False
    )  # fmt: skip
    with pytest.raises(ConflictError):
        rereading.order(W)
