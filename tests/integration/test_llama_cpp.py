"""Real loading code and a real protocol: llama.cpp's Python server over a tiny LLaMA with random weights.

Needs the extra ``llamacpp``, which compiles llama.cpp; skipped where it is not installed.
"""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator

import anyio
import httpx
import processes
import pytest
from progress import wait_until
from tiny_llama import write_tiny_llama

from api.language_models import build_language_model
from api.server import free_port
from api.settings import Settings
from graph.errors import DependencyError
from graph.ports.models import LanguageModel
from graph.prompting import Completion, Prompt

pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("llama_cpp", "gguf")),
    reason="llama.cpp is not installed; see the extra 'llamacpp'",
)
SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 8},
        "kinds": {"type": "array", "items": {"enum": ["mill", "bridge"]}, "minItems": 2, "maxItems": 2},
    },
    "required": ["name", "kinds"],
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageModel]:
    path = tmp_path_factory.mktemp("llama") / "tiny.gguf"
    write_tiny_llama(path)
    port = free_port()
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(path), "--n_ctx", "2048", "--port", str(port)]
    with path.with_suffix(".log").open("wb") as log, processes.start(command, stdout=log, stderr=log) as server:
        try:
            _wait(port, server)
            url = f"http://127.0.0.1:{port}"
            settings = Settings(llm="openai/tiny", llm_url=url, llm_context_tokens=2048, llm_timeout_seconds=60)
            made = build_language_model("openai/tiny", settings)
            assert made is not None
            yield made
        finally:
            processes.end(server)


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    def answers() -> bool:
        assert server.poll() is None, "llama.cpp's server has ended"
        try:
            httpx.get(f"http://127.0.0.1:{port}/v1/models", trust_env=False)
        except httpx.TransportError:
            return False
        return True

    wait_until(answers, "the start of llama.cpp's server", seen=processes.work)


def test_the_schema_constrains_what_random_weights_say(model: LanguageModel) -> None:
    prompt = Prompt(system="Answer as JSON.", user="What is there?", max_tokens=300, schema=SCHEMA)
    answer = anyio.run(model.complete, prompt)
    found = json.loads(answer.text, strict=False)  # llama.cpp's grammar lets control characters stand in strings
    assert set(found) == {"name", "kinds"}
    assert len(found["kinds"]) == 2
    assert set(found["kinds"]) <= {"mill", "bridge"}
    assert not answer.cut


def test_free_text_is_cut_at_its_bound_and_the_same_again(model: LanguageModel) -> None:
    async def read() -> tuple[str, Completion]:
        pieces = [piece async for piece in model.stream(Prompt(system="s", user="Say something.", max_tokens=12))]
        assert isinstance(pieces[-1], Completion)
        return "".join(str(piece) for piece in pieces[:-1]), pieces[-1]

    (text, last), (again, _) = anyio.run(read), anyio.run(read)
    assert last.text == text == again
    assert last.cut


def test_a_prompt_beyond_the_real_window_is_an_error(model: LanguageModel) -> None:
    """Its tokens are bytes, more than any estimate from words can know: the server itself must say so."""
    prompt = Prompt(system="s", user="incomprehensibilities " * 110, max_tokens=10)
    with pytest.raises(DependencyError):
        anyio.run(model.complete, prompt)
