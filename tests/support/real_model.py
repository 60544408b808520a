"""The real language model of ``make test-model``: llama.cpp's server started here, or the server of whoever runs it.

``QUIPU_TEST_LLM_PYTHON`` is the Python that has llama.cpp and the weights; ``QUIPU_TEST_LLM_URL`` is a server that runs
already on this machine, and ``QUIPU_TEST_LLM`` its model, written as in ``QUIPU_LLM``.
"""

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx
import processes
from llama_serving import NAME
from progress import wait_until

from api.server import free_port

SERVING = Path(__file__).parent / "llama_serving.py"
URL = os.environ.get("QUIPU_TEST_LLM_URL", "")
PYTHON = os.environ.get("QUIPU_TEST_LLM_PYTHON", "")
MISSING = "" if URL or PYTHON else "there is no real model: `make test-model` starts one, QUIPU_TEST_LLM_URL names one"


class LlamaServer:
    """llama.cpp's server in a process of its own: killed, frozen and started again on the port it had."""

    def __init__(self, folder: Path, *, window: int) -> None:
        self.port = free_port()
        self.log = folder / "llama.log"
        weights = Path(PYTHON).parent.parent / "weights" / f"{NAME}.gguf"
        self._command = [
            "nice", "-n", "10", PYTHON, str(SERVING), "--weights", str(weights), "--port", str(self.port),
            "--window", str(window),
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "LlamaServer":
        with self.log.open("ab") as log:
            self._process = processes.start(self._command, stdout=log, stderr=log)
        return self

    def wait_until_ready(self) -> "LlamaServer":
        wait_until(self._ready, "the start of llama.cpp's server", seen=processes.work)
        return self

    def kill(self) -> None:
        """SIGKILL: what is in hand is lost. A server that has been killed is left as it is."""
        if self._process is not None:
            processes.end(self._process)
            self._process = None

    def freeze(self) -> None:
        """SIGSTOP: connections stay open, and nothing moves."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on where it was."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"llama.cpp's server has ended: {self._end_of_log()}"
        try:
            return httpx.get(f"{self.url}/health", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def _end_of_log(self) -> str:
        return self.log.read_text(errors="replace")[-1000:]


def model_name() -> str:
    """The model as ``QUIPU_LLM`` names it."""
    return os.environ.get("QUIPU_TEST_LLM", "openai/model") if URL else f"openai/{NAME}"


def settings(url: str) -> dict[str, str]:
    """What makes a service use the model at an address."""
    return {"QUIPU_LLM": model_name(), "QUIPU_LLM_URL": url}


def quantisation(url: str, name: str) -> str:
    """As the server tells it; empty where it does not."""
    if name.startswith("ollama/"):
        asked = httpx.post(f"{url}/api/show", json={"model": name.removeprefix("ollama/")}, trust_env=False)
        return _text(_object(asked).get("details"), "quantization_level")
    return _text(_object(httpx.get(f"{url.removesuffix('/v1')}/props", trust_env=False)), "model_ftype")


def _object(answer: httpx.Response) -> Mapping[str, object]:
    try:
        found = answer.json() if answer.status_code == 200 else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _text(found: object, name: str) -> str:
    return str(found.get(name, "")) if isinstance(found, Mapping) else ""
