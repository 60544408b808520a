"""How many calls a server is given at the same time, and whose turn is next.

A server that tells its slots is given as many calls as it has, so that no call waits in a line that Quipu cannot see.
Of any other it is learnt what more calls at once are worth: their number is doubled while that pays, and taken back
where the calls only wait for each other.
"""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from graph.language_models.pace import Speeds

MOST = 16
WORTH = 1.25
"""Twice as many calls at once must get at least this much more done in the same time."""
LEAST_SAMPLES = 3
AGAIN_AFTER = 100
"""Calls after which it is tried anew whether more at once pay."""
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A call that is under way: how many were allowed and how many ran when it began."""

    allowed: int
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A call that was made: seconds from when the server was asked to the end, and tokens."""

    seconds: float
    prompt_tokens: int
    output_tokens: int


class AdaptiveLimit:
    """Bounds the calls of one server. Counts across threads and event loops, so it is polled.

    Those that somebody waits for (``urgent``) have their turn first, then each in the order in which it came.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: int | None = None
        self._limit = 1.0
        self._running = 0
        self._line: list[tuple[bool, object]] = []
        self._samples: list[Sample] = []
        self._reference: Speeds | None = None
        self._gain_before: float | None = None
        self._rest = 0

    @property
    def limit(self) -> int:
        """Calls that may run now."""
        return int(self._limit)

    @property
    def slots(self) -> int | None:
        """As many calls as the server says it takes at once; None where it does not say."""
        return self._told

    @property
    def waiting(self) -> int:
        """Calls that wait for their turn."""
        return len(self._line)

    def told(self, slots: int | None) -> None:
        """The server says how many calls it works on at once, or says no more."""
        with self._lock:
            if slots != self._told:
                self._told = slots
                self._limit = float(min(slots, MOST)) if slots else 1.0

    @asynccontextmanager
    async def slot(self, *, urgent: bool = False) -> AsyncIterator[Turn]:
        """Wait for a turn, and hold it."""
        ticket = (not urgent, object())
        with self._lock:
            self._line.append(ticket)
        try:
            while (turn := self._take(ticket)) is None:
                await anyio.sleep(_POLL_SECONDS)
        finally:
            with self._lock:
                if ticket in self._line:
                    self._line.remove(ticket)
        try:
            yield turn
        finally:
            with self._lock:
                self._running -= 1

    def succeeded(self, turn: Turn, sample: Sample, speeds: Speeds) -> None:
        """A call went through; its turn still holds. ``speeds``: what has been measured by now."""
        with self._lock:
            if self._told:
                self._limit = min(float(min(self._told, MOST)), self._limit + 1 / self._limit)
                return
            self._rest = max(0, self._rest - 1)
            if turn.allowed == turn.running == self._running == self.limit:
                self._samples.append(sample)
                self._learn(speeds)

    def refused(self) -> None:
        """The server is busy or silent: half as many, and no more for a while."""
        with self._lock:
            self._limit = max(1.0, float(int(self._limit / 2)))
            self._start_over(rest=AGAIN_AFTER)

    def _learn(self, speeds: Speeds) -> None:
        """Once enough calls have shown what so many at once get done: go on, or back; the lock is held."""
        level = self.limit
        if len(self._samples) < max(LEAST_SAMPLES, level):
            return
        self._reference = self._reference or speeds
        work = sum(self._reference.seconds(one.prompt_tokens, one.output_tokens) for one in self._samples)
        gain = level * work / max(sum(one.seconds for one in self._samples), 1e-9)
        if self._gain_before is not None and gain < WORTH * self._gain_before:
            self._limit = max(1.0, float(level // 2))
            self._start_over(rest=AGAIN_AFTER)
        elif not self._rest and level < MOST:
            self._limit = float(min(MOST, 2 * level))
            self._start_over(gain=max(gain, 1.0))  # a call alone gets at least its own work done
        else:
            self._start_over()

    def _start_over(self, *, gain: float | None = None, rest: int | None = None) -> None:
        self._samples.clear()
        self._gain_before = gain
        if rest is not None:
            self._rest = rest

    def _take(self, ticket: tuple[bool, object]) -> Turn | None:
        with self._lock:
            if self._running >= int(self._limit) or ticket is not min(self._line, key=lambda one: one[0]):
                return None
            self._line.remove(ticket)
            self._running += 1
            return Turn(allowed=self.limit, running=self._running)
