"""An upload that was answered before it was read is not read: answer, then close."""

import anyio
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALL_BODY = 16 * 1024
"""Bytes. Such a body has mostly come with its head, and the connection is good for another request."""
DRAINED_BYTES = 256 * 1024
DRAINED_SECONDS = 1.0
"""What is read and thrown away after the answer: a client that is still sending would else lose the answer to the reset
of its connection."""


class UnreadBodies:
    """Ends the connection after an answer that came before its request was read to the end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; where the answer comes first, close behind it."""
        if scope["type"] != "http" or not _large(scope):
            await self._app(scope, receive, send)
            return
        body = _Body(receive)
        closing = False

        async def answer(message: Message) -> None:
            nonlocal closing
            if message["type"] == "http.response.start" and not body.complete:
                closing = True
                MutableHeaders(scope=message)["Connection"] = "close"
            if closing and message["type"] == "http.response.body" and not message.get("more_body"):
                await send({**message, "more_body": True})
                with anyio.move_on_after(DRAINED_SECONDS):
                    await body.drain()
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        await self._app(scope, body.receive, answer)


class _Body:
    """Knows whether a body has come to its end."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.complete = False

    async def receive(self) -> Message:
        message = await self._receive()
        self.complete = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def drain(self) -> None:
        """Throw away what comes, up to a limit."""
        left = DRAINED_BYTES
        while not self.complete and left > 0:
            left -= len((await self.receive()).get("body", b""))


def _large(scope: Scope) -> bool:
    length = 0
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return True
        if name == b"content-length":
            length = int(value)
    return length > SMALL_BODY
