"""Logging: one line an event on standard error; lines for people on a terminal, JSON elsewhere.

Whoever logs only puts the event into a bounded queue. A thread of its own words and writes it, so that neither a long
traceback nor a slow terminal holds up the event loop. What is thrown away for want of room is counted and told.

No line shows values of variables. Secrets are cut out wherever they stand, and so is what a message of an exception
quotes, which may be a passage or a question.
"""

import atexit
import logging
import queue
import sys
import threading
from collections.abc import Callable, Collection
from logging.handlers import QueueHandler, QueueListener
from types import TracebackType

import structlog
from structlog.typing import EventDict, WrappedLogger
from typing_extensions import override

from api.scrubbing import Scrubber, exception_text

QUEUED = 10_000
"""Events that wait to be written; more are dropped, and counted."""
ROOMS = ("api", "evals", "graph", "ingest", "retrieval")
_FIRST = ("timestamp", "level", "event")
_STAMPED = (structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=False))
_running: list["_Listener"] = []
_log = structlog.get_logger("api")


def configure_logging(level: int = logging.INFO, *, secrets: Collection[str] = ()) -> None:
    """Send our own events of a level and above, and warnings of libraries, to standard error.

    Args:
        secrets: values that must not stand in any line.
    """
    flush_logging()
    structlog.configure(
        processors=[
            *_STAMPED,
            _caught,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    to_terminal = logging.StreamHandler(sys.stderr)
    to_terminal.setFormatter(_formatter(Scrubber(secrets), human=sys.stderr.isatty()))
    events: queue.Queue[logging.LogRecord] = queue.Queue(QUEUED)
    handler = _Queueing(events)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for room in ROOMS:
        logging.getLogger(room).setLevel(level)
    # what a stranger sends is no reason for a line, and what the application raised has been told with its incident
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    logging.getLogger("uvicorn.error").addFilter(_not_told_yet)
    logging.captureWarnings(True)
    sys.excepthook = _unforeseen
    threading.excepthook = lambda end: _unforeseen(end.exc_type, end.exc_value, end.exc_traceback)
    listener = _Listener(events, to_terminal, handler)
    listener.start()
    _running.append(listener)


def log_harmlessly() -> None:
    """Unless logging is configured, let no line show values of variables: for a service within another program."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            *_STAMPED,
            _caught,
            _wording(Scrubber(())),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )


def flush_logging() -> None:
    """Write what is queued; later events are lost until logging is configured again."""
    while _running:
        _running.pop().stop()


atexit.register(flush_logging)


def mark_told(error: BaseException, incident: str) -> None:
    """Note on an exception that the log tells of it already: whoever meets it further out need not."""
    error.add_note(f"incident {incident}")


def _not_told_yet(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not any(note.startswith("incident ") for note in getattr(error, "__notes__", ()))


def _caught(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The exception that is being handled: the thread that writes has another one, or none."""
    if event.get("exc_info") is True:
        event["exc_info"] = sys.exc_info()
    return event


def _unforeseen(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """What ends a program or a thread, as a line like any other."""
    if not issubclass(kind, KeyboardInterrupt | SystemExit):
        _log.error("unexpected end", thread=threading.current_thread().name, exc_info=(kind, error, trace))


class _Queueing(QueueHandler):
    """Hands events over as they are: they are worded by the one who writes them."""

    dropped = 0

    @override
    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record

    @override
    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            self.dropped += 1


class _Listener(QueueListener):
    """Writes, and tells now and then how much it was that could not be queued."""

    def __init__(self, events: "queue.Queue[logging.LogRecord]", out: logging.Handler, source: _Queueing) -> None:
        super().__init__(events, out)
        self._events = events
        self._source = source
        self._told = 0

    @override
    def handle(self, record: logging.LogRecord) -> None:
        super().handle(record)
        dropped = self._source.dropped
        if dropped > self._told and self._events.empty():
            lost, self._told = dropped - self._told, dropped
            super().handle(
                logging.LogRecord("api", logging.WARNING, __file__, 0, "%d events were not logged", (lost,), None)
            )


def _wording(scrubber: Scrubber) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    """Words an event: what matters first, secrets cut out, an exception without what it quotes."""

    def worded(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        raised = event.pop("exc_info", None)
        error = raised[1] if isinstance(raised, tuple) else raised
        names = [*_FIRST, *(name for name in event if name not in _FIRST and not name.startswith("_"))]
        told = {name: scrubber.value(name, event[name]) for name in names if name in event}
        if isinstance(error, BaseException):
            told["exception"] = scrubber.lines(exception_text(error))
        return told

    return worded


def _formatter(scrubber: Scrubber, *, human: bool) -> logging.Formatter:
    """Words events of our own and of libraries alike."""
    renderer = (
        structlog.dev.ConsoleRenderer(colors=True, exception_formatter=structlog.dev.plain_traceback)
        if human
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            *_STAMPED,
            structlog.stdlib.add_logger_name,
        ],
        processors=[_wording(scrubber), renderer],
    )
