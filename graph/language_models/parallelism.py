"""How many calls run at the same time: fewer after every 429 or 503, slowly more after every success."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

START, MOST = 4, 16
_POLL_SECONDS = 0.02


class AdaptiveLimit:
    """Additive increase, multiplicative decrease. Counts across threads and event loops, so it is polled."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._limit = float(START)
        self._running = 0

    @property
    def limit(self) -> int:
        """Calls that may run now."""
        return int(self._limit)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a turn, and hold it."""
        while not self._take():
            await anyio.sleep(_POLL_SECONDS)
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1

    def succeeded(self) -> None:
        """A call went through: after ``limit`` of these the limit is one higher."""
        with self._lock:
            self._limit = min(float(MOST), self._limit + 1 / self._limit)

    def refused(self) -> None:
        """The server is busy: half as many."""
        with self._lock:
            self._limit = max(1.0, self._limit / 2)

    def _take(self) -> bool:
        with self._lock:
            if self._running >= int(self._limit):
                return False
            self._running += 1
            return True
