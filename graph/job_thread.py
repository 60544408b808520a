"""The thread of a background worker: it works whenever a job of its kind is ready, and outlives whatever a job does.

This file and ``retrieval/standing/runner.py`` are the only ones that catch every exception: what nobody foresaw ends
one piece of work, and not the loop that others wait for.
"""

import threading
import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import structlog

from graph.errors import DependencyError, QuipuError, Unforeseen
from graph.jobs import JobKind
from graph.parsing import legible
from graph.ports.jobs import JobSource

RETRY_SECONDS = 5.0
"""How long jobs wait for a store or a model that failed."""
IDLE_SECONDS = 30.0
MAX_CAUSE = 300
T = TypeVar("T")
_log = structlog.get_logger()


def foreseen(work: Callable[[], T]) -> T:
    """The result of work; whatever it raises beside a Quipu error comes as one.

    Raises:
        Unforeseen: with the kind of the exception and what it says. The log has the place, and no text of a document.
        QuipuError: as the work raised it.
    """
    try:
        return work()
    except QuipuError:
        raise
    except Exception as error:
        raise unforeseen(error) from error


def unforeseen(error: Exception) -> Unforeseen:
    """What nobody foresaw as a Quipu error; it is logged."""
    places = traceback.extract_tb(error.__traceback__)
    place = f"{Path(places[-1].filename).name}:{places[-1].lineno}" if places else ""
    _log.error("background work failed in a way that nobody foresaw", kind=type(error).__name__, place=place)
    return Unforeseen(f"{type(error).__name__}: {legible(str(error))[:MAX_CAUSE]}")


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
        self._problem: str | None = None
        jobs.on_ready(kind, self._wake.set)

    @property
    def kind(self) -> JobKind:
        """The jobs it takes."""
        return self._kind

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    @property
    def problem(self) -> str | None:
        """Why no job gets on, where that is neither a job's own fault nor a store or model that is down."""
        return self._problem

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
            QuipuError: the queue itself failed; the same, and :attr:`problem` says so.
        """

    def _run(self) -> None:
        again = 0.0
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                while not self._stopping.is_set() and foreseen(self.work):
                    self._waiting_for = ""
                self._problem = None
            except QuipuError as error:
                self._tell(error)
                again = time.monotonic() + RETRY_SECONDS
            if not self._stopping.is_set():
                # a call before jobs that wait can be claimed again must not put them off until the next one
                left = again - time.monotonic()
                self._wake.wait(left if left > 0 else IDLE_SECONDS)

    def _tell(self, error: QuipuError) -> None:
        if not isinstance(error, DependencyError):
            self._problem = str(error)
        if str(error) != self._waiting_for:
            _log.warning("jobs wait", kind=self._kind, cause=str(error))
        self._waiting_for = str(error)
