"""What an older release let into the operational database: it is read as far as it can be, and named."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.schemas.jobs import job_body
from evals.requests import from_payload
from graph.errors import InputError
from graph.jobs import JobError, JobProgress, NewJob
from graph.operations.database import OperationsDatabase
from graph.operations.jobs import SqliteJobQueue
from ingest.tables.uploads import SqliteUploadRegister

W = "w"
UPLOAD = (
    "INSERT INTO uploads(workspace, document_id, version, deleted, title, source, media_type, metadata, content_hash,"
    " created_at, updated_at, job_id) VALUES('w', ?, 1, 0, 'T', 's', 'text/plain', ?, 'h', '2026-01-01',"
    " '2026-01-01', 'j')"
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[OperationsDatabase]:
    opened = OperationsDatabase(tmp_path / "operations.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("column", "poison", "named"),
    [
        ("progress", "no json", True),
        ("progress", "[]", True),
        ("progress", '{"unknown": 1}', True),
        ("progress", '{"chunks_done": "many"}', True),
        ("progress", '{"rejected": 3}', True),
        ("progress", '{"stage": "\\ud800"}', False),
        ("progress", "[" * 100_000, True),
        ("error", "no json", True),
        ("error", '{"code": 1, "stage": "", "message": "", "retriable": false}', True),
        ("error", '{"code": "c", "stage": "s", "message": "\\udfff", "retriable": false}', False),
        ("state", "lost", True),
        ("created_at", "yesterday", False),
    ],
)
def test_a_job_that_cannot_be_read_is_shown_and_stops_no_other(
    database: OperationsDatabase, column: str, poison: str, named: bool
) -> None:
    queue = SqliteJobQueue(database)
    bad, good = queue.submit([NewJob(workspace=W, kind="ingest", document_id=each, version=1) for each in ("a", "b")])
    with database.transaction() as connection:
        connection.execute(f"UPDATE jobs SET {column}=? WHERE id=?", (poison, bad.id))
    shown = {job.id: job for job in queue.list(W)}
    assert set(shown) == {bad.id, good.id}
    assert job_body(shown[bad.id]).model_dump_json().encode()
    assert good.id in {job.id for job in queue.claim("ingest", 10, 60)}
    found = queue.verify(W)
    assert (found.compared, found.wrong) == (2, int(named))
    assert not named or bad.id in found.problems[0]


def test_what_is_kept_of_a_job_is_read_back(database: OperationsDatabase) -> None:
    queue = SqliteJobQueue(database)
    (job,) = queue.submit([NewJob(workspace=W, kind="ingest")])
    progress = JobProgress(stage="x", seconds=1.5, failures={"1": "f"}, rejected={"r": 2}, revision=7, chunks_done=3)
    error = JobError(code="c", stage="s", message="m", retriable=True)
    queue.update(job.id, state="failed", progress=progress, error=error)
    held = queue.get(W, job.id)
    assert (held.progress, held.error) == (progress, error)
    assert not queue.verify(W).wrong


@pytest.mark.parametrize(
    ("metadata", "kept"),
    [
        ("no json", {}),
        ("[1]", {}),
        ('{"a": Infinity, "b": 1}', {"a": float("inf"), "b": 1}),
        ('{"a": {"b": 1}}', {"a": {"b": 1}}),
        ('{"a": "\\udc00"}', {"a": "\ufffd"}),
    ],
)
def test_metadata_that_cannot_be_given_back_are_named(
    database: OperationsDatabase, metadata: str, kept: dict[str, object]
) -> None:
    register = SqliteUploadRegister(database)
    with database.transaction() as connection:
        connection.execute(UPLOAD, ("bad", metadata))
        connection.execute(UPLOAD, ("good", '{"a": 1}'))
    assert [dict(one.upload.metadata) for one in register.page(W)] == [kept, {"a": 1}]
    found = register.verify(W)
    assert (found.compared, found.wrong) == (2, 0 if "udc00" in metadata else 1)
    assert "udc00" in metadata or "'bad', version 1" in found.problems[0]


@pytest.mark.parametrize("payload", ["", "{", "[]", '{"folder": 1}', "[" * 100_000])
def test_an_evaluation_that_cannot_be_read_says_so(payload: str) -> None:
    with pytest.raises(InputError):
        from_payload(payload)
