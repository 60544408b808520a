"""The client without a service: what it sends, what it makes of answers, and when it asks again."""

import inspect
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import anyio
import httpx
import pytest

from api.client import AsyncQuipu, FileDocument, Patience, Quipu, TextDocument, Unreachable
from api.client.problems import problem_error
from api.rest.problems import error_body
from graph import errors
from graph.errors import DependencyError, InputError, NotFoundError, PreconditionFailed, QuipuError, StillBeingRead

Answer = httpx.Response | Exception
JOB = {
    "id": "j", "kind": "ingest", "document_id": "d", "version": 1, "state": "running", "stage": "extract",
    **dict.fromkeys(
        (
            "chunks_done", "chunks_total", "chunks_reused", "chunks_kept", "chunks_added", "chunks_removed", "entities",
            "relations", "calls", "tokens", "seconds", "chunks_failed", "attempt",
        ),
        0,
    ),
    "failures": {}, "rejected": {}, "revision": None, "error": None, "update": None, "reading": None,
    "created_at": "2026-11-30T08:00:00Z", "updated_at": "2026-11-30T08:00:00Z",
}  # fmt: skip


class Desk:
    """A transport that answers from a list, notes what was asked, and a client over it that blocks or does not."""

    def __init__(self, answers: list[Answer], *, awaited: bool) -> None:
        self._answers = iter(answers)
        self._awaited = awaited
        self.asked: list[httpx.Request] = []
        self.pauses: list[float] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        found = next(self._answers)
        if isinstance(found, Exception):
            raise found
        return found

    def call(self, name: str, *args: Any, options: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        """What a method gives; all of it where that is iterated."""
        if not self._awaited:
            with Quipu("http://quipu", transport=httpx.MockTransport(self.answer)) as client:
                found = getattr(client.with_options(**options or {}), name)(*args, **kwargs)
                return list(found) if isinstance(found, Iterator) else found

        async def awaited() -> Any:
            async with AsyncQuipu("http://quipu", transport=httpx.MockTransport(self.answer)) as client:
                found = getattr(client.with_options(**options or {}), name)(*args, **kwargs)
                return [one async for one in found] if inspect.isasyncgen(found) else await found

        return anyio.run(awaited)


@pytest.fixture(params=["blocking", "awaited"])
def desk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Desk]:
    def made(*answers: Answer) -> Desk:
        found = Desk(list(answers), awaited=request.param == "awaited")

        async def pause(seconds: float) -> None:
            found.pauses.append(seconds)

        monkeypatch.setattr(time, "sleep", found.pauses.append)
        monkeypatch.setattr(anyio, "sleep", pause)
        return found

    return made


def problem(status: int, code: str, *, after: str | None = None, **members: object) -> httpx.Response:
    body = {
        "type": f"urn:quipu:problem:{code}",
        "title": "",
        "status": status,
        "code": code,
        "detail": "why",
        **members,
    }
    return httpx.Response(status, json=body, headers={} if after is None else {"Retry-After": after})


def job(state: str, **more: object) -> httpx.Response:
    return httpx.Response(200, json={**JOB, "state": state, **more})


def events(*found: tuple[str, object]) -> bytes:
    return b"".join(
        f"id: {n}\nevent: {name}\ndata: {json.dumps(body)}\n\n".encode() for n, (name, body) in enumerate(found, 1)
    )


def stream(content: bytes) -> httpx.Response:
    return httpx.Response(200, content=content, headers={"Content-Type": "text/event-stream"})


def test_who_calls_and_where(desk: Callable[..., Desk]) -> None:
    asked = desk(job("done"))
    found = asked.call("get_job", "a/b?", options={"key": "qk_1", "workspace": "lab"})
    (request,) = asked.asked
    assert request.url.raw_path == b"/v1/jobs/a%2Fb%3F"
    assert (request.headers["Authorization"], request.headers["X-Quipu-Workspace"]) == ("Bearer qk_1", "lab")
    assert (found.state, found.created_at.year) == ("done", 2026)


def test_what_is_not_said_is_left_to_the_service(desk: Callable[..., Desk]) -> None:
    accepted = httpx.Response(202, json={"documents": []})
    asked = desk(accepted, accepted)
    asked.call("replace_document", "x", TextDocument(text="t"), if_match=3)
    asked.call("replace_document", "x", TextDocument(text="t", readers=None), wait=1.5)
    first, second = asked.asked
    assert (json.loads(first.content), first.headers["If-Match"]) == ({"documents": [{"text": "t"}]}, '"3"')
    assert json.loads(second.content) == {"documents": [{"text": "t", "readers": None}]}
    assert second.url.query == b"wait=1.5"
    assert "If-Match" not in second.headers


def test_a_file(desk: Callable[..., Desk]) -> None:
    asked = desk(httpx.Response(202, json={"documents": []}))
    asked.call("replace_document", "x", FileDocument(name="a.md", content=b"# A", readers=["user:ada"]))
    sent = asked.asked[0].read()
    for part in (b'name="file"; filename="a.md"', b"text/markdown", b"# A", b'name="readers"', b'["user:ada"]'):
        assert part in sent
    assert b'name="title"' not in sent


@pytest.mark.parametrize("call", ["get_job", "retry_job"])
def test_a_busy_service_is_asked_again_whatever_is_asked(desk: Callable[..., Desk], call: str) -> None:
    asked = desk(problem(503, "busy", after="1"), problem(429, "too-many-requests", after="2"), job("done"))
    assert asked.call(call, "j").state == "done"
    assert asked.pauses == [1, 2]


def test_what_may_have_been_done_is_not_done_again(desk: Callable[..., Desk]) -> None:
    for lost in (httpx.ReadError("cut"), problem(503, "dependency-unavailable", after="1")):
        for call in (("add_watch", "?"), ("retry_job", "j"), ("delete_document", "d"), ("create_key", "ask")):
            asked = desk(lost)
            with pytest.raises(DependencyError):
                asked.call(*call)
            assert (len(asked.asked), asked.pauses) == (1, [])
        asked = desk(lost)
        with pytest.raises(DependencyError):  # the second try would find the version of the first
            asked.call("replace_document", "d", TextDocument(text="t"), if_match=1)
        assert len(asked.asked) == 1


def test_what_is_as_good_twice_is_done_again(desk: Callable[..., Desk]) -> None:
    answers: dict[str, tuple[tuple[Any, ...], dict[str, object]]] = {
        "get_job": (("j",), JOB), "replace_document": (("d", TextDocument(text="t")), {"documents": []}),
        "upload_documents": (([TextDocument(text="t")],), {"documents": []}),
        "search": (("?",), {"revision": 1, "hits": [], "degraded": [], "timings": {}}),
    }  # fmt: skip
    for call, (args, body) in answers.items():
        asked = desk(
            httpx.ReadError("cut"), httpx.RemoteProtocolError("gone"), problem(503, "stopped", after="1"),
            httpx.Response(200, json=body),
        )  # fmt: skip
        asked.call(call, *args)
        assert asked.pauses == [0.1, 0.2, 1]


def test_what_never_arrived_is_sent_again(desk: Callable[..., Desk]) -> None:
    asked = desk(httpx.ConnectError("refused"), job("queued"))
    assert asked.call("retry_job", "j").state == "queued"


def test_patience_ends(desk: Callable[..., Desk]) -> None:
    asked = desk(*[problem(503, "busy", after="2")] * 9)
    with pytest.raises(DependencyError, match="why"):
        asked.call("get_job", "j", options={"patience": Patience(seconds=5)})
    assert asked.pauses == [2, 2]
    asked = desk(httpx.ConnectError("refused"))
    with pytest.raises(Unreachable, match="http://quipu does not answer: refused"):
        asked.call("get_job", "j", options={"patience": Patience(busy_only=True)})
    asked = desk(
        problem(429, "quota-exceeded", after="40000", quota="tokens", used=9, limit=9, free_at="2026-12-01T00:00:00Z")
    )
    with pytest.raises(errors.TokensUsedUp):
        asked.call("ask", "?")
    assert asked.pauses == []


def test_a_moment_in_place_of_seconds(desk: Callable[..., Desk]) -> None:
    asked = desk(problem(503, "busy", after="Fri, 31 Dec 2027 23:59:59 GMT"), job("done"))
    asked.call("get_job", "j")
    assert asked.pauses == [5]


def test_pages(desk: Callable[..., Desk]) -> None:
    def page(names: str, cursor: str | None) -> httpx.Response:
        made = [{"name": name, "state": "live", "created_at": "2026-11-30T08:00:00Z"} for name in names]
        return httpx.Response(200, json={"workspaces": made, "next_cursor": cursor})

    asked = desk(page("ab", "b"), page("", "c"), page("d", None))
    assert [one.name for one in asked.call("every_workspace", limit=2)] == ["a", "b", "d"]
    assert [request.url.query for request in asked.asked] == [b"limit=2", b"limit=2&cursor=b", b"limit=2&cursor=c"]


def test_jobs_are_waited_for(desk: Callable[..., Desk]) -> None:
    asked = desk(job("done", id="a"), job("queued", id="b"), job("failed", id="b"), job("done", id="c"))
    assert [one.state for one in asked.call("wait_for_jobs", ["a", "b", "a", "c"])] == [
        "done",
        "failed",
        "done",
        "done",
    ]
    assert asked.pauses == [0.05]
    asked = desk(*[job("running")] * 9)
    with pytest.raises(TimeoutError, match="job j is running after 0 seconds"):
        asked.call("wait_for_job", "j", seconds=0.2)
    assert asked.pauses == [0.05, 0.1]


def test_events_go_on_over_a_broken_connection(desk: Callable[..., Desk]) -> None:
    class Breaks(httpx.SyncByteStream, httpx.AsyncByteStream):
        content = events(("job", JOB))

        def __iter__(self) -> Iterator[bytes]:
            yield self.content
            raise httpx.ReadError("cut")

        async def __aiter__(self) -> Any:
            yield self.content
            raise httpx.ReadError("cut")

    broken = httpx.Response(200, stream=Breaks(), headers={"Content-Type": "text/event-stream"})
    asked = desk(problem(503, "busy", after="1"), broken, stream(events(("job", {**JOB, "state": "done"}))))
    assert [one.state for one in asked.call("follow_job", "j")] == ["running", "done"]
    assert [request.headers.get("Last-Event-ID") for request in asked.asked] == [None, None, "1"]


def test_a_streamed_answer(desk: Callable[..., Desk]) -> None:
    step = {"name": "search", "detail": "", "seconds": 0.1}
    asked = desk(stream(events(("step", step), ("token", {"text": "Yes."}))))
    assert [type(one).__name__ for one in asked.call("stream_answer", "?")] == ["StepBody", "TokenBody"]
    assert json.loads(asked.asked[0].content) == {"question": "?", "stream": True}
    failed = {"code": "model-output", "status": 502, "detail": "no JSON"}
    for content in (events(("step", step), ("error", failed)), f"data: {json.dumps({'error': failed})}\n\n".encode()):
        asked = desk(stream(content))
        with pytest.raises(errors.ModelOutputError, match="no JSON"):
            asked.call("stream_answer" if b"step" in content else "stream_chat", "?" if b"step" in content else [])
    asked = desk(problem(422, "invalid-input"))
    with pytest.raises(InputError, match="why"):
        asked.call("stream_answer", "")


def test_an_upload_that_is_refused_in_all_its_parts_tells_of_each(desk: Callable[..., Desk]) -> None:
    part = {"id": "x", "version": None, "job_id": None, "deduplicated": False, "error": {"detail": "empty"}}
    asked = desk(*[problem(400, "invalid-input", documents=[part], token=None, revision=None)] * 2)
    (entry,) = asked.call("upload_documents", [TextDocument(id="x", text=" ")]).documents
    assert entry.error == {"detail": "empty"}
    with pytest.raises(InputError):
        asked.call("replace_document", "x", TextDocument(text=" "))


EVERY_ERROR: list[QuipuError] = [
    kind("why") for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, QuipuError) and "__init__" not in vars(kind)
] + [
    errors.Forbidden("why", role="admin"),
    errors.TokensUsedUp(used=9, limit=9, free_at=datetime.now(UTC)),
    errors.QuotaExceeded("bytes", asked=2, used=9, limit=10),
    errors.DeletionRecorded("why", version=3, token="t"), StillBeingRead("why", pending=2),
]  # fmt: skip


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: type(error).__name__)
def test_a_problem_document_is_the_error_that_it_tells_of(error: QuipuError) -> None:
    body = {"role": "admin", **error_body(error)} if isinstance(error, errors.Forbidden) else error_body(error)
    found = problem_error(body)
    assert (str(found), found.code, found.status, found.members) == (
        str(error),
        error.code,
        error.status,
        error.members,
    )
    assert isinstance(error, type(found))


@pytest.mark.parametrize(
    ("status", "content", "kind", "says"),
    [
        (404, b"no such page", NotFoundError, r"no such page \(HTTP 404\)"),
        (502, b"<html>", DependencyError, r"<html> \(HTTP 502\)"),
        (418, b"[1]", InputError, r"\[1\] \(HTTP 418\)"),
        (500, b"\xff", DependencyError, r"HTTP 500"),
        (412, problem(412, "a-code-of-tomorrow").content, InputError, "why"),
        (412, problem(412, "precondition-failed").content, PreconditionFailed, "why"),
    ],
)
def test_an_answer_that_is_no_known_problem(
    desk: Callable[..., Desk], status: int, content: bytes, kind: type[QuipuError], says: str
) -> None:
    with pytest.raises(kind, match=says):
        desk(httpx.Response(status, content=content)).call("get_job", "j")
