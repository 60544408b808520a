"""Which views stay in memory: those that are in use, and the latest few."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator

from graph.view.snapshot import View

KEPT = 32
"""So many views stay however long nobody asks: a large one takes long to come back."""
IDLE_SECONDS = 600.0
"""Beyond that, a view goes once nobody has asked for so long."""
MOST = 256
"""Beyond that, the one goes that was used longest ago."""


class ResidentViews:
    """Views by workspace, the one that was used longest ago first. Hold a lock around every call.

    ``left`` is told of each that leaves for others; it is built anew by the next question. Requests keep the snapshot
    they took.
    """

    def __init__(self, left: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._left = left
        self._clock = clock
        self._views: OrderedDict[str, tuple[View, float]] = OrderedDict()

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._views))

    def use(self, workspace: str, open_view: Callable[[], View]) -> View:
        """The view of a workspace, opened where there is none."""
        view, _ = self._views.pop(workspace, (None, 0.0))
        if view is None:
            view = open_view()
        self.put(workspace, view)
        return view

    def put(self, workspace: str, view: View) -> None:
        """Take this view of a workspace for the newest."""
        now = self._clock()
        self._views[workspace] = view, now
        self._views.move_to_end(workspace)
        while len(self._views) > KEPT:
            oldest, (_, used) = next(iter(self._views.items()))
            if len(self._views) <= MOST and now - used <= IDLE_SECONDS:
                return
            del self._views[oldest]
            self._left(oldest)

    def forget(self, workspace: str) -> None:
        """Drop the view of a workspace that is deleted."""
        self._views.pop(workspace, None)
