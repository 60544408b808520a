"""The requests in hand, by workspace: one that is deleted ends them first, so that none writes into it later."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import anyio

ENDING_SECONDS = 60.0
"""Within this the thread of every request that was cancelled has come back."""


class InHand:
    """Enter from the event loop; end from any other thread. A stream is a request that lasts."""

    def __init__(self) -> None:
        self._scopes: defaultdict[str, set[anyio.CancelScope]] = defaultdict(set)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._left = threading.Condition()

    @contextmanager
    def within(self, workspace: str) -> Iterator[anyio.CancelScope]:
        """The time of a request; its scope is cancelled where the workspace goes meanwhile."""
        self._loop = asyncio.get_running_loop()
        with anyio.CancelScope() as scope:
            with self._left:
                self._scopes[workspace].add(scope)
            try:
                yield scope
            finally:
                with self._left:
                    self._scopes[workspace].discard(scope)
                    if not self._scopes[workspace]:
                        del self._scopes[workspace]
                    self._left.notify_all()

    def end(self, workspace: str) -> bool:
        """Cancel the requests in a workspace and wait until they have left; False where some have not in good time."""
        with self._left:
            scopes = list(self._scopes.get(workspace, ()))
            if self._loop is not None:
                for scope in scopes:
                    self._loop.call_soon_threadsafe(scope.cancel)
            return self._left.wait_for(lambda: workspace not in self._scopes, ENDING_SECONDS)
