"""The course of one call through its attempts: its clock, and how long its server may be silent."""

import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import anyio

from graph.language_models.chat_llm import Piece
from graph.language_models.http_stream import ServerFailure
from graph.language_models.pace import Speeds, Work
from graph.language_models.parallelism import Sample

ATTEMPTS = 4
LONGEST_PAUSE = 30.0
GENEROUS = 3.0
"""A call may take so many times as long as the measured speeds let expect."""
MOST_STRETCHED = 4.0
"""A slow server is given at most so many times as long as the setting says: one that hangs must be told from it."""
_FIRST_PAUSE = 0.5
_UNTOLD = 2
"""Pieces of an answer that came as a whole: its text, and how it ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds to wait for the first token (the model may have to be loaded), for the next, and in all.

    They count from when the server is asked, not while a call waits for its turn.
    """

    first_token: float
    between_tokens: float
    total: float

    @classmethod
    def within(cls, total: float) -> "Timeouts":
        """The others in proportion to the total."""
        return cls(first_token=total / 2, between_tokens=min(60.0, total / 4), total=total)

    def stretched(self, speeds: Speeds, prompt_tokens: int, output_tokens: int) -> "Timeouts":
        """Longer for a call of this size where its server is known to be slow; never shorter."""

        def longer(seconds: float, expected: float) -> float:
            return max(seconds, min(GENEROUS * expected, MOST_STRETCHED * seconds))

        reading = speeds.seconds(prompt_tokens, 0)
        return Timeouts(
            first_token=longer(self.first_token, reading),
            # between two tokens a server may have to read the prompt of another call
            between_tokens=longer(self.between_tokens, reading + speeds.seconds(0, 1)),
            total=longer(self.total, speeds.seconds(prompt_tokens, output_tokens)),
        )


class Course:
    """Counts attempts and seconds of one call; what it passed on, and whether it has asked for the window again."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._before = 0.0
        self._sent: float | None = None
        self._first: float | None = None
        self._pieces = 0
        self._attempts = 0
        self.failed = 0
        self.passed_on = False
        self.window_asked = False

    def begin(self) -> None:
        """An attempt."""
        self._attempts += 1

    def send(self, timeouts: Timeouts) -> None:
        """The server is asked now."""
        self._timeouts = timeouts
        self._before = self.seconds
        self._sent = time.monotonic()
        self._first = None
        self._pieces = 0

    @property
    def seconds(self) -> float:
        """What the server took in all attempts, and the pauses that it was given; not the wait for a turn."""
        return self._before + self._attempt_seconds

    @property
    def _attempt_seconds(self) -> float:
        return 0.0 if self._sent is None else time.monotonic() - self._sent

    def work(self, prompt_tokens: int, output_tokens: int) -> Work:
        """What the server has done in this attempt, as seen from here.

        An answer in one piece does not show how fast it was written: that counts as time of the prompt.
        """
        now = time.monotonic()
        first = (self._first or now) if self._pieces > _UNTOLD else now
        written = max(0, output_tokens - 1) if self._pieces > _UNTOLD else 0
        return Work(
            prompt_tokens=prompt_tokens, prompt_seconds=first - (self._sent or first), output_tokens=written,
            output_seconds=now - first,
        )  # fmt: skip

    def sample(self, prompt_tokens: int, output_tokens: int) -> Sample:
        """What the attempt took, whatever the server did meanwhile."""
        return Sample(seconds=self._attempt_seconds, prompt_tokens=prompt_tokens, output_tokens=output_tokens)

    async def next(self, pieces: AsyncIterator[Piece], who: str) -> Piece:
        """The next piece, if it comes in time; its request ends otherwise."""
        left = self._timeouts.total - self.seconds
        patience = self._timeouts.first_token if self._first is None else self._timeouts.between_tokens
        with anyio.move_on_after(max(0.0, min(patience, left))):
            piece = await anext(pieces, None)
            if piece is None:
                raise ServerFailure(f"{who} ended its answer before it was done", again=True)
            self._first = self._first or time.monotonic()
            self._pieces += 1
            return piece
        if left <= patience:
            raise ServerFailure(f"{who} was not done after {self._timeouts.total:g} s", again=False, late=True)
        raise ServerFailure(f"{who} sent nothing for {patience:g} s", again=False, late=True)

    def pause_after(self, failure: ServerFailure) -> float | None:
        """Seconds until the next attempt, as the server asks or with jitter; None: there is none."""
        self.failed += failure.reached
        self._before, self._sent = self.seconds, None
        if not failure.again or self._attempts >= ATTEMPTS:
            return None
        pause = failure.retry_after
        if pause is None:
            pause = _FIRST_PAUSE * 2 ** (self._attempts - 1)
        pause += pause * random.random() / 2  # noqa: S311 - jitter
        if pause > min(LONGEST_PAUSE, self._timeouts.total - self.seconds):
            return None
        self._before += pause
        return pause
