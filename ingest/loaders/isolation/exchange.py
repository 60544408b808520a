"""A cell as the service sees it: documents go in, answers come out, and its end is noticed or brought about."""

import io
import os
import select
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ingest.loaders.isolation.frames import before, read_frame
from ingest.loaders.isolation.outline import MEMBER
from ingest.loaders.isolation.parser_server import START
from ingest.ports import Wanted

_VERDICT_SECONDS = 10.0
_GLANCE = 0.5
"""Seconds between two looks at whether a document is still wanted."""
_PIECE = 1 << 20


class NoAnswer(Exception):
    """The cell gave none; the message is how it ended, as the parser process tells it: an exit status, -signal."""


class TooLate(Exception):
    """The cell took longer than it may."""


class NoLongerWanted(Exception):
    """The document is not wanted any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A document for a cell, and what is done with what comes back.

    ``most`` is bytes of the body of each frame. ``take`` gets each frame that holds a member, as it comes.
    """

    header: Mapping[str, object]
    data: bytes
    most: int
    seconds: float
    wanted: Wanted
    take: Callable[[Mapping[str, object], bytes], object]
    most_members: int


class Cell:
    """A process that reads documents, one after the other. Closing it ends that process.

    Raises:
        NoAnswer: the parser process is gone.
    """

    def __init__(self, process: socket.socket) -> None:
        self.asked = 0
        self._deadline = 0.0
        self._wanted: Wanted = lambda: True
        self._socket, theirs = socket.socketpair()
        self._verdict, telling = os.pipe()
        try:
            socket.send_fds(process, [START], [theirs.fileno(), telling])
        except OSError as error:
            self.close()
            raise NoAnswer("") from error
        finally:
            theirs.close()
            os.close(telling)
        self._socket.setblocking(False)

    def ask(self, question: Question) -> tuple[dict[str, object], bytes]:
        """Send a document; header and body of the answer, the last frame that comes.

        The time that ``take`` needs is not counted.

        Raises:
            NoAnswer, TooLate, NoLongerWanted: the cell is of no use any more. So it is after what ``take`` raises.
        """
        self.asked += 1
        self._deadline, self._wanted = time.monotonic() + question.seconds, question.wanted
        self._say(question)
        taken = 0
        while True:
            header, body = self._hear(question.most)
            if MEMBER not in header:
                return header, body
            taken += 1
            if taken > question.most_members:
                raise NoAnswer("too many members")
            started = time.monotonic()
            question.take(header, body)
            self._deadline += time.monotonic() - started

    def close(self) -> None:
        """Let go of it; once is enough."""
        if self._verdict >= 0:
            self._socket.close()
            os.close(self._verdict)
            self._verdict = -1

    def _say(self, question: Question) -> None:
        try:
            self._send(before(question.header, len(question.data)))
            self._send(question.data)
        except (OSError, ValueError) as error:
            raise NoAnswer(self._read_verdict()) from error

    def _hear(self, most: int) -> tuple[dict[str, object], bytes]:
        try:
            return read_frame(self._receive, most)
        except (EOFError, OSError, ValueError) as error:
            raise NoAnswer(self._read_verdict()) from error

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._await(select.POLLOUT)
            view = view[self._socket.send(view[:_PIECE]) :]

    def _receive(self, size: int) -> bytes:
        data = io.BytesIO()  # gives its bytes without a copy of them
        while data.tell() < size:
            self._await(select.POLLIN)
            piece = self._socket.recv(min(size - data.tell(), _PIECE))
            if not piece:
                raise EOFError
            data.write(piece)
        return data.getvalue()

    def _await(self, event: int) -> None:
        poll = select.poll()
        poll.register(self._socket, event)
        while not poll.poll(1000 * max(0.0, min(_GLANCE, self._deadline - time.monotonic()))):
            if not self._wanted():
                raise NoLongerWanted
            if time.monotonic() >= self._deadline:
                raise TooLate

    def _read_verdict(self) -> str:
        """How the cell ended; empty where the parser process cannot tell."""
        poll = select.poll()
        poll.register(self._verdict, select.POLLIN)
        self._socket.close()
        if not poll.poll(1000 * _VERDICT_SECONDS):
            return ""
        return os.read(self._verdict, 256).decode("utf-8", "replace")
