"""Server-sent events."""

import json
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from pydantic import BaseModel
from starlette.responses import StreamingResponse

Body = TypeVar("Body", bound=BaseModel | dict[str, object])


def event_stream(
    events: AsyncIterator[tuple[str, Body]], *, number: Callable[[Body], int] | None = None
) -> StreamingResponse:
    """Server-sent events from (name, body) pairs; ``number`` gives each an ``id`` that a client can go on after."""

    async def lines() -> AsyncIterator[str]:
        async for name, body in events:
            data = body.model_dump_json() if isinstance(body, BaseModel) else json.dumps(body, ensure_ascii=False)
            numbered = f"id: {number(body)}\n" if number else ""
            yield f"{numbered}event: {name}\ndata: {data}\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream")
