"""A process with a terminal of its own, as somebody has who types: what it shows, keys, and how it ends."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

import processes
from progress import wait_until

_LAUNCH = ("env", "--default-signal=INT", "setsid", "--ctty")
"""Whoever runs the tests in the background ignores Ctrl-C, and what it starts would, too."""
CTRL_C, CTRL_D, UP = "\x03", "\x04", "\x1b[A"


class AtATerminal:
    """A command at a terminal of 80 columns; ended by whoever started it."""

    def __init__(self, command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path) -> None:
        self._keys, screen = pty.openpty()
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        os.set_blocking(self._keys, False)
        self._shown = b""
        self._read_until = 0
        self._process: subprocess.Popen[bytes] = processes.start(
            [*_LAUNCH, *command], env={**env, "TERM": "xterm"}, cwd=cwd,
            stdin=screen, stdout=screen, stderr=screen,
        )  # fmt: skip
        os.close(screen)

    def __enter__(self) -> "AtATerminal":
        return self

    def __exit__(self, *_: object) -> None:
        processes.end(self._process)
        os.close(self._keys)

    @property
    def shown(self) -> str:
        """Everything so far, with what drives the terminal."""
        self._take()
        return self._shown.decode(errors="replace")

    def until(self, text: str) -> None:
        """Wait for a text that comes after the one waited for before."""

        def there() -> bool:
            at = self.shown.find(text, self._read_until)
            if at >= 0:
                self._read_until = at + len(text)
            return at >= 0

        def found() -> bool:
            if there():
                return True
            if self._process.poll() is not None and not there():
                raise AssertionError(f"it ended before {text!r}: {self.shown[-2000:]}")
            return False

        wait_until(found, repr(text), seen=self._signs)

    def type(self, keys: str) -> None:
        os.write(self._keys, keys.encode())

    def ended(self) -> int:
        """Wait for the end; the exit code."""

        def over() -> bool:
            self._take()
            return self._process.poll() is not None

        wait_until(over, "the end of the command", seen=self._signs)
        return self._process.returncode

    def _signs(self) -> tuple[int, int, str]:
        return len(self._shown), processes.work(), self._shown[-500:].decode(errors="replace")

    def _take(self) -> None:
        while True:
            try:
                piece = os.read(self._keys, 65536)
            except (BlockingIOError, OSError):  # nothing yet, or nobody has the other side open any more
                return
            if not piece:
                return
            self._shown += piece
