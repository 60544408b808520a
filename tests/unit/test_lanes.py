"""Places at work and in line."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack

import anyio
import pytest

from api.rest.edge import lanes
from api.rest.edge.lanes import Lane, Place


class Crowd:
    """Requests of several clients for one lane; each holds its place until told to leave."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.seen: list[str] = []
        self.refused: Counter[int] = Counter()
        self.leave = anyio.Event()

    async def come(self, client: str, name: str) -> None:
        try:
            async with self.lane.place(client):
                self.seen.append(name)
                await self.leave.wait()
        except lanes._NoPlace as refused:
            self.refused[refused.status] += 1


def test_so_many_work_twice_as_many_wait_in_order_and_the_rest_is_refused() -> None:
    async def main() -> None:
        crowd = Crowd(Lane("questions", 2))
        async with anyio.create_task_group() as group:
            for number in range(10):
                group.start_soon(crowd.come, f"client {number}", str(number))
                await anyio.sleep(0)
            await anyio.wait_all_tasks_blocked()
            assert (crowd.lane.at_work, crowd.lane.in_line) == (2, 4)
            assert crowd.seen == ["0", "1"]
            assert crowd.refused == {503: 4}
            crowd.leave.set()
        assert crowd.seen == list("012345")
        assert (crowd.lane.at_work, crowd.lane.in_line) == (0, 0)

    anyio.run(main)


def test_one_client_leaves_places_for_others() -> None:
    async def main() -> None:
        crowd = Crowd(Lane("questions", 2))
        async with anyio.create_task_group() as group:
            for number in range(10):
                group.start_soon(crowd.come, "greedy", str(number))
            await anyio.wait_all_tasks_blocked()
            assert crowd.refused == {429: 6}
            group.start_soon(crowd.come, "other", "the other")
            await anyio.wait_all_tasks_blocked()
            assert crowd.refused == {429: 6}
            crowd.leave.set()
        assert "the other" in crowd.seen

    anyio.run(main)


def test_followers_of_events_do_not_wait_in_line() -> None:
    async def main() -> None:
        crowd = Crowd(Lane("streams", 3))
        async with anyio.create_task_group() as group:
            for number in range(5):
                group.start_soon(crowd.come, f"client {number}", str(number))
            await anyio.wait_all_tasks_blocked()
            assert (crowd.lane.at_work, crowd.lane.in_line, crowd.refused) == (3, 0, {503: 2})
            crowd.leave.set()

    anyio.run(main)


def test_the_wait_in_line_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "WAIT_SECONDS", 0.02)

    async def main() -> None:
        crowd = Crowd(Lane("questions", 1))
        async with anyio.create_task_group() as group:
            group.start_soon(crowd.come, "a", "first")
            await anyio.wait_all_tasks_blocked()
            await crowd.come("b", "second")
            assert crowd.refused == {503: 1}
            assert (crowd.lane.at_work, crowd.lane.in_line) == (1, 0)
            crowd.leave.set()

    anyio.run(main)


def test_places_come_back_whatever_becomes_of_a_request() -> None:
    async def fail(lane: Lane) -> None:
        async with lane.place("a"):
            raise LookupError

    async def main() -> None:
        lane = Lane("questions", 1)
        crowd = Crowd(lane)
        with pytest.raises(LookupError):
            await fail(lane)
        async with anyio.create_task_group() as group:
            for number in range(3):  # one at work, two in line
                group.start_soon(crowd.come, f"client {number}", str(number))
            await anyio.wait_all_tasks_blocked()
            assert (lane.at_work, lane.in_line) == (1, 2)
            group.cancel_scope.cancel()
        assert (lane.at_work, lane.in_line) == (0, 0)
        crowd.leave.set()
        await crowd.come("a", "afterwards")
        assert crowd.seen[-1] == "afterwards"

    anyio.run(main)


def test_who_leaves_the_line_leaves_the_place_to_others() -> None:
    async def main() -> None:
        crowd, left = Crowd(Lane("questions", 1)), asyncio.get_running_loop().create_future()

        async def leave() -> None:
            with pytest.raises(lanes._Left):
                async with crowd.lane.place("leaver", left):
                    crowd.seen.append("the one who left")

        async with anyio.create_task_group() as group:
            group.start_soon(crowd.come, "a", "first")
            await anyio.wait_all_tasks_blocked()
            group.start_soon(leave)
            await anyio.wait_all_tasks_blocked()
            assert (crowd.lane.at_work, crowd.lane.in_line) == (1, 1)
            left.set_result(None)
            await anyio.wait_all_tasks_blocked()
            assert (crowd.lane.at_work, crowd.lane.in_line) == (1, 0)
            crowd.leave.set()
        assert crowd.seen == ["first"]

    anyio.run(main)


def test_whoever_only_waits_takes_no_place_from_others_who_write() -> None:
    async def main() -> None:
        writes, streams = Lane("writes", 1), Lane("streams", 2)
        rested: list[bool] = []
        leave = anyio.Event()

        async def wait(client: str) -> None:
            async with AsyncExitStack() as held:
                await held.enter_async_context(writes.place(client))
                rested.append(await Place(held, streams, client).rest())
                await leave.wait()

        async with anyio.create_task_group() as group:
            for number in range(3):
                group.start_soon(wait, f"client {number}")
            await anyio.wait_all_tasks_blocked()
            assert rested == [True, True, False]  # there is no room for a third; it keeps its place
            assert (writes.at_work, streams.at_work) == (1, 2)
            leave.set()
        assert (writes.at_work, streams.at_work) == (0, 0)

    anyio.run(main)
