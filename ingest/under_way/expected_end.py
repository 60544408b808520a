"""When the documents that a model reads will have been read, from how long its last passages took."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

WINDOW = 20
"""Passages whose time counts: enough to even out long and short ones, few enough to follow a server's pace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPace:
    """Seconds that a passage takes, as they were at a moment (since the epoch)."""

    moment: float
    seconds: float


class ExpectedEnd:
    """Documents under way together, which are read in the order in which they were told of first.

    ``pace`` is what was told last; None while no passage has shown how long one takes.

    Args:
        clock: seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._moments: deque[float] = deque(maxlen=WINDOW + 1)
        self._done: dict[str, int] = {}
        self._left: dict[str, int] = {}
        self._each: float | None = None
        self.pace: ReadingPace | None = None

    def begin(self) -> None:
        """Others are under way from now on. How long a passage took is still known, until they show it anew."""
        self._moments.clear()
        self._done.clear()
        self._left.clear()

    def told(self, document: str, done: int, total: int) -> float | None:
        """The moment at which a document will have been read; None while no passage has shown how long one takes.

        Args:
            document: any name for it.
            done: how many of its passages are read; what it begins with counts for no time.
            total: how many it has.
        """
        now = self._clock()
        if not self._moments:
            self._moments.append(now)
        self._moments.extend([now] * max(0, done - self._done.get(document, done)))
        self._done[document], self._left[document] = done, max(0, total - done)
        if len(self._moments) > 1:
            self._each = (now - self._moments[0]) / (len(self._moments) - 1)
        if self._each is None:
            return None
        self.pace = ReadingPace(moment=now, seconds=self._each)
        before = 0
        for name, left in self._left.items():
            before += left
            if name == document:
                break
        return now + before * self._each
