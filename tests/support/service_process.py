"""A real service process on a random loopback port, over its own data folder; ended by whoever started it.

With ``QUIPU_TEST_STORE=neo4j`` each that names no graph has a Neo4j of its own: so the whole e2e suite runs over it.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import httpx
import processes
from neo4j_server import Neo4jServer
from progress import STILL_SECONDS, wait_until
from warm_process import HASHED_VECTORS, Forking

from api.server import free_port
from graph.embedders.e5_embedder import E5Embedder
from graph.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
NETGUARD = Path(__file__).parent / "netguard"
PATIENCE_SECONDS = 300.0
"""For one answer: every wait of the service ends sooner, on a slow machine too."""
T = TypeVar("T")


def _quick() -> dict[str, str]:
    try:
        E5Embedder()
    except ConfigurationError:
        return {}
    return {"QUIPU_EMBEDDER": "e5", HASHED_VECTORS: "true"}


QUICK = _quick()
"""Settings of a service that starts in a second where this machine can: its embedder needs no torch, whose libraries
take six. It is forked (``ServiceProcess.forking``), and its vectors are hashed words in place of that embedder's, which
takes 0.07 s of processor time for a sentence and 0.3 s for a paragraph: for tests in which it matters little by which
vectors passages are found."""


class ServiceProcess:
    """``python -m api serve`` with the network guard of the tests loaded into it."""

    forking: ClassVar[Forking | None] = None
    """What services with hashed vectors, as ``QUICK`` has them, and their commands are forked from; None: each is a
    process from the beginning, with the vectors of its embedder."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self._settings = settings
        self.port = free_port()  # until it starts; then another that is free by then
        self._process: processes.Process | None = None
        self._neo4j: Neo4jServer | None = None
        self._ends_neo4j = False
        if os.environ.get("QUIPU_TEST_STORE") == "neo4j" and "QUIPU_GRAPH_URL" not in settings:
            self._neo4j = Neo4jServer.over(data_dir.parent / f"{data_dir.name}-neo4j")
            self._settings = {**self._neo4j.settings(), **settings}
        self.http = httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False)
        self.log = data_dir.parent / f"{data_dir.name}.log"

    def environment(self) -> dict[str, str]:
        if self._neo4j is not None:
            self._ends_neo4j |= self._neo4j.start_if_down()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QUIPU_")}
        return {
            **kept, "QUIPU_DATA_DIR": str(self.data_dir), "QUIPU_PORT": str(self.port), "QUIPU_RESERVE_MIB": "1",
            "PYTHONPATH": os.pathsep.join([str(NETGUARD), str(ROOT)]), **self._settings,
        }  # fmt: skip

    def __enter__(self) -> "ServiceProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, *, ready: bool = True) -> "ServiceProcess":
        self.port = free_port()
        with self.log.open("ab") as log:
            self._process = self.begin("serve", env=self.environment(), stdout=log.fileno(), stderr=log.fileno())
        self.http.base_url = httpx.URL(f"http://127.0.0.1:{self.port}")
        with ExitStack() as undone:
            undone.callback(self.kill)
            if ready:
                self.wait_until_ready()
            undone.pop_all()
        return self

    def wait_until_ready(self) -> None:
        self.until(lambda: self.readiness() == (200, "ready"), "readiness", seen=self.readiness)

    def readiness(self) -> tuple[int, str]:
        """The status of ``/readyz``, 0 where nobody answers, and the cause of it or a word."""
        try:
            answer = self.http.get("/readyz")
        except httpx.TransportError as error:
            return 0, type(error).__name__
        return answer.status_code, str(answer.json().get("detail", answer.json()["status"]))

    def until(
        self,
        found: Callable[[], T],
        what: str,
        *,
        seen: Callable[[], object] = lambda: None,
        still: float = STILL_SECONDS,
    ) -> T:
        """The first result of ``found`` that is true, however long the service works for it; it must not end meanwhile.

        ``seen``: what tells how far it is, beside the log and the work done.
        """

        def found_or_ended() -> T:
            if self._process is not None and self._process.poll() is not None:
                raise AssertionError(f"{what}: the service ended: {self._end_of_log()}")
            return found()

        try:
            return wait_until(found_or_ended, what, seen=lambda: (seen(), *self._signs()), still=still)
        except AssertionError as error:
            error.add_note(f"the end of the log: {self._end_of_log()}")
            raise

    def kill(self) -> None:
        """As power loss would: no goodbye."""
        if self._process is not None:
            processes.end(self._process)
            self._process = None

    @property
    def origin(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Of the process that serves; 0 where none runs."""
        return self._process.pid if self._process is not None else 0

    def signal(self, number: int) -> None:
        """Send a signal to it, and do not wait."""
        if self._process is not None:
            self._process.send_signal(number)

    def stop(self) -> int:
        """End it gently; its exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.terminate()
        try:
            wait_until(lambda: process.poll() is not None, "the end of the service", seen=self._signs)
        finally:
            processes.end(process)
        return process.wait()

    def close(self) -> None:
        self.kill()
        self.http.close()
        if self._neo4j is not None and self._ends_neo4j:
            self._neo4j.stop()

    def read(self, path: str, **options: Any) -> Any:
        """What a GET answers; anything but success fails, and says why."""
        answer = self.http.get(path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def upload(self, *documents: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.http.post("/v1/documents", json={"documents": list(documents)})
        assert answer.status_code == 202, answer.text
        return list(answer.json()["documents"])

    def job(self, job_id: str, still: float = STILL_SECONDS) -> dict[str, Any]:
        """A job once it has ended."""
        found: dict[str, Any] = {}

        def ended() -> bool:
            found.update(self.read(f"/v1/jobs/{job_id}"))
            return found["state"] in {"done", "failed", "cancelled"}

        self.until(ended, f"the end of job {job_id}", seen=lambda: dict(found), still=still)
        return found

    def put(self, document_id: str, text: str, **more: Any) -> dict[str, Any]:
        """Write a document and wait until it can be read; its job."""
        body = {"documents": [{"text": text, **more}]}
        answer = self.http.put(f"/v1/documents/{document_id}", json=body)
        assert answer.status_code == 202, answer.text
        return self.job(answer.json()["documents"][0]["job_id"])

    def delete(self, path: str, **options: Any) -> Any:
        """The receipt of a DELETE that must succeed; None where there is nothing to say."""
        answer = self.http.delete(path, **options)
        assert answer.status_code in {200, 204}, answer.text
        return answer.json() if answer.content else None

    def quipu(self, *arguments: str, running: bool = True, **settings: str) -> "subprocess.CompletedProcess[str]":
        """A command with the settings of this service and some more; it is told where it runs if ``running``."""
        address = {"QUIPU_URL": str(self.http.base_url)} if running else {}
        return self._run(*arguments, env={**self.environment(), **address, **settings}, cwd=ROOT)

    def refusal(self) -> str:
        """What it says when it refuses to start."""
        ran = self._run("serve", env=self.environment())
        assert ran.returncode == 2, (ran.returncode, ran.stderr)
        return ran.stderr.strip()

    def _run(self, *arguments: str, **where: Any) -> "subprocess.CompletedProcess[str]":
        """A command of Quipu from start to end."""
        return processes.finished(
            lambda out, errors: self.begin(*arguments, stdout=out, stderr=errors, **where), arguments
        )

    def begin(
        self, *arguments: str, env: dict[str, str], stdout: int, stderr: int, cwd: Path | None = None
    ) -> processes.Process:
        """Start a command of Quipu, and do not wait for it."""
        cwd = cwd or self.data_dir.parent
        if self.forking is not None and HASHED_VECTORS in env:
            return self.forking.start(arguments, env=env, cwd=cwd, stdout=stdout, stderr=stderr)
        command = [sys.executable, "-m", "api", *arguments]
        return processes.start(command, env=env, cwd=cwd, stdout=stdout, stderr=stderr)

    def check(self) -> None:
        """Fail unless store, view, register, bytes and jobs agree."""
        answer = self.http.post("/v1/verify", json={})
        assert answer.status_code == 200, answer.text
        assert answer.json()["sound"], [one for one in answer.json()["checks"] if one["wrong"]]

    def ask(self, question: str, **more: Any) -> dict[str, Any]:
        answer = self.http.post("/v1/ask", json={"question": question, **more})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _signs(self) -> tuple[int, int]:
        """The length of the log, and the work done: one of them grows while a service, or its database, gets on."""
        return self.log.stat().st_size if self.log.exists() else 0, processes.work()

    def _end_of_log(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
