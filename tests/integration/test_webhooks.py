"""Receivers of updates that do not behave: an update costs a bounded time and a bounded number of bytes."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import anyio
import pytest

from api.outbound import webhooks
from api.outbound.webhooks import Webhooks
from graph.errors import DependencyError
from retrieval.standing.model import HeldAnswer, Watch, WatchUpdate

Behaviour = Callable[[socket.socket, threading.Event], None]
OK = b"HTTP/1.1 200 OK\r\n"


def without_end(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while not over.is_set():
        connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def drop_by_drop(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(OK)
    while not over.wait(0.05):
        connection.sendall(b"x")


def many_headers(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(OK)
    while not over.is_set():
        connection.sendall(b"X-Padding: " + b"x" * 1000 + b"\r\n")


def silent(_: socket.socket, over: threading.Event) -> None:
    over.wait()


def sent_elsewhere(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")


@contextmanager
def receiver(behave: Behaviour) -> Iterator[str]:
    """Its address."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    behave(connection, over)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


def deliver(address: str) -> None:
    answer = HeldAnswer(revision=1, text="Tove Rask.", abstained=False, citations=(), sources=("bridge",))
    watch = Watch(
        id="w", workspace="default", question="Who built Amber Bridge?", webhook=f"http://{address}/",
        created_at=datetime.now(UTC),
    )  # fmt: skip
    update = WatchUpdate(id=1, watch_id="w", at=datetime.now(UTC), before=None, after=answer)
    anyio.run(Webhooks(address).deliver, watch, update)


def test_an_answer_without_end_is_not_read() -> None:
    started = time.monotonic()
    with receiver(without_end) as address:
        deliver(address)
    assert time.monotonic() - started < webhooks.TIMEOUT_SECONDS


@pytest.mark.parametrize("behave", [drop_by_drop, silent])
def test_an_answer_that_does_not_come_is_given_up(behave: Behaviour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", 0.5)
    with receiver(behave) as address, pytest.raises(DependencyError, match="not"):
        deliver(address)


@pytest.mark.parametrize(("behave", "says"), [(many_headers, "not reached"), (sent_elsewhere, "status 307")])
def test_an_answer_that_is_none_is_a_failed_delivery(behave: Behaviour, says: str) -> None:
    with receiver(behave) as address, pytest.raises(DependencyError, match=says):
        deliver(address)
