"""How fast a model reads the chunks of documents that go together, and so how long the rest takes."""

import time
from collections.abc import Callable


class Pace:
    """Told of each document how many of its chunks have been read. They are committed together, when the last is."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun: float | None = None
        self._done: dict[str, int] = {}
        self._total: dict[str, int] = {}
        self._read = 0

    def note(self, document: str, done: int, total: int) -> None:
        """So many of a document's chunks are read. What was so when it is told of first has cost no time."""
        if self._begun is None:
            self._begun = self._clock()
        self._read += max(0, done - self._done.get(document, done))
        self._done[document], self._total[document] = done, total

    def seconds_left(self) -> float | None:
        """How long the others will take; None before the first is read."""
        if self._begun is None:
            return None
        left = sum(self._total.values()) - sum(self._done.values())
        return expected_seconds(read=self._read, left=left, elapsed=self._clock() - self._begun)


def expected_seconds(*, read: int, left: int, elapsed: float) -> float | None:
    """Seconds for ``left`` chunks at the pace of those that were read in ``elapsed`` seconds; None where none was."""
    return elapsed / read * left if read else None
