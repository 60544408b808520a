"""The language model port over a real server: its schema, its bound, its window."""

import json

import anyio
import pytest
import real_model
from recorded_calls import RecordingProxy

from api.language_models import build_language_model
from api.settings import Settings
from graph.errors import ModelOutputError
from graph.ports.models import LanguageModel
from graph.prompting import Completion, Prompt

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 8},
        "kinds": {"type": "array", "items": {"enum": ["mill", "bridge"]}, "minItems": 2, "maxItems": 2},
    },
    "required": ["name", "kinds"],
}


@pytest.fixture(scope="module")
def asked(small_window: RecordingProxy) -> LanguageModel:
    name = real_model.model_name()
    made = build_language_model(name, Settings(llm=name, llm_url=small_window.url, llm_timeout_seconds=300))
    assert made is not None
    return made


def test_the_schema_constrains_what_the_model_says(asked: LanguageModel) -> None:
    prompt = Prompt(system="Answer as JSON.", user="What is there?", max_tokens=300, schema=SCHEMA)
    answer = anyio.run(asked.complete, prompt)
    found = json.loads(answer.text, strict=False)  # llama.cpp's grammar lets control characters stand in strings
    assert set(found) == {"name", "kinds"}
    assert len(found["kinds"]) == 2
    assert set(found["kinds"]) <= {"mill", "bridge"}
    assert not answer.cut


def test_free_text_is_cut_at_its_bound_and_the_same_again(asked: LanguageModel) -> None:
    async def read() -> tuple[str, Completion]:
        pieces = [piece async for piece in asked.stream(Prompt(system="s", user="Say something.", max_tokens=12))]
        assert isinstance(pieces[-1], Completion)
        return "".join(str(piece) for piece in pieces[:-1]), pieces[-1]

    (text, last), (again, _) = anyio.run(read), anyio.run(read)
    assert last.text == text == again
    assert last.cut


def test_the_window_is_what_the_server_tells(asked: LanguageModel) -> None:
    anyio.run(asked.complete, Prompt(system="s", user="Say yes.", max_tokens=2))
    assert asked.context_tokens == 1024


def test_a_prompt_beyond_the_real_window_is_an_error(small_window: RecordingProxy) -> None:
    """Quipu is told of a window that the server does not have: the server itself must say so."""
    name = real_model.model_name()
    settings = Settings(llm=name, llm_url=small_window.url, llm_context_tokens=8192, llm_timeout_seconds=300)
    deceived = build_language_model(name, settings)
    assert deceived is not None
    prompt = Prompt(system="s", user="incomprehensibilities " * 900, max_tokens=10)
    with pytest.raises(ModelOutputError, match=r"does not fit|window|more than the 1024"):
        anyio.run(deceived.complete, prompt)
