"""How fast a model is, how many calls it is given at once, and how long it may be silent: over a scripted server."""

import heapq
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.language_models.course import GENEROUS, MOST_STRETCHED, Timeouts
from graph.language_models.pace import Pace, Speeds, Work
from graph.language_models.parallelism import AGAIN_AFTER, MOST, AdaptiveLimit, Sample, Turn

CALL = Work(prompt_tokens=300, prompt_seconds=30.0, output_tokens=240, output_seconds=80.0)
SPEEDS = Speeds(prompt=10.0, output=3.0)


def play(limit: AdaptiveLimit, calls: int, seconds: Callable[[int], float]) -> list[int]:
    """Calls one after the other and beside each other as the limit lets them; how many were let run at each end.

    ``seconds`` says how long each takes while so many run.
    """
    allowed: list[int] = []

    async def run() -> None:
        under_way: list[tuple[float, int, float, AsyncExitStack, Turn]] = []
        begun, now = 0, 0.0
        while begun < calls or under_way:
            while begun < calls and len(under_way) < limit.limit:
                stack = AsyncExitStack()
                turn = await stack.enter_async_context(limit.slot())
                begun += 1
                took = seconds(limit.limit)
                heapq.heappush(under_way, (now + took, begun, took, stack, turn))
            now, _, took, stack, turn = heapq.heappop(under_way)
            sample = Sample(seconds=took, prompt_tokens=CALL.prompt_tokens, output_tokens=CALL.output_tokens)
            limit.succeeded(turn, sample, SPEEDS)
            allowed.append(limit.limit)
            await stack.aclose()

    anyio.run(run)
    return allowed


def test_calls_that_wait_for_each_other_are_taken_back_to_one() -> None:
    limit = AdaptiveLimit()
    allowed = play(limit, AGAIN_AFTER - 10, lambda at_once: 110.0 * at_once)
    assert max(allowed) == 2, "it is tried"
    assert allowed[-1] == 1
    assert allowed.count(2) < 6, "and soon given up"


def test_a_server_that_works_on_many_is_given_many() -> None:
    limit = AdaptiveLimit()
    assert limit.limit == 1
    play(limit, 150, lambda _: 110.0)
    assert limit.limit == MOST


def test_four_slots_are_found() -> None:
    limit = AdaptiveLimit()
    play(limit, 90, lambda at_once: 110.0 * max(1.0, at_once / 4))
    assert limit.limit == 4


def test_a_slow_start_does_not_make_two_at_once_look_quick() -> None:
    limit, begun = AdaptiveLimit(), [0]

    def seconds(at_once: int) -> float:
        begun[0] += 1
        return 300.0 if begun[0] <= 3 else 110.0 * at_once

    assert max(play(limit, AGAIN_AFTER // 2, seconds)) == 2
    assert limit.limit == 1


def test_more_at_once_are_tried_again_later() -> None:
    limit = AdaptiveLimit()
    play(limit, AGAIN_AFTER // 2, lambda at_once: 110.0 * at_once)
    assert limit.limit == 1
    play(limit, 2 * AGAIN_AFTER, lambda _: 110.0)
    assert limit.limit > 2, "the server has got more slots"


def test_a_server_that_tells_its_slots_is_given_as_many_calls() -> None:
    limit = AdaptiveLimit()
    limit.told(1)
    assert set(play(limit, 50, lambda _: 1.0)) == {1}
    limit.told(3)
    assert limit.limit == 3
    limit.refused()
    assert limit.limit == 1
    assert play(limit, 20, lambda _: 1.0)[-1] == 3, "no more than it told"
    limit.told(1000)
    assert limit.limit == MOST
    limit.told(None)
    assert limit.limit == 1


def test_half_as_many_after_a_refusal_and_never_none() -> None:
    limit = AdaptiveLimit()
    limit.told(8)
    for left in (4, 2, 1, 1):
        limit.refused()
        assert limit.limit == left


def test_whoever_somebody_waits_for_has_the_next_turn_and_others_theirs_in_order() -> None:
    limit, order = AdaptiveLimit(), list[str]()

    async def call(name: str, *, urgent: bool = False) -> None:
        async with limit.slot(urgent=urgent):
            order.append(name)

    async def run() -> None:
        async with anyio.create_task_group() as group, limit.slot():
            for place, name in enumerate(("chunk 1", "chunk 2", "question")):
                group.start_soon(partial(call, name, urgent=name == "question"))
                while limit.waiting <= place:
                    await anyio.sleep(0)

    anyio.run(run)
    assert order == ["question", "chunk 1", "chunk 2"]
    assert limit.waiting == 0


def test_one_that_leaves_the_line_holds_nobody_up() -> None:
    limit = AdaptiveLimit()

    async def run() -> None:
        async with limit.slot():
            with anyio.move_on_after(0.05):
                async with limit.slot():
                    raise AssertionError("two turns at once")
        async with limit.slot():
            pass

    anyio.run(run)
    assert limit.waiting == 0


def test_speeds_follow_the_last_calls() -> None:
    pace = Pace()
    assert pace.speeds == Speeds()
    pace.add(CALL)
    assert (pace.speeds.prompt, pace.speeds.output) == (10.0, 3.0)
    for _ in range(40):
        pace.add(Work(prompt_tokens=300, prompt_seconds=3.0, output_tokens=240, output_seconds=8.0))
    assert pace.speeds.output == pytest.approx(30.0, rel=0.05)


def test_a_call_of_no_time_or_no_text_breaks_nothing() -> None:
    pace = Pace()
    pace.add(Work(prompt_tokens=9, prompt_seconds=0.0, output_tokens=0, output_seconds=0.0))
    assert pace.speeds == Speeds()
    assert Speeds().seconds(1000, 1000) == 0.0


def test_a_slow_server_is_given_the_time_that_it_needs() -> None:
    usual = Timeouts.within(600.0)
    assert usual.stretched(Speeds(), 8000, 1500) == usual
    assert usual.stretched(Speeds(prompt=1000.0, output=50.0), 8000, 1500) == usual
    slow = usual.stretched(SPEEDS, 2000, 1500)
    assert slow.first_token == GENEROUS * 200.0
    assert slow.total == GENEROUS * (200.0 + 500.0)
    assert slow.between_tokens == MOST_STRETCHED * usual.between_tokens


@given(
    st.floats(0.001, 1e6), st.floats(0.001, 1e6), st.integers(0, 200_000), st.integers(0, 10_000), st.floats(1.0, 1e4)
)
def test_never_less_than_the_setting_and_never_endless(
    prompt: float, output: float, prompt_tokens: int, output_tokens: int, total: float
) -> None:
    usual = Timeouts.within(total)
    found = usual.stretched(Speeds(prompt=prompt, output=output), prompt_tokens, output_tokens)
    for name in ("first_token", "between_tokens", "total"):
        least = getattr(usual, name)
        assert least <= getattr(found, name) <= MOST_STRETCHED * least
