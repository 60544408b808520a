"""A client that takes nothing of its answer. The ends of other waits are shown on a whole service (test_edge)."""

import asyncio
import socket
from contextlib import suppress

import anyio
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from api import connections
from api.connections import Connection

PART, PARTS = b"x" * 65536, 1000
"""An answer that no buffers hold."""


def test_who_takes_nothing_of_an_answer_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "TAKEN_SECONDS", 0.2)

    async def main() -> None:
        ended = asyncio.Event()

        async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(PARTS):
                await send({"type": "http.response.body", "body": PART, "more_body": True})
            ended.set()

        config = uvicorn.Config(app, http=Connection, ws="none", log_config=None)
        config.load()
        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(config, ServerState(), {}), "127.0.0.1", 0
        )
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(server.sockets[0].getsockname())
            client.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            with anyio.fail_after(300):
                await ended.wait()
            taken = await asyncio.to_thread(all_of, client)
        server.close()
        assert taken < len(PART) * PARTS / 2, "the rest was thrown away"

    anyio.run(main)


def all_of(client: socket.socket) -> int:
    """How much still comes."""
    found = 0
    with suppress(ConnectionError):
        while part := client.recv(65536):
            found += len(part)
    return found
