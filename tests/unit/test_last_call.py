"""What is still being answered when the service has to go."""

from collections.abc import AsyncIterator

import anyio
import pytest

from api.admission.last_call import LastCall
from graph.errors import Stopped


async def numbers(most: int) -> AsyncIterator[int]:
    for number in range(most):
        yield number
    await anyio.sleep_forever()


def test_a_stream_is_told_and_so_is_whoever_comes_later() -> None:
    async def main() -> None:
        last_call, seen = LastCall(), list[int]()

        async def follow() -> None:
            async for number in last_call.each(numbers(3)):
                seen.append(number)

        async def follow_to_the_end() -> None:
            with pytest.raises(Stopped):
                await follow()

        async def wait() -> None:
            with pytest.raises(Stopped):
                await last_call.within(anyio.sleep_forever)

        async with anyio.create_task_group() as group:
            group.start_soon(follow_to_the_end)
            group.start_soon(wait)
            await anyio.wait_all_tasks_blocked()
            assert seen == [0, 1, 2]
            last_call.end()
        await wait()

    anyio.run(main)


def test_before_that_it_changes_nothing() -> None:
    async def few() -> AsyncIterator[int]:
        yield 1
        yield 2

    async def main() -> None:
        last_call = LastCall()
        assert [number async for number in last_call.each(few())] == [1, 2]

        async def fail() -> None:
            raise LookupError

        with pytest.raises(LookupError):
            await last_call.within(fail)

    anyio.run(main)
