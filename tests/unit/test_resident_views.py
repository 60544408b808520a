"""Which views stay in memory."""

from typing import Any

from graph.view import resident
from graph.view.resident import ResidentViews


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(views: ResidentViews, name: str) -> bool:
    """Whether using a view had to open it."""
    found: list[Any] = []

    def open_view() -> Any:
        found.append(name)
        return object()

    views.use(name, open_view)
    return bool(found)


def test_a_few_stay_however_long_nobody_asks() -> None:
    clock = Clock()
    views = ResidentViews(print, clock)
    for number in range(resident.KEPT):
        assert opened(views, str(number))
        clock.now += resident.IDLE_SECONDS
    assert not any(opened(views, str(number)) for number in range(resident.KEPT))


def test_beyond_them_the_idle_ones_go_and_come_back() -> None:
    clock = Clock()
    views = ResidentViews(print, clock)
    for number in range(100):
        opened(views, str(number))
    assert len(list(views)) == 100, "all of them are in use"
    clock.now += resident.IDLE_SECONDS + 1
    assert not opened(views, "0")
    assert list(views)[-1] == "0"
    assert len(list(views)) == resident.KEPT
    assert not opened(views, "99")
    assert opened(views, "1")


def test_there_are_never_more_than_most() -> None:
    left: list[str] = []
    views = ResidentViews(left.append, Clock())
    for number in range(resident.MOST + 50):
        opened(views, str(number))
    assert left == [str(number) for number in range(50)]
    assert len(list(views)) == resident.MOST
    assert "49" not in list(views)


def test_a_deleted_one_is_forgotten() -> None:
    views = ResidentViews(print, Clock())
    opened(views, "a")
    views.forget("a")
    views.forget("a")
    assert opened(views, "a")
