"""Starts services in a second instead of ten: the libraries are imported once, and each service is a fork of that.

A service that is killed again and again is the same process otherwise: it opens its own files, and loads its own model.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PR_SET_PDEATHSIG = 1


class Starter:
    """A process that forks services. All of them end with it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.warm_start"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, settings: Mapping[str, str], log: Path) -> int:
        """The process id of a new service."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the starter has no pipes")
        self._process.stdin.write(json.dumps({"settings": dict(settings), "log": str(log)}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End it, and all it has started."""
        self._process.kill()
        self._process.wait()


def main() -> None:
    """Fork a service for each line of standard input; print its process id."""
    import faiss  # noqa: F401
    import sentence_transformers  # noqa: F401

    import api.cli.app
    import api.server

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    own = os.getpid()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != own:
                os._exit(1)
            log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            null = os.open(os.devnull, os.O_RDONLY)
            for number, handle in enumerate((null, log, log)):
                os.dup2(handle, number)
            os.environ.update(order["settings"])
            sys.argv = ["quipu", "serve"]
            api.cli.app.main()
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
