"""How many documents may wait to be read: beyond that, uploads are refused before they are read themselves."""

import time
from collections.abc import Callable

import anyio
import anyio.to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from api.rest.problems import problem
from api.rest.security import DOCUMENTS

COUNTED_SECONDS = 1.0
"""How long a count holds: an upload may come in that much too late."""
RETRY_SECONDS = 10


class Backlog:
    """Refuses uploads with 503 while the queue is full. Deletions, and all else, pass.

    Args:
        waiting: counts the jobs that are queued or wait; called in a thread.
        most: how many of them there may be.
    """

    def __init__(self, app: ASGIApp, *, waiting: Callable[[], int], most: int) -> None:
        self._app = app
        self._waiting = waiting
        self._most = most
        self._thread = anyio.CapacityLimiter(1)
        self._counted = (0.0, 0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        if scope["type"] == "http" and _uploads(scope):
            waiting = await self._count()
            if waiting >= self._most:
                detail = f"{waiting} documents wait to be read, and {self._most} may; send this one again later"
                answer = problem(503, "busy", detail, {"Retry-After": str(RETRY_SECONDS)})
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _count(self) -> int:
        async with self._thread:
            if time.monotonic() - self._counted[0] > COUNTED_SECONDS:
                number = await anyio.to_thread.run_sync(self._waiting)
                self._counted = (time.monotonic(), number)
            return self._counted[1]


def _uploads(scope: Scope) -> bool:
    return scope["method"] in {"POST", "PUT"} and str(scope["path"]).startswith(DOCUMENTS)
