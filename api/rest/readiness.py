"""How far the service is, for health checks: read beside the threads of requests, and told without waiting for them."""

import time

import anyio
import anyio.to_thread

from api.service import Service
from graph.errors import DependencyError
from graph.model import GraphCounts
from graph.ports.reading import GraphReader

PATIENCE_SECONDS = 0.3
"""How long a check waits for the present figures; then the last ones do."""
FRESH_SECONDS = 5.0
"""Older figures say nothing any more."""
LONGEST_SECONDS = 20.0
"""How long a check waits where it has nothing to tell; a store that is down says so earlier, and why."""


class LiveCounts:
    """What is live in each workspace. Counting takes a look at every row: once a revision."""

    def __init__(self, graph: GraphReader) -> None:
        self._graph = graph
        self._held: dict[str, tuple[int, GraphCounts]] = {}

    def at(self, workspace: str, revision: int) -> GraphCounts:
        """At a revision, which is mostly the one that was asked for before."""
        held = self._held.get(workspace)
        if held is None or held[0] != revision:
            held = self._held[workspace] = (revision, self._graph.counts(workspace, revision))
        return held[1]

    def forget(self, workspace: str) -> None:
        """For a workspace that is made again: its revisions begin anew."""
        self._held.pop(workspace, None)


class Standing:
    """The newest revision and what is live at it, by a thread of its own."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.counts = LiveCounts(service.graph)
        service.cases.admission.workspaces.on_created(self.counts.forget)
        self._thread = anyio.CapacityLimiter(1)
        self._last: dict[str, tuple[float, int, GraphCounts]] = {}

    async def figures(self, workspace: str) -> tuple[int, GraphCounts]:
        """Revision and counts, at most ``FRESH_SECONDS`` old. Raises DependencyError where the store is not read."""
        with anyio.move_on_after(PATIENCE_SECONDS if self._fresh(workspace) else LONGEST_SECONDS):
            await anyio.to_thread.run_sync(self._read, workspace, limiter=self._thread, abandon_on_cancel=True)
        if not self._fresh(workspace):
            raise DependencyError(f"the graph store was not read within {LONGEST_SECONDS:.0f} s")
        _, revision, counts = self._last[workspace]
        return revision, counts

    def _fresh(self, workspace: str) -> bool:
        last = self._last.get(workspace)
        return last is not None and time.monotonic() - last[0] <= FRESH_SECONDS

    def _read(self, workspace: str) -> None:
        revision = self._service.views.catch_up(workspace)
        self._last[workspace] = (time.monotonic(), revision, self.counts.at(workspace, revision))
