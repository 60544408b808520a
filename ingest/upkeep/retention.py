"""How long the past can be read: what was closed before is swept, and bytes of superseded versions are removed."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from graph.errors import Superseded
from graph.ports.reading import ChangeReader
from graph.ports.writing import GraphMaintenance
from ingest.ports import ByteReferences

EVERY_SECONDS = 3600.0
_log = structlog.get_logger()


class SweptGraph(ChangeReader, GraphMaintenance, Protocol):
    """A store whose past can be read, and swept."""


class Retention:
    """Keeps ``days`` of the past; everything where that is None.

    ``discard`` removes bytes that nobody refers to; ``committed`` and ``swept`` are told of each sweep's workspace.
    """

    def __init__(
        self, *, days: float | None, graph: SweptGraph, register: ByteReferences,
        discard: Callable[[Sequence[str]], object], committed: Callable[[str], object],
        swept: Callable[[str], object] = lambda _: None,
    ) -> None:  # fmt: skip
        self._days = days
        self._graph = graph
        self._register = register
        self._discard = discard
        self._committed = committed
        self._swept = swept
        self._kept_from: dict[str, int] = {}
        self._next = 0.0
        self._lock = threading.Lock()

    def keep(self) -> None:
        """Sweep if it is time; cheap to call often, from any worker. After a DependencyError it is still time."""
        if self._days is None:
            return
        with self._lock:
            if time.monotonic() >= self._next:
                self.sweep(datetime.now(UTC) - timedelta(days=self._days))
                self._next = time.monotonic() + EVERY_SECONDS

    def sweep(self, before: datetime) -> None:
        """Remove all that was closed before a moment; whatever was live at that moment stays readable."""
        for workspace in self._graph.workspaces():
            keep_from = self._graph.revision_at(workspace, before)
            if self._changed(workspace, keep_from):
                try:
                    gone = self._graph.sweep(workspace, keep_from)
                except Superseded:  # the workspace has been deleted meanwhile
                    continue
                self._committed(workspace)
                self._swept(workspace)
                self._kept_from[workspace] = keep_from
                _log.info("the past was swept", workspace=workspace, until=keep_from, passages=gone.chunks)
            self._discard(self._register.forget_superseded(workspace, before))

    def _changed(self, workspace: str, keep_from: int) -> bool:
        """Whether anything but sweeps happened since: a sweep is a revision, too, and must not lead to the next one."""
        kept_from = self._kept_from.get(workspace, 0)
        if kept_from > keep_from:  # another workspace of this name, which has begun anew
            kept_from = 0
        return any(record.kind != "sweep" for record in self._graph.log(workspace, kept_from, keep_from))
