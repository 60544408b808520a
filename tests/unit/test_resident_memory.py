"""Memory that threads have freed goes back to the machine, and objects that stay are not looked through again."""

import gc
import threading

import pytest

from api.footprint import resident_memory
from api.footprint.resident_memory import FreedMemory, set_aside


class _Library:
    def __init__(self) -> None:
        self.twice = threading.Event()
        self._calls = 0

    def malloc_trim(self, _: int) -> None:
        self._calls += 1
        if self._calls == 2:
            self.twice.set()


def test_freed_memory_is_given_back_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    library = _Library()
    monkeypatch.setattr(resident_memory, "_libc", library)
    monkeypatch.setattr(resident_memory, "GIVEN_BACK_SECONDS", 0.01)
    freed = FreedMemory()
    freed.start()
    assert library.twice.wait(300)
    freed.stop()
    assert not freed._thread.is_alive()


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resident_memory, "_libc", object())
    resident_memory.keep_together()
    freed = FreedMemory()
    freed.start()
    assert not freed._thread.is_alive()
    freed.stop()


def test_what_is_there_is_not_collected_any_more() -> None:
    try:
        set_aside()
        assert gc.get_freeze_count() > 10_000
        assert len(gc.get_objects()) < gc.get_freeze_count()
    finally:
        gc.unfreeze()
