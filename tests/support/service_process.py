"""A real service process on a random loopback port, over its own data folder; ended by whoever started it.

With ``QUIPU_TEST_STORE=neo4j`` each that names no graph has a Neo4j of its own: so the whole e2e suite runs over it.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from neo4j_server import Neo4jServer

from api.server import free_port

ROOT = Path(__file__).parents[2]
NETGUARD = Path(__file__).parent / "netguard"


class ServiceProcess:
    """``python -m api serve`` with the network guard of the tests loaded into it."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self._settings = settings
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._neo4j: Neo4jServer | None = None
        self._ends_neo4j = False
        if os.environ.get("QUIPU_TEST_STORE") == "neo4j" and "QUIPU_GRAPH_URL" not in settings:
            self._neo4j = Neo4jServer.over(data_dir.parent / f"{data_dir.name}-neo4j")
            self._settings = {**self._neo4j.settings(), **settings}
        self.http = httpx.Client(timeout=60, trust_env=False)
        self.log = data_dir.parent / f"{data_dir.name}.log"

    def environment(self) -> dict[str, str]:
        if self._neo4j is not None:
            self._ends_neo4j |= self._neo4j.start_if_down()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QUIPU_")}
        return {
            **kept, "QUIPU_DATA_DIR": str(self.data_dir), "QUIPU_PORT": str(self.port),
            "PYTHONPATH": os.pathsep.join([str(NETGUARD), str(ROOT)]), **self._settings,
        }  # fmt: skip

    def start(self, *, ready: bool = True) -> "ServiceProcess":
        self.port = free_port()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "api", "serve"], env=self.environment(), cwd=self.data_dir.parent, stderr=log,
                stdout=log,
            )  # fmt: skip
        self.http.base_url = httpx.URL(f"http://127.0.0.1:{self.port}")
        if ready:
            self.wait_until_ready()
        return self

    def wait_until_ready(self, seconds: float = 120.0) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process is not None and self._process.poll() is not None:
                raise AssertionError(f"the service ended: {self.log.read_text()[-2000:]}")
            try:
                if self.http.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"not ready after {seconds} s: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """As power loss would: no goodbye."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """End it gently; its exit code."""
        if self._process is None:
            return 0
        self._process.terminate()
        code = self._process.wait(30)
        self._process = None
        return code

    def close(self) -> None:
        self.kill()
        self.http.close()
        if self._neo4j is not None and self._ends_neo4j:
            self._neo4j.stop()

    def upload(self, *documents: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.http.post("/v1/documents", json={"documents": list(documents)})
        assert answer.status_code == 202, answer.text
        return list(answer.json()["documents"])

    def job(self, job_id: str, seconds: float = 120.0) -> dict[str, Any]:
        """A job once it has ended."""
        deadline = time.monotonic() + seconds
        while True:
            found: dict[str, Any] = self.http.get(f"/v1/jobs/{job_id}").json()
            if found["state"] in {"done", "failed", "cancelled"}:
                return found
            assert time.monotonic() < deadline, found
            time.sleep(0.02)

    def put(self, document_id: str, text: str, **more: Any) -> dict[str, Any]:
        """Write a document and wait until it can be read; its job."""
        body = {"documents": [{"text": text, **more}]}
        answer = self.http.put(f"/v1/documents/{document_id}", json=body)
        assert answer.status_code == 202, answer.text
        return self.job(answer.json()["documents"][0]["job_id"])

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
