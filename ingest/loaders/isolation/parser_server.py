"""The parser process itself: confined, with every parser loaded, it forks the readers of documents.

A document that kills its reader, or takes it over, reaches no other: only text formats share a reader. For each the
service sends a socket for documents and the writing end of a pipe, on which it is told how the reader ended; where the
service closes that pipe, the reader is ended. The process ends with its control socket, which is its standard input.
"""

import fcntl
import gc
import json
import os
import select
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from ingest.loaders.isolation.confinement import OPEN_FILES, confine_process

START = b"r"
"""What goes with the two descriptors of a reader."""
_CONTROL, _DOCUMENT, _ALIVE = 0, 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """A reader at work; ``alive`` is a pipe that closes with it, ``verdict`` where its end is told."""

    pid: int
    alive: int
    verdict: int


def main() -> None:
    """Load, confine, then serve until the service is gone."""
    from ingest.loaders.isolation.reading import warm_up

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=_CONTROL)
    warm_up()
    held = confine_process()
    os.dup2(1, 2)  # what kept it from starting may be said; what a parser says of a document goes nowhere
    control.sendall(json.dumps(held).encode() + b"\n")
    gc.collect()
    gc.freeze()  # what is never touched again stays shared with every reader
    _Forking(control).serve()


class _Forking:
    """Starts readers, ends those that are no longer wanted, and tells how each ended."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._readers: dict[int, _Reader] = {}

    def serve(self) -> None:
        """Until the service is gone."""
        while True:
            # the control socket last: what it brings may have the numbers of descriptors that were closed just now
            for descriptor, _ in sorted(self._poll.poll(), reverse=True):
                if descriptor == _CONTROL:
                    if not self._accept():
                        return self._end_all()
                elif descriptor in self._readers:
                    self._ended(descriptor)
                else:
                    self._unwanted(descriptor)

    def _accept(self) -> bool:
        """Fork a reader; False once the service is gone."""
        message, descriptors, _, _ = socket.recv_fds(self._control, len(START), 2)
        if message != START or len(descriptors) != 2:
            return False
        document, verdict = descriptors
        alive, held = os.pipe()
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            for descriptor in (document, alive, held):
                os.close(descriptor)
            _tell(verdict, f"no process: {error.strerror}")
            return True
        if pid == 0:
            _become_reader(document, held, parent)
        os.close(document)
        os.close(held)
        self._readers[alive] = _Reader(pid=pid, alive=alive, verdict=verdict)
        self._poll.register(alive, select.POLLIN)
        self._poll.register(verdict, 0)  # an error there: the service has closed its end
        return True

    def _ended(self, alive: int) -> None:
        reader = self._readers[alive]
        status = os.waitstatus_to_exitcode(os.waitpid(reader.pid, 0)[1])
        self._forget(reader)
        _tell(reader.verdict, str(status))

    def _unwanted(self, verdict: int) -> None:
        for reader in [each for each in self._readers.values() if each.verdict == verdict]:
            os.kill(reader.pid, signal.SIGKILL)
            os.waitpid(reader.pid, 0)
            self._forget(reader)
            os.close(verdict)

    def _forget(self, reader: _Reader) -> None:
        self._poll.unregister(reader.alive)
        self._poll.unregister(reader.verdict)
        os.close(reader.alive)
        del self._readers[reader.alive]

    def _end_all(self) -> None:
        for reader in self._readers.values():
            os.kill(reader.pid, signal.SIGKILL)


def _tell(verdict: int, word: str) -> None:
    with suppress(BrokenPipeError):
        os.write(verdict, word.encode())
    os.close(verdict)


def _become_reader(document: int, held: int, parent: int) -> NoReturn:
    """Keep the document and the pipe that says this process lives; close all else."""
    from ingest.loaders.isolation.reading import read_documents

    status = 1
    try:
        high = [fcntl.fcntl(each, fcntl.F_DUPFD, OPEN_FILES // 2) for each in (document, held)]
        os.dup2(1, _CONTROL)
        for place, descriptor in zip((_DOCUMENT, _ALIVE), high, strict=True):
            os.dup2(descriptor, place)
        os.closerange(_ALIVE + 1, OPEN_FILES)
        read_documents(_DOCUMENT, parent)
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
