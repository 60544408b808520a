"""A queue with an end."""

from collections.abc import MutableMapping
from typing import Any

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from api.rest.edge import backlog
from api.rest.edge.backlog import Backlog


class Queue:
    """What waits to be read, and how often it was counted."""

    def __init__(self, waiting: int) -> None:
        self.waiting = waiting
        self.counted = 0

    def count(self) -> int:
        self.counted += 1
        return self.waiting


async def ask(edge: Backlog, method: str, path: str) -> tuple[int, dict[str, str]]:
    """Status and headers; a body that is read without need fails the test."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> Message:
        raise AssertionError("the body was read")

    async def send(message: Message) -> None:
        sent.append(message)

    await edge({"type": "http", "method": method, "path": path, "headers": []}, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers


async def accepts(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 202, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_uploads_are_refused_unread_while_the_queue_is_full_and_nothing_else_is(method: str) -> None:
    edge = Backlog(accepts, waiting=Queue(3).count, most=3)

    async def main() -> None:
        status, headers = await ask(edge, method, "/v1/documents")
        assert (status, headers["retry-after"]) == (503, str(backlog.RETRY_SECONDS))
        assert (await ask(edge, "DELETE", "/v1/documents/a"))[0] == 202
        assert (await ask(edge, "GET", "/v1/documents"))[0] == 202
        assert (await ask(edge, "POST", "/v1/ask"))[0] == 202

    anyio.run(main)


def test_there_is_room_again_once_less_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(3)
    edge = Backlog(accepts, waiting=queue.count, most=3)

    async def main() -> None:
        assert (await ask(edge, "POST", "/v1/documents"))[0] == 503
        queue.waiting = 2
        monkeypatch.setattr(backlog, "COUNTED_SECONDS", 0.0)
        assert (await ask(edge, "POST", "/v1/documents"))[0] == 202

    anyio.run(main)


def test_it_is_counted_once_for_many_uploads() -> None:
    queue = Queue(0)
    edge = Backlog(accepts, waiting=queue.count, most=3)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(ask, edge, "POST", "/v1/documents")
        assert queue.counted == 1

    anyio.run(main)
