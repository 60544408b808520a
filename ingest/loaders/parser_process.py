"""Every parser in a process of its own: confined, bounded in time, memory and text, restarted when it dies.

That process (:mod:`ingest.loaders.isolation.parser_server`) forks cells of documents; here is the service's side.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

import structlog

from graph.errors import DependencyError, ParserCrashed, QuipuError, Superseded, TooDemanding
from ingest.loaders.isolation.answers import raise_error, read_document, read_drawn, read_member, read_recognised
from ingest.loaders.isolation.exchange import Cell, NoAnswer, NoLongerWanted, Question, TooLate
from ingest.loaders.page_views import DrawnPage, PageView
from ingest.loaders.reading_limits import DEFAULT_LIMITS, MIB, ReadingLimits
from ingest.member_ports import Take
from ingest.model import LoadedDocument, Source
from ingest.outcomes import RecognisedPage
from ingest.ports import Wanted

AT_ONCE = 2
"""Documents that are read at the same time; each may take its share of memory."""
TRIES = 2
"""How often a document is tried whose cell dies: once may have been the machine's fault."""
SHARING = frozenset({"text/plain", "text/markdown"})
"""What may be read by a cell that has read others: parsers in Python alone, which no document can take over."""
SHARED_BY = 500
START_SECONDS = 120.0
DRAWN_SECONDS = 30.0
"""Somebody waits before the screen, for a turn too."""
MOST_PICTURE = 64 * MIB
MOST_RECOGNISED = MIB
_BOOT = (
    "import sys; sys.path[:0] = sys.argv[1:2]; from ingest.loaders.isolation.parser_server import main;"
    " main('recognising' in sys.argv)"
)
_ENVIRONMENT = {
    "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ORT_DISABLE_TELEMETRY": "1",
}  # fmt: skip
_log = structlog.get_logger()


class ParserProcess:
    """Loads documents in a child process, a few at a time; thread-safe.

    Args:
        limits: of each document.
        recognising: whether it recognises the text of pictures, one at a time, and loads no documents: what that
            takes is heavy, and is started for whoever needs it.
    """

    def __init__(self, limits: ReadingLimits = DEFAULT_LIMITS, *, recognising: bool = False) -> None:
        self._limits = limits
        self._recognising = recognising
        self._turns = threading.BoundedSemaphore(1 if recognising else AT_ONCE)
        self._drawing = threading.BoundedSemaphore()
        self._starting = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._idle: list[Cell] = []
        self._closed = False
        self.protections: Mapping[str, bool] = {}
        """What the running process has given up, by name, True where that holds; empty while none runs."""

    def start(self) -> None:
        """Start the process beside what goes on, so that the first document need not wait for it."""
        threading.Thread(target=self._start_quietly, name="parser-start", daemon=True).start()

    def held(self) -> str:
        """What keeps documents from harm here, and what is missing, in one line. Starts the process where none runs."""
        self._running()
        missing = _names(self.protections, False)
        return _names(self.protections, True) + ("" if missing == "none" else f"; missing: {missing}")

    def load(
        self, source: Source, wanted: Wanted = lambda: True, take: Take = lambda _: None
    ) -> LoadedDocument:  # fmt: skip
        """Text and sections of a file, and the documents that it holds, as an InterruptibleLoader gives them."""

        def taken(header: Mapping[str, object], body: bytes) -> None:
            if not wanted():
                raise NoLongerWanted
            take(read_member(source, header, body))

        most = max(self._limits.most_text(len(source.data)), self._limits.member)
        header, body = self._ask(source, {}, most, wanted, taken)
        self._limits.check_text(source.name, len(source.data), len(body))
        return read_document(source, header, body)

    def picture(self, source: Source, page: int) -> bytes:
        """One page as a JPEG picture; pages count from 1, a picture is its only page. Raises as ``load`` does."""
        header, data = self._ask(source, {"page": page}, MOST_PICTURE, lambda: True)
        raise_error(header)
        return data

    def draw(self, source: Source, view: PageView) -> DrawnPage:
        """One page for people to look at: one at a time, beside what is read. Raises as ``load`` does."""
        until = time.monotonic() + DRAWN_SECONDS
        try:
            header, data = self._ask(source, {"view": asdict(view)}, MOST_PICTURE, lambda: time.monotonic() < until)
        except Superseded as error:
            raise DependencyError(
                f"page {view.page} of {source.name!r} was not drawn in {DRAWN_SECONDS:g} s"
            ) from error
        return read_drawn(source, view.page, header, data)

    def recognise(self, source: Source, page: int) -> RecognisedPage:
        """The text of one page that is a picture; for a process that recognises. Raises as ``load`` does."""
        header, text = self._ask(source, {"page": page, "recognise": True}, MOST_RECOGNISED, lambda: True)
        return read_recognised(source, header, text)

    def close(self) -> None:
        """End the process; what is being read is not read to its end."""
        self._closed = True
        self._end()

    def _ask(
        self, source: Source, more: Mapping[str, object], most: int, wanted: Wanted,
        take: Callable[[Mapping[str, object], bytes], object] = lambda *_: None,
    ) -> tuple[dict[str, object], bytes]:  # fmt: skip
        limits = self._limits.grown(len(source.data))
        header = {
            "name": source.name, "media_type": source.media_type, "limits": limits.as_numbers(), **more,
        }  # fmt: skip
        question = Question(
            header=header, data=source.data, most=most, seconds=limits.seconds, wanted=wanted, take=take,
            most_members=self._limits.members,
        )  # fmt: skip
        how = ""
        with self._turn(source, wanted, self._drawing if "view" in more else self._turns):
            for attempt in range(TRIES):
                try:
                    with self._cell(source.kind in SHARING and not attempt) as cell:
                        return cell.ask(question)
                except NoLongerWanted:
                    raise _unwanted(source) from None
                except TooLate:
                    raise _late(source, limits) from None
                except NoAnswer as error:
                    how = str(error)
                if self._closed:
                    raise DependencyError("the service is stopping")
                _log.warning("the cell of a document died", media_type=source.kind, how=_how(how))
        if how == f"-{signal.SIGXCPU:d}":
            raise _late(source, limits)
        raise ParserCrashed(f"{source.name!r} could not be read: its parser died {TRIES} times, at last by {_how(how)}")

    @contextmanager
    def _turn(self, source: Source, wanted: Wanted, turns: threading.Semaphore) -> Iterator[None]:
        while not turns.acquire(timeout=1.0):
            if not wanted():
                raise _unwanted(source)
        try:
            yield
        finally:
            turns.release()

    @contextmanager
    def _cell(self, sharing: bool) -> Iterator[Cell]:
        """A cell, new or, for those that may share one, left over; kept for others where it did its work."""
        with self._starting:
            cell = self._idle.pop() if sharing and self._idle else None
        cell = cell or Cell(self._running())
        kept = False
        try:
            yield cell
            kept = sharing and cell.asked < SHARED_BY
        finally:
            with self._starting:
                if kept and not self._closed:
                    self._idle.append(cell)
                else:
                    cell.close()

    def _start_quietly(self) -> None:
        with suppress(QuipuError):  # the first document tells
            self._running()

    def _running(self) -> socket.socket:
        """The way to the process, which is started where it does not run."""
        with self._starting:
            if self._closed:
                raise DependencyError("the service is stopping")
            if self._child is not None and self._control is not None and self._child.poll() is None:
                return self._control
            self._end()
            control, theirs = socket.socketpair()
            try:
                self._child = subprocess.Popen(  # noqa: S603 our own program, and only our own path in it
                    [
                        sys.executable, "-I", "-X", "utf8", "-c", _BOOT, str(Path(__file__).resolve().parents[2]),
                        *(["recognising"] if self._recognising else []),
                    ],
                    stdin=theirs.fileno(), stdout=subprocess.DEVNULL, cwd="/", start_new_session=True,
                    env=_ENVIRONMENT,
                )  # fmt: skip
            except OSError as error:
                control.close()
                raise DependencyError(f"the parser process cannot be started: {error}") from error
            finally:
                theirs.close()
            self._control = control
            self.protections = _greeting(self._child, control)
            if self._closed:
                self._end()
                raise DependencyError("the service is stopping")
            _log.info(
                "parser process ready", held=_names(self.protections, True), missing=_names(self.protections, False)
            )
            return control

    def _end(self) -> None:
        child, control = self._child, self._control
        while self._idle:
            self._idle.pop().close()
        self._child, self._control, self.protections = None, None, {}
        if child is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        if control is not None:
            control.close()


def _greeting(child: "subprocess.Popen[bytes]", control: socket.socket) -> Mapping[str, bool]:
    """What the process says once it is ready. Raises DependencyError."""
    said = b""
    try:
        control.settimeout(START_SECONDS)
        while not said.endswith(b"\n"):
            piece = control.recv(4096)
            if not piece:
                raise DependencyError(f"the parser process ended before it was ready ({child.wait()})")
            said += piece
    except TimeoutError as error:
        child.kill()
        raise DependencyError(f"the parser process was not ready within {START_SECONDS:g} s") from error
    except OSError as error:  # or closed meanwhile
        raise DependencyError(f"the parser process ended before it was ready: {error}") from error
    held: dict[str, bool] = json.loads(said)
    return held


def _names(protections: Mapping[str, bool], held: bool) -> str:
    return ", ".join(name for name, holds in protections.items() if holds is held) or "none"


def _how(verdict: str) -> str:
    """How a cell ended, for a person."""
    if verdict.startswith("-"):
        return signal.strsignal(-int(verdict)) or f"signal {verdict[1:]}"
    return f"exit status {verdict}" if verdict.isdigit() else verdict or "an end of the parser process"


def _late(source: Source, limits: ReadingLimits) -> TooDemanding:
    return TooDemanding(f"{source.name!r} could not be read within {limits.seconds:g} s")


def _unwanted(source: Source) -> Superseded:
    return Superseded(f"{source.name!r} was withdrawn or cancelled while it was read")
