"""What an older release let into the operational database: it is read as far as it can be, and named."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest
from small_world import small_world

from api.schemas.jobs import job_body
from evals.requests import from_payload
from graph.audience import Audience
from graph.errors import InputError
from graph.jobs import JobError, JobProgress, NewJob
from graph.model import DEFAULT_WORKSPACE
from graph.operations.database import OperationsDatabase, text_check
from graph.operations.jobs import SqliteJobQueue
from ingest.tables.uploads import SqliteUploadRegister
from retrieval.model import Question

W = "w"
ONE = {
    "chunks": "document_id='bridge'", "versions": "document_id='bridge'", "log": "revision=1",
    "rights": "document_id='bridge'", "entities": "key='amber bridge'", "mentions": "reading=1 AND ordinal=0",
}  # fmt: skip
"""One row of each table, of the document that is damaged."""
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


def is_no_text(file: Path, table: str, column: str, where: str = "1") -> None:
    """Change a stored text to bytes that are no UTF-8, as a disk might."""
    connection = apsw.Connection(str(file))
    connection.execute(f"UPDATE {table} SET {column}=CAST(x'61ff62' AS TEXT) WHERE {where}")
    connection.close(True)


@pytest.mark.parametrize("column", ["id", "workspace", "document_id", "payload", "state", "progress", "error"])
def test_a_job_whose_text_is_no_text_stops_no_other(tmp_path: Path, column: str) -> None:
    with closing(OperationsDatabase(tmp_path / "operations.sqlite")) as database:
        queue = SqliteJobQueue(database)
        bad, _ = queue.submit([NewJob(workspace=W, kind="ingest", document_id=each, version=1) for each in ("a", "b")])
    is_no_text(tmp_path / "operations.sqlite", "jobs", column, f"id='{bad.id}'")
    with closing(OperationsDatabase(tmp_path / "operations.sqlite")) as database:
        queue = SqliteJobQueue(database)
        queue.recover()
        assert "b" in {job.document_id for job in queue.list(W)}
        assert all(job_body(job).model_dump_json().encode() for job in queue.list(W))
        assert "b" in {job.document_id for job in queue.claim("ingest", 10, 60)}
        found = text_check(database)(W)
        assert found.wrong == 1
        assert found.problems[0].startswith(f"jobs.{column} of ")


@pytest.mark.parametrize(
    "column", ["document_id", "title", "source", "media_type", "metadata", "updated_at", "readers"]
)
def test_an_upload_whose_text_is_no_text_hides_no_other(tmp_path: Path, column: str) -> None:
    with closing(OperationsDatabase(tmp_path / "operations.sqlite")) as database:
        SqliteUploadRegister(database)
        with database.transaction() as connection:
            for each in ("bad", "good"):
                connection.execute(UPLOAD, (each, "{}"))
    is_no_text(tmp_path / "operations.sqlite", "uploads", column, "document_id='bad'")
    with closing(OperationsDatabase(tmp_path / "operations.sqlite")) as database:
        register = SqliteUploadRegister(database)
        assert "good" in {one.upload.document_id for one in register.page(W)}
        assert text_check(database)(W).wrong == 1


def test_readers_that_are_no_text_are_nobody_and_hide_no_other(tmp_path: Path) -> None:
    ann = Audience(principals=frozenset({"user:ann"}))
    with small_world(tmp_path) as world:
        world.put("bridge", "Tove Rask built Amber Bridge.")
        world.put("tower", "Ida Quell built Selm Tower.")
        world.store.set_readers(DEFAULT_WORKSPACE, "bridge", 1, ann.principals)
    is_no_text(tmp_path / "graph.sqlite", "rights", "readers", ONE["rights"])
    with small_world(tmp_path) as world:
        shown = world.store.read_as(ann)
        assert [one.id for one in shown.documents(DEFAULT_WORKSPACE, 3)] == ["tower"]
        assert world.views.snapshot(DEFAULT_WORKSPACE, audience=ann).size == 1
        assert world.store.set_readers(DEFAULT_WORKSPACE, "bridge", 1, ann.principals) == 4, "given again they count"
        assert [one.id for one in shown.documents(DEFAULT_WORKSPACE, 4)] == ["bridge", "tower"]


@pytest.mark.parametrize(
    ("table", "column"),
    [("chunks", "text"), ("versions", "title"), ("versions", "metadata"), ("versions", "updated_at"),
     ("chunks", "headings"), ("entities", "key"), ("mentions", "name"), ("log", "committed_at"), ("log", "kind")],
)  # fmt: skip
def test_a_graph_with_text_that_is_no_text_is_opened_and_searched(tmp_path: Path, table: str, column: str) -> None:
    with small_world(tmp_path) as world:
        world.put("bridge", "Tove Rask built Amber Bridge.")
        world.put("tower", "Ida Quell built Selm Tower.")
        tables = [name for (name,) in world.store._file.read("SELECT name FROM sqlite_schema WHERE type='table'")]
        assert table in tables, tables
    is_no_text(tmp_path / "graph.sqlite", table, column, ONE[table])
    with small_world(tmp_path) as world:
        found = world.questions.search(Question(text="Who built Selm Tower?", workspace=DEFAULT_WORKSPACE))
        assert "tower" in {hit.document_id for hit in found.hits}
        check = text_check(world.store)(DEFAULT_WORKSPACE)
        assert check.wrong == 1
        assert check.problems[0].startswith(f"{table}.{column} of ")
