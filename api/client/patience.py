"""When a call is made again: never one that may have been carried out, unless twice is as good as once."""

from dataclasses import dataclass

import httpx

from api.client.problems import Unreachable, code_of

NOT_TRIED = frozenset({"busy", "too-many-requests"})
"""Codes of a service that had no place for a request, and did nothing about it."""
LATER = frozenset({429, 503})
FIRST_PAUSE, MOST_PAUSE = 0.1, 5.0
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How many seconds a call may pause between its tries, all pauses together.

    ``busy_only``: try again only where the service was too busy to take the call; all else is told at once.
    """

    seconds: float = 60.0
    busy_only: bool = False


class Tries:
    """The tries of one call."""

    def __init__(self, patience: Patience, url: str, *, repeatable: bool) -> None:
        self._url = url
        self._left = patience.seconds
        self._busy_only = patience.busy_only
        self._repeatable = repeatable
        self._pause = FIRST_PAUSE

    def after_answer(self, response: httpx.Response) -> float | None:
        """Seconds until the next try; None: this is the answer."""
        asked = response.headers.get("Retry-After", "")
        if response.status_code not in LATER or not asked:
            return None
        if code_of(response) not in NOT_TRIED and (self._busy_only or not self._repeatable):
            return None
        # a proxy may name a moment in place of seconds
        pause = float(asked) if asked.isdigit() else MOST_PAUSE
        return self._spend(pause)

    def after_break(self, error: httpx.TransportError) -> float:
        """Seconds until the next try. Raises Unreachable where there is none."""
        again = not self._busy_only and (self._repeatable or isinstance(error, _NEVER_SENT))
        pause = self._spend(self._pause) if again and not isinstance(error, httpx.ReadTimeout) else None
        if pause is None:
            raise Unreachable(f"{self._url} does not answer: {error or type(error).__name__}") from error
        self._pause = min(2 * self._pause, MOST_PAUSE)
        return pause

    def _spend(self, pause: float) -> float | None:
        if pause > self._left:
            return None
        self._left -= pause
        return pause
