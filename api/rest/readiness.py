"""How far the service is, for health checks: read beside the threads of requests, and told without waiting for them."""

import time

import anyio
import anyio.to_thread

from api.service import Service
from graph.errors import DependencyError
from graph.model import GraphCounts

PATIENCE_SECONDS = 0.3
"""How long a check waits for the present figures; then the last ones do."""
FRESH_SECONDS = 5.0
"""Older figures say nothing any more."""


class Standing:
    """The newest revision and what is live at it, by a thread of its own."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._thread = anyio.CapacityLimiter(1)
        self._last: dict[str, tuple[float, int, GraphCounts]] = {}

    async def figures(self, workspace: str) -> tuple[int, GraphCounts]:
        """Revision and counts, at most ``FRESH_SECONDS`` old. Raises DependencyError where the store is not read."""
        with anyio.move_on_after(PATIENCE_SECONDS if workspace in self._last else None):
            await anyio.to_thread.run_sync(self._read, workspace, limiter=self._thread, abandon_on_cancel=True)
        read_at, revision, counts = self._last[workspace]
        if time.monotonic() - read_at > FRESH_SECONDS:
            raise DependencyError(f"the graph store was not read within {PATIENCE_SECONDS} s, as often as was tried")
        return revision, counts

    def _read(self, workspace: str) -> None:
        started = time.monotonic()
        revision = self._service.views.catch_up(workspace)
        known = self._last.get(workspace)
        counts = known[2] if known and known[1] == revision else self._service.graph.counts(workspace, revision)
        self._last[workspace] = (started, revision, counts)
