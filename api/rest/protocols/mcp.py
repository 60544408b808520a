"""The way in for MCP clients: a request is handed to the tools, which ask the REST interface in its sender's name."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import anyio
import httpx
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from api.rest.context import while_connected
from api.rest.doorkeeper import ASKED
from api.rest.edge.calls import REQUEST_ID
from api.rest.edge.lanes import GONE

router = APIRouter(tags=["mcp"])
Tools: TypeAlias = Callable[[Scope, Receive, Send, httpx.AsyncClient], Awaitable[None]]
"""What answers a request of the protocol, asking the REST interface by the client it is given."""
_OWN = "http://127.0.0.1"


# the protocol describes itself to its clients; as JSON-RPC it has one operation for all that it can do
@router.post("/mcp", include_in_schema=False)
async def mcp(request: Request) -> Response:
    """The Model Context Protocol over streamable HTTP, without sessions: search, ask, facts, documents, changes."""
    return _Handed(request, request.app.state.tools)


class _Handed(Response):
    """An answer that the tools give."""

    def __init__(self, request: Request, tools: Tools) -> None:
        super().__init__()
        self._request = request
        self._tools = tools

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await self._request.body()
        async with _in_the_name_of(self._request) as http:
            await while_connected(self._request, lambda: self._tools(scope, _given(body), send, http))


def _given(body: bytes) -> Receive:
    """A body that has been read; what follows it is watched for elsewhere."""
    left = [body]

    async def receive() -> Message:
        if not left:
            await anyio.sleep_forever()
        return {"type": "http.request", "body": left.pop(), "more_body": False}

    return receive


@asynccontextmanager
async def _in_the_name_of(request: Request) -> AsyncIterator[httpx.AsyncClient]:
    """The REST interface of this very application, for whoever sent a request: same key, address and principals."""
    state = request.scope["state"]
    carried = {name: state[name] for name in (ASKED, GONE) if name in state}
    app: ASGIApp = request.app

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": dict(carried)}, receive, send)

    peer = (request.client.host, request.client.port) if request.client else ("", 0)
    transport = httpx.ASGITransport(app=asked, raise_app_exceptions=False, client=peer)
    headers = {REQUEST_ID: state[REQUEST_ID]}
    async with httpx.AsyncClient(transport=transport, base_url=_OWN, headers=headers, timeout=None) as http:  # noqa: S113
        yield http
