"""Processes that tests start: each ends with the test run, even one that is killed, and is waited for patiently."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import psutil
from progress import wait_until

_LAUNCHER = Path(__file__).parent / "ending_with.py"
_WORTH_NOTING = 5.0
"""Seconds of processor time that count as progress: more than it takes to tell those who ask that there is none."""


class Process(Protocol):
    """As much of ``subprocess.Popen`` as is needed of any process that was started."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None:
        """How it ended; None while it runs."""

    def wait(self) -> int:
        """How it ended, once it has."""

    def send_signal(self, number: int, /) -> None:
        """Nothing where it has ended."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it."""


def start(command: Sequence[str | Path], **options: Any) -> "subprocess.Popen[bytes]":
    """``subprocess.Popen``, and the process ends with this one at the latest."""
    launched = [sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid()), *map(str, command)]
    return subprocess.Popen(launched, **options)


def run(
    command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """A command from start to end, with what it said; it may take as long as it works."""
    return finished(lambda out, errors: start(command, env=env, cwd=cwd, stdout=out, stderr=errors), command)


def finished(begin: Callable[[int, int], Process], command: Sequence[str | Path]) -> "subprocess.CompletedProcess[str]":
    """As ``run``, of what ``begin`` starts with two descriptors for what it says."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = begin(out.fileno(), errors.fileno())

        def seen() -> tuple[int, str]:
            return work(), f"{_text(out)[-1000:]}{_text(errors)[-2000:]}"

        try:
            wait_until(lambda: process.poll() is not None, f"the end of {' '.join(map(str, command))}", seen=seen)
        finally:
            end(process)
        return subprocess.CompletedProcess(command, process.wait(), _text(out), _text(errors))


def end(process: Process) -> None:
    """Kill a process that still runs, and wait for its end. One that has ended is left as it is."""
    process.kill()
    process.wait()


def work() -> int:
    """What all processes started from here have done so far, in steps too large for those that wait and are asked."""
    seconds = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            times = process.cpu_times()
        except psutil.Error:  # it has just ended
            continue
        seconds += times.user + times.system
    return int(seconds / _WORTH_NOTING)


def _text(file: Any) -> str:
    size = os.fstat(file.fileno()).st_size
    return os.pread(file.fileno(), size, 0).decode(errors="replace")
