"""When documents that a model reads will have been read."""

import pytest

from ingest.under_way.expected_end import WINDOW, ExpectedEnd


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_told_before_a_passage_has_been_read() -> None:
    expected = ExpectedEnd(Clock())
    assert expected.told("a", 0, 100) is None
    assert expected.told("a", 0, 100) is None


def test_what_was_read_before_counts_for_no_time() -> None:
    clock = Clock()
    expected = ExpectedEnd(clock)
    expected.told("a", 90, 100)
    clock.now += 60.0
    assert expected.told("a", 91, 100) == clock.now + 9 * 60.0


def test_a_document_ends_behind_those_before_it() -> None:
    clock = Clock()
    expected = ExpectedEnd(clock)
    for name in ("a", "b", "c"):
        expected.told(name, 0, 10)
    clock.now += 30.0
    assert expected.told("a", 1, 10) == clock.now + 9 * 30.0
    assert expected.told("c", 0, 10) == clock.now + 29 * 30.0
    assert expected.told("b", 0, 10) == clock.now + 19 * 30.0


def test_others_are_told_from_what_is_known() -> None:
    clock = Clock()
    expected = ExpectedEnd(clock)
    expected.told("a", 0, 2)
    clock.now += 30.0
    expected.told("a", 1, 2)
    expected.begin()
    assert expected.told("b", 0, 3) == clock.now + 90.0


def test_a_server_that_becomes_quicker_is_followed() -> None:
    clock = Clock()
    expected = ExpectedEnd(clock)
    expected.told("a", 0, 1000)
    for done in range(1, 101):
        clock.now += 60.0 if done <= 100 - WINDOW else 6.0
        end = expected.told("a", done, 1000)
    assert end == pytest.approx(clock.now + 900 * 6.0)
