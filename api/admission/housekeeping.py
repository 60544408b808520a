"""What is done for keys and workspaces while requests are answered, in a thread of its own."""

import threading
from collections.abc import Callable
from functools import partial

import structlog

from api.admission.keys import Keys
from api.admission.workspaces import Workspaces
from graph.errors import QuipuError

USES_SECONDS = 60.0
"""How often the last use of keys is written; what models cost for them is written at once."""
AGAIN_SECONDS = 0.2
"""Pause before a workspace that is still being worked in is looked at again."""
RETRY_SECONDS = 5.0
"""Pause after something failed."""
_log = structlog.get_logger()


class Housekeeping:
    """Writes when keys were last used, and deletes what workspaces leave behind, and what is too old to be kept.

    Args:
        erase: takes away all that is kept of a workspace; False where somebody still works in it.
        sweep: takes away what is too old to be kept.
    """

    def __init__(
        self, keys: Keys, workspaces: Workspaces, erase: Callable[[str], bool],
        sweep: Callable[[], object] = lambda: None,
    ) -> None:  # fmt: skip
        self._keys = keys
        self._workspaces = workspaces
        self._erase = erase
        self._sweep = sweep
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
        workspaces.on_deleting(lambda _: self._wake.set())
        keys.on_spent(self._wake.set)

    def start(self) -> None:
        """Begin, with what an earlier process left undone."""
        self._thread.start()

    def stop(self) -> None:
        """End after the step in hand, and write what is known of uses."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(30)
        self._look_after(self._keys.write_uses)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            well = self._look_after(self._keys.write_uses)
            well &= self._look_after(self._sweep)
            for name in self._workspaces.to_delete():
                if not self._stopping.is_set():
                    well &= self._look_after(partial(self._delete, name))
            if not well:
                self._stopping.wait(RETRY_SECONDS)
            else:
                self._wake.wait(AGAIN_SECONDS if self._workspaces.to_delete() else USES_SECONDS)

    def _delete(self, name: str) -> None:
        if self._erase(name):
            self._workspaces.gone(name)

    def _look_after(self, work: Callable[[], object]) -> bool:
        """Whether it could be done; a store or a disk that is down is tried again."""
        try:
            work()
        except (QuipuError, OSError) as error:
            _log.warning("housekeeping waits", cause=str(error))
            return False
        return True
