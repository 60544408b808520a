"""Reads and commits of a Neo4j store, kept apart; and nobody who is given up keeps the others out."""

import asyncio
from contextlib import suppress

from graph.stores.neo4j.connection import Gate


def test_a_commit_waits_for_the_reads_inside_and_keeps_later_ones_out() -> None:
    async def story() -> list[str]:
        gate, told, leave = Gate(), [], asyncio.Event()

        async def read(name: str, until: asyncio.Event | None = None) -> None:
            async with gate.reading():
                told.append(f"{name} in")
                if until is not None:
                    await until.wait()
            told.append(f"{name} out")

        async def commit() -> None:
            await gate.shut()
            told.append("commit")
            gate.reopen()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(read("first", leave))
            await asyncio.sleep(0)
            tasks.create_task(commit())
            await asyncio.sleep(0)
            tasks.create_task(read("second"))
            await asyncio.sleep(0)
            assert told == ["first in"]
            leave.set()
        return told

    assert asyncio.run(story()) == ["first in", "first out", "commit", "second in", "second out"]


def test_a_commit_that_is_given_up_while_it_waits_leaves_the_gate_open() -> None:
    """A read that takes as long as a commit's patience must not stop every later read for good."""

    async def story() -> None:
        gate = Gate()
        async with gate.reading():
            with suppress(TimeoutError):
                async with asyncio.timeout(0.01):
                    await gate.shut()
            async with asyncio.timeout(1), gate.reading():
                pass
        async with asyncio.timeout(1):
            await gate.shut()

    asyncio.run(story())


def test_a_read_that_is_given_up_outside_or_inside_lets_the_commit_in() -> None:
    async def story() -> None:
        gate = Gate()
        with suppress(TimeoutError):
            async with asyncio.timeout(0.01), gate.reading():
                await asyncio.sleep(60)
        async with asyncio.timeout(1):
            await gate.shut()
        with suppress(TimeoutError):
            async with asyncio.timeout(0.01), gate.reading():
                raise AssertionError
        gate.reopen()
        async with asyncio.timeout(1), gate.reading():
            pass

    asyncio.run(story())
