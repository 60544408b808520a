"""Server-sent events, with comments between them that keep a connection alive while nothing happens."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import TypeVar

import anyio
from pydantic import BaseModel
from starlette.responses import StreamingResponse

Body = TypeVar("Body", bound=BaseModel | dict[str, object])
SILENT_SECONDS = 15.0
"""After so long without an event there is a comment: proxies and clients end what is silent for a minute or less."""
KEEP_ALIVE = ": still at work\n\n"


def event_stream(
    events: AsyncIterator[tuple[str, Body]], *, number: Callable[[Body], int] | None = None
) -> StreamingResponse:
    """Server-sent events from (name, body) pairs; ``number`` gives each an ``id`` that a client can go on after.

    Numbered events come without comments between them: httpx-sse takes the end of one for an event with the last id.
    """

    async def lines() -> AsyncIterator[str]:
        async with aclosing(events):  # type: ignore[type-var]
            async for name, body in events:
                data = body.model_dump_json() if isinstance(body, BaseModel) else json.dumps(body, ensure_ascii=False)
                numbered = f"id: {number(body)}\n" if number else ""
                yield f"{numbered}event: {name}\ndata: {data}\n\n"

    return StreamingResponse(lines() if number else kept_alive(lines()), media_type="text/event-stream")


async def kept_alive(lines: AsyncIterator[str], seconds: float | None = None) -> AsyncIterator[str]:
    """Lines as they come, and a comment whenever none has come for ``seconds`` (``SILENT_SECONDS``).

    A task of its own waits for them, so that no wait is cut short by a comment. It ends with whoever takes the lines.
    """
    sent, received = anyio.create_memory_object_stream[str](0)

    async def read() -> None:
        async with sent, aclosing(lines):  # type: ignore[type-var]
            async for line in lines:
                await sent.send(line)

    reading = asyncio.create_task(read())
    try:
        while True:
            line = KEEP_ALIVE
            with anyio.move_on_after(SILENT_SECONDS if seconds is None else seconds):
                try:
                    line = await received.receive()
                except anyio.EndOfStream:
                    break
            yield line
        await reading
    finally:
        received.close()
        reading.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait([reading])
