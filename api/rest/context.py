"""What routes ask for: the service, a thread for synchronous work, and server-sent events."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, TypeVar

import anyio
import anyio.to_thread
from fastapi import Depends, Request
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from api.bootstrap import Service
from graph.errors import QuipuError

T = TypeVar("T")
Body = TypeVar("Body", bound=BaseModel | dict[str, object])


def service_of(request: Request) -> Service:
    """The service an application serves."""
    service: Service = request.app.state.service
    return service


TheService = Annotated[Service, Depends(service_of)]


async def in_thread(service: Service, work: Callable[[], T]) -> T:
    """Run synchronous work without blocking the event loop, in one of a bounded number of threads."""
    return await anyio.to_thread.run_sync(work, limiter=service.limiter)


async def while_connected(request: Request, work: Callable[[], Awaitable[T]]) -> T | None:
    """The result of work; None, and the work cancelled, where the client goes away before it is done."""
    found: list[T] = []
    failed: list[QuipuError] = []
    async with anyio.create_task_group() as group:

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                continue
            group.cancel_scope.cancel()

        group.start_soon(watch)
        try:
            found.append(await work())
        except QuipuError as error:  # raised below, for a task group would wrap it
            failed.append(error)
        group.cancel_scope.cancel()
    if failed:
        raise failed[0]
    return found[0] if found else None


def event_stream(
    events: AsyncIterator[tuple[str, Body]], *, number: Callable[[Body], int] | None = None
) -> StreamingResponse:
    """Server-sent events from (name, body) pairs; ``number`` gives each an ``id`` that a client can go on after."""

    async def lines() -> AsyncIterator[str]:
        async for name, body in events:
            data = body.model_dump_json() if isinstance(body, BaseModel) else json.dumps(body, ensure_ascii=False)
            numbered = f"id: {number(body)}\n" if number else ""
            yield f"{numbered}event: {name}\ndata: {data}\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})
