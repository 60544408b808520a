"""Comments between server-sent events."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import anyio
import pytest

from api.rest import event_stream as module
from api.rest.event_stream import KEEP_ALIVE, event_stream, kept_alive
from graph.errors import DependencyError


def test_silence_is_filled_with_comments_and_no_line_is_lost() -> None:
    spoken = anyio.Event()

    async def lines() -> AsyncIterator[str]:
        await spoken.wait()
        for number in range(5):
            yield f"data: {number}\n\n"

    async def run() -> list[str]:
        found = []
        async with aclosing(kept_alive(lines(), 0.01)) as stream:  # type: ignore[type-var]
            async for line in stream:
                found.append(line)
                if found == [KEEP_ALIVE, KEEP_ALIVE]:
                    spoken.set()
        return found

    found = anyio.run(run)
    assert found[:2] == [KEEP_ALIVE, KEEP_ALIVE]
    assert [line for line in found if line != KEEP_ALIVE] == [f"data: {number}\n\n" for number in range(5)]


def test_events_come_with_comments_unless_they_are_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENT_SECONDS", 0.01)

    async def events() -> AsyncIterator[tuple[str, dict[str, object]]]:
        await anyio.sleep(0.1)
        yield "done", {"id": 7}

    async def lines(**more: Any) -> list[str]:
        return [str(line) async for line in event_stream(events(), **more).body_iterator]

    *comments, last = anyio.run(lines)
    assert set(comments) == {KEEP_ALIVE}
    assert last == 'event: done\ndata: {"id": 7}\n\n'
    numbered = anyio.run(lambda: lines(number=lambda body: body["id"]))
    assert numbered == ['id: 7\nevent: done\ndata: {"id": 7}\n\n']


def test_what_fails_reaches_whoever_reads() -> None:
    async def lines() -> AsyncIterator[str]:
        yield "data: 1\n\n"
        raise DependencyError("away")

    async def run() -> None:
        async for _ in kept_alive(lines()):
            pass

    with pytest.raises(DependencyError, match="away"):
        anyio.run(run)


def test_lines_end_with_whoever_reads_them() -> None:
    ended: list[bool] = []

    async def lines() -> AsyncIterator[str]:
        try:
            yield "data: 1\n\n"
            await anyio.sleep_forever()
        finally:
            ended.append(True)

    async def run() -> None:
        async with aclosing(kept_alive(lines())) as stream:  # type: ignore[type-var]
            async for _ in stream:
                break

    anyio.run(run)
    assert ended == [True]
