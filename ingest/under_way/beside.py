"""Work in a thread of its own beside what must not wait for it."""

import threading
from collections.abc import Callable
from contextlib import suppress

from graph.errors import QuipuError


class Beside:
    """Does a piece of work now and then, one at a time. What it raises as a QuipuError is let go: the next may work."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Do it, unless it is being done."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._quietly, name="beside", daemon=True)
            self._thread.start()

    def settle(self) -> None:
        """Wait until it is done, if it was begun."""
        if self._thread is not None:
            self._thread.join()

    def _quietly(self) -> None:
        with suppress(QuipuError):
            self._work()
