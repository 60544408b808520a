"""The end of what is still being answered when the service has to go: each is told so, none is cut off."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import anyio

from graph.errors import Stopped

T = TypeVar("T")


class LastCall:
    """Requests in hand pass their waits through it. For one event loop."""

    def __init__(self) -> None:
        self._scopes: set[anyio.CancelScope] = set()
        self._over = False

    def end(self) -> None:
        """Let every wait end now, and each that is begun later."""
        self._over = True
        for scope in tuple(self._scopes):
            scope.cancel()

    async def within(self, work: Callable[[], Awaitable[T]]) -> T:
        """The result of work. Raises Stopped where it has to end before there is one."""
        with anyio.CancelScope() as scope:
            if self._over:
                raise _stopped()
            self._scopes.add(scope)
            try:
                return await work()
            finally:
                self._scopes.discard(scope)
        raise _stopped()

    async def each(self, events: AsyncIterator[T]) -> AsyncIterator[T]:
        """Events as they come. Raises Stopped where they have to end before the last."""
        while True:
            try:
                event = await self.within(events.__anext__)
            except StopAsyncIteration:
                return
            yield event


def _stopped() -> Stopped:
    return Stopped("the service was stopped before this was answered to its end; ask again")
