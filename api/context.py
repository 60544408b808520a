"""What routes ask for: the service, a thread for synchronous work, and server-sent events."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, TypeVar

import anyio.to_thread
from fastapi import Depends, Request
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from api.bootstrap import Service

T = TypeVar("T")


def service_of(request: Request) -> Service:
    """The service an application serves."""
    service: Service = request.app.state.service
    return service


TheService = Annotated[Service, Depends(service_of)]


async def in_thread(service: Service, work: Callable[[], T]) -> T:
    """Run synchronous work without blocking the event loop, in one of a bounded number of threads."""
    return await anyio.to_thread.run_sync(work, limiter=service.limiter)


def event_stream(events: AsyncIterator[tuple[str, BaseModel | dict[str, object]]]) -> StreamingResponse:
    """Server-sent events from (name, body) pairs."""

    async def lines() -> AsyncIterator[str]:
        async for name, body in events:
            data = body.model_dump_json() if isinstance(body, BaseModel) else json.dumps(body, ensure_ascii=False)
            yield f"event: {name}\ndata: {data}\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})
