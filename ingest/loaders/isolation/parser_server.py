"""The parser process itself: confined, with every parser loaded, it forks the cells of documents.

A document that kills its cell, or takes it over, reaches no other: only text formats share a cell. For each the
service sends a socket for documents and the writing end of a pipe, on which it is told how the cell ended; where the
service closes that pipe, the cell is ended. The process ends with its control socket, which is its standard input.
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

from ingest.loaders.isolation.confinement import OPEN_FILES, confine_process, leave_network

START = b"r"
"""What goes with the two descriptors of a cell."""
_CONTROL, _DOCUMENT, _ALIVE = 0, 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """A cell at work; ``alive`` is a pipe that closes with it, ``verdict`` where its end is told."""

    pid: int
    alive: int
    verdict: int


def main(recognising: bool = False) -> None:
    """Load, confine, then serve until the service is gone.

    Args:
        recognising: whether it is pictures that will be read here, and not documents. What recognises them is loaded
            only where there is no network any more.
    """
    from ingest.loaders.isolation.reading import warm_up, warm_up_recognition

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=_CONTROL)
    if recognising:
        leave_network()
        warm_up_recognition()
    else:
        warm_up()
    held = confine_process()
    os.dup2(1, 2)  # what kept it from starting may be said; what a parser says of a document goes nowhere
    control.sendall(json.dumps(held).encode() + b"\n")
    gc.collect()
    gc.freeze()  # what is never touched again stays shared with every cell
    _Forking(control).serve()


class _Forking:
    """Starts cells, ends those that are no longer wanted, and tells how each ended."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._cells: dict[int, _Cell] = {}

    def serve(self) -> None:
        """Until the service is gone."""
        while True:
            # the control socket last: what it brings may have the numbers of descriptors that were closed just now
            for descriptor, _ in sorted(self._poll.poll(), reverse=True):
                if descriptor == _CONTROL:
                    if not self._accept():
                        return self._end_all()
                elif descriptor in self._cells:
                    self._ended(descriptor)
                else:
                    self._unwanted(descriptor)

    def _accept(self) -> bool:
        """Fork a cell; False once the service is gone."""
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
            _become_cell(document, held, parent)
        os.close(document)
        os.close(held)
        self._cells[alive] = _Cell(pid=pid, alive=alive, verdict=verdict)
        self._poll.register(alive, select.POLLIN)
        self._poll.register(verdict, 0)  # an error there: the service has closed its end
        return True

    def _ended(self, alive: int) -> None:
        cell = self._cells[alive]
        status = os.waitstatus_to_exitcode(os.waitpid(cell.pid, 0)[1])
        self._forget(cell)
        _tell(cell.verdict, str(status))

    def _unwanted(self, verdict: int) -> None:
        for cell in [each for each in self._cells.values() if each.verdict == verdict]:
            os.kill(cell.pid, signal.SIGKILL)
            os.waitpid(cell.pid, 0)
            self._forget(cell)
            os.close(verdict)

    def _forget(self, cell: _Cell) -> None:
        self._poll.unregister(cell.alive)
        self._poll.unregister(cell.verdict)
        os.close(cell.alive)
        del self._cells[cell.alive]

    def _end_all(self) -> None:
        for cell in self._cells.values():
            os.kill(cell.pid, signal.SIGKILL)


def _tell(verdict: int, word: str) -> None:
    with suppress(BrokenPipeError):
        os.write(verdict, word.encode())
    os.close(verdict)


def _become_cell(document: int, held: int, parent: int) -> NoReturn:
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
