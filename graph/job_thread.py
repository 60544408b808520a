"""The thread of a background worker: it works whenever a job of its kind is ready."""

import threading
import time
from abc import ABC, abstractmethod

import structlog

from graph.errors import DependencyError
from graph.jobs import JobKind
from graph.ports.jobs import JobSource

RETRY_SECONDS = 5.0
"""How long jobs wait for a store or a model that failed."""
IDLE_SECONDS = 30.0
_log = structlog.get_logger()


class JobThread(ABC):
    """Calls :meth:`work` in a thread of its own until there is no work, and again once the queue calls.

    Args:
        kind: the jobs it takes.
        jobs: tells when one is ready.
    """

    def __init__(self, kind: JobKind, jobs: JobSource) -> None:
        self._kind = kind
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"{kind}-worker", daemon=True)
        self._waiting_for = ""
        jobs.on_ready(kind, self._wake.set)

    @property
    def kind(self) -> JobKind:
        """The jobs it takes."""
        return self._kind

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, timeout: float = 30.0) -> None:
        """End after the work in hand, or after ``timeout`` seconds; unfinished jobs go on at the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    @abstractmethod
    def work(self) -> bool:
        """Work off what is claimed at once; the result says whether there was any.

        Raises:
            DependencyError: a store or a model failed; the work is tried again after ``RETRY_SECONDS``.
        """

    def _run(self) -> None:
        again = 0.0
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                while not self._stopping.is_set() and self.work():
                    self._waiting_for = ""
            except DependencyError as error:
                if str(error) != self._waiting_for:
                    _log.warning("jobs wait", kind=self._kind, cause=str(error))
                self._waiting_for = str(error)
                again = time.monotonic() + RETRY_SECONDS
            if not self._stopping.is_set():
                # a call before jobs that wait can be claimed again must not put them off until the next one
                left = again - time.monotonic()
                self._wake.wait(left if left > 0 else IDLE_SECONDS)
