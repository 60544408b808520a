"""Where the web application meets the tools, without loading the SDK before somebody uses it."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import anyio.to_thread
import httpx

Served = Callable[..., Awaitable[None]]


async def serve(
    scope: MutableMapping[str, Any], receive: Callable[[], Any], send: Callable[..., Any], http: httpx.AsyncClient
) -> None:  # fmt: skip
    """Answer one request; ``http`` asks the REST interface in the name of whoever sent it."""
    over_http = await anyio.to_thread.run_sync(_loaded)  # the first time takes seconds: others are answered meanwhile
    await over_http(scope, receive, send, http)


def _loaded() -> Served:
    from api.mcp.serving import over_http

    return over_http
