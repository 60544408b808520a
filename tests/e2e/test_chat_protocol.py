"""The knowledge base as a chat model, by the protocol's own client library."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import openai
import pytest
from model_server import ModelServer, Reply
from service_process import PATIENCE_SECONDS, QUICK, ServiceProcess

TEXT = "The Vell Tower was designed by Ida Quell."
WHO = "Who designed the Vell Tower?"
NOBODY = "Who painted the moon of Kesh?"


@pytest.fixture(scope="module")
def chat(service: ServiceProcess) -> Iterator[openai.OpenAI]:
    service.put("chat-vell", TEXT, title="Vell Tower")
    with client_of(service) as client:
        yield client


def client_of(service: ServiceProcess, key: str = "none") -> openai.OpenAI:
    http = httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False)
    return openai.OpenAI(
        base_url=f"http://127.0.0.1:{service.port}/v1", api_key=key, max_retries=0, http_client=http
    )  # fmt: skip


def test_the_one_model(chat: openai.OpenAI) -> None:
    assert [model.id for model in chat.models.list()] == ["quipu"]


def test_an_answer_with_its_sources(chat: openai.OpenAI) -> None:
    done = chat.chat.completions.create(
        model="quipu", temperature=0.7,
        messages=[
            {"role": "system", "content": "You are a pirate."}, {"role": "user", "content": NOBODY},
            {"role": "assistant", "content": "Nobody."}, {"role": "user", "content": [{"type": "text", "text": WHO}]},
        ],
    )  # fmt: skip
    said = done.choices[0].message.content
    assert said == f"{TEXT} [1]\n\n[1] Vell Tower (chat-vell)"
    assert done.choices[0].finish_reason == "stop"
    assert done.model_extra is not None
    citation = done.model_extra["quipu"]["citations"][0]
    assert TEXT[citation["start"] : citation["end"]] == citation["quote"]


def test_a_model_by_its_name(chat: openai.OpenAI) -> None:
    assert chat.models.retrieve("quipu").id == "quipu"
    with pytest.raises(openai.NotFoundError):
        chat.models.retrieve("gpt")


def test_a_picture_beside_the_question(chat: openai.OpenAI) -> None:
    parts = [{"type": "text", "text": WHO}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]
    done = chat.chat.completions.create(model="quipu", messages=[{"role": "user", "content": parts}])  # type: ignore[list-item]
    assert done.choices[0].message.content == (
        f"{TEXT} [1]\n\n[1] Vell Tower (chat-vell)\nimage_url was not read: text alone is"
    )


def test_usage_is_there_without_a_model(chat: openai.OpenAI) -> None:
    asked = [{"role": "user", "content": WHO}]
    done = chat.chat.completions.create(model="quipu", messages=asked, stream=None)  # type: ignore[call-overload]
    assert (done.usage.prompt_tokens, done.usage.completion_tokens, done.usage.total_tokens) == (0, 0, 0)
    chunks = list(
        chat.chat.completions.create(  # type: ignore[call-overload]
            model="quipu", stream=True, stream_options={"include_usage": True}, messages=asked
        )
    )
    assert chunks[-1].choices == []
    assert chunks[-1].usage.total_tokens == 0
    assert [chunk.usage for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)


def test_several_answers_are_refused(chat: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="n is 2"):
        chat.chat.completions.create(model="quipu", n=2, messages=[{"role": "user", "content": WHO}])


def test_streamed(chat: openai.OpenAI) -> None:
    chunks = list(
        chat.chat.completions.create(model="quipu", stream=True, messages=[{"role": "user", "content": WHO}])
    )  # fmt: skip
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == (
        f"{TEXT} [1]\n\n[1] Vell Tower (chat-vell)"
    )
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices[0].finish_reason] == ["stop"]
    assert chunks[-1].model_extra is not None
    assert chunks[-1].model_extra["quipu"]["abstained"] is False
    assert len({chunk.id for chunk in chunks}) == 1


def test_nothing_is_made_up(chat: openai.OpenAI) -> None:
    done = chat.chat.completions.create(model="quipu", messages=[{"role": "user", "content": NOBODY}])
    assert done.model_extra is not None
    assert done.model_extra["quipu"]["abstained"] is True
    assert "[1]" not in str(done.choices[0].message.content)


def test_what_cannot_be_answered(chat: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="use 'quipu'"):
        chat.chat.completions.create(model="gpt-4", messages=[{"role": "user", "content": WHO}])
    with pytest.raises(openai.BadRequestError, match="role 'user'"):
        chat.chat.completions.create(model="quipu", messages=[{"role": "system", "content": WHO}])
    with pytest.raises(openai.BadRequestError, match="empty"):
        chat.chat.completions.create(model="quipu", messages=[{"role": "user", "content": " "}])
    with pytest.raises(openai.UnprocessableEntityError):
        chat.chat.completions.create(model="quipu", messages=[])
    picture = {"type": "image_url", "image_url": {"url": "data:,"}}
    with pytest.raises(openai.BadRequestError, match="needs some text"):
        chat.chat.completions.create(model="quipu", messages=[{"role": "user", "content": [picture]}])  # type: ignore[list-item]


def test_citations_as_annotations(chat: openai.OpenAI, service: ServiceProcess) -> None:
    done = chat.chat.completions.create(model="quipu", messages=[{"role": "user", "content": WHO}])
    message = done.choices[0].message
    assert message.annotations
    (cited,) = [one.url_citation for one in message.annotations]
    assert message.content
    assert message.content[cited.start_index : cited.end_index] == "[1]"
    assert cited.title == "Vell Tower"
    service.put("chat-vell", "Nothing of that is true.", title="Vell Tower")
    assert service.http.get(cited.url).text == TEXT, "the version that was cited"
    service.put("chat-vell", TEXT, title="Vell Tower")
    chunks = chat.chat.completions.create(model="quipu", stream=True, messages=[{"role": "user", "content": WHO}])
    told = [more for chunk in chunks if (more := getattr(chunk.choices[0].delta, "annotations", None))]
    assert [one["url_citation"]["title"] for one in told[0]] == ["Vell Tower"]


def test_the_text_ends_where_the_client_says(chat: openai.OpenAI) -> None:
    asked = [{"role": "user", "content": WHO}]
    done = chat.chat.completions.create(model="quipu", messages=asked, stop="Quell")  # type: ignore[call-overload]
    assert done.choices[0].message.content == "The Vell Tower was designed by Ida "
    assert done.model_extra["quipu"]["answer"].startswith(TEXT)
    chunks = chat.chat.completions.create(  # type: ignore[call-overload]
        model="quipu", messages=asked, stop=["no such words", " [1]"], stream=True
    )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == TEXT


def test_what_means_nothing_here_is_passed_over(chat: openai.OpenAI) -> None:
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}
    done = chat.chat.completions.create(  # type: ignore[call-overload]
        model="quipu",
        messages=[
            {"role": "developer", "content": "Answer in rhymes."},
            {"role": "system", "content": [{"type": "text", "text": "You are a pirate."}]},
            {"role": "user", "content": WHO},
            {"role": "assistant", "content": None, "tool_calls": []},
            {"role": "tool", "tool_call_id": "t", "content": "ahoy"},
        ],
        tools=[tool], tool_choice="auto", parallel_tool_calls=False, max_completion_tokens=5, max_tokens=5, seed=7,
        user="ida", response_format={"type": "text"}, presence_penalty=1, logit_bias={"5": 1}, metadata={"a": "b"},
        extra_body={"functions": [tool["function"]], "function_call": "auto", "modalities": ["text"]},
    )  # fmt: skip
    assert str(done.choices[0].message.content).startswith(TEXT)
    assert done.choices[0].message.tool_calls is None


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"tool_choice": "required", "tools": []}, "tool_choice"),
        ({"tool_choice": {"type": "function", "function": {"name": "look"}}}, "tool_choice"),
        ({"function_call": {"name": "look"}}, "function_call"),
        ({"response_format": {"type": "json_object"}}, "response_format is json_object"),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "x"}}}, "response_format is json_schema"),
        ({"logprobs": True}, "logprobs"),
        ({"modalities": ["text", "audio"]}, "modalities"),
    ],
)
def test_what_cannot_be_had_is_refused_by_name(chat: openai.OpenAI, asked: dict[str, object], named: str) -> None:
    with pytest.raises(openai.BadRequestError, match=named):
        chat.chat.completions.create(model="quipu", messages=[{"role": "user", "content": WHO}], extra_body=asked)


TITLE = """### Task:
Generate a concise, 3-5 word title with an emoji summarizing the chat history.
### Output:
JSON format: { "title": "your concise title here" }
### Chat History:
<chat_history>
USER: Who designed the Vell Tower?
ASSISTANT: The Vell Tower was designed by Ida Quell. [1]
</chat_history>"""


def test_as_open_webui_asks(service: ServiceProcess, chat: openai.OpenAI) -> None:
    """Its payloads: a streamed question with usage, then a title for the chat, which is asked of the same model."""
    body = {"model": "quipu", "stream": True, "stream_options": {"include_usage": True}, "messages": [
        {"role": "system", "content": "User Context:\n\n"}, {"role": "user", "content": WHO},
    ]}  # fmt: skip
    answer = service.http.post("/v1/chat/completions", json=body)
    lines = [line for line in answer.text.splitlines() if line]
    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"
    task = {"model": "quipu", "stream": False, "max_completion_tokens": 1000, "messages": [
        {"role": "user", "content": TITLE}
    ]}  # fmt: skip
    titled = service.http.post("/v1/chat/completions", json=task).json()
    assert titled["choices"][0]["message"]["content"] == '{"title": "Who designed the Vell Tower?"}'
    assert titled["quipu"] is None
    chunks = chat.chat.completions.create(model="quipu", stream=True, messages=[{"role": "user", "content": TITLE}])
    assert (
        "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == '{"title": "Who designed the Vell Tower?"}'
    )


def test_by_llamaindex(service: ServiceProcess, chat: openai.OpenAI) -> None:
    from llama_index.core.llms import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

    with httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False) as http:
        model = OpenAILike(
            model="quipu", api_base=f"http://127.0.0.1:{service.port}/v1", api_key="none", is_chat_model=True,
            max_retries=0, http_client=http,
        )  # fmt: skip
        said = [ChatMessage(role="system", content="Be brief."), ChatMessage(role="user", content=WHO)]
        assert str(model.chat(said).message.content).startswith(TEXT)
        *_, last = model.stream_chat(said)
        assert str(last.message.content).startswith(TEXT)
        assert model.complete(WHO).text.startswith(TEXT)


def test_a_model_that_is_down_is_an_error_and_no_answer(tmp_path: Path) -> None:
    with ModelServer(lambda _: Reply(status=403, error="go away")) as model:
        running = ServiceProcess(
            tmp_path / "data", **QUICK, QUIPU_LLM="openai/test", QUIPU_LLM_URL=model.url, QUIPU_EXTRACT_LLM="none",
            QUIPU_API_KEY="secret",
        )  # fmt: skip
        with closing(running), client_of(running.start(), "secret") as client, client_of(running, "x") as stranger:
            running.http.headers["Authorization"] = "Bearer secret"
            running.put("selm", TEXT, title="Vell Tower")
            with pytest.raises(openai.AuthenticationError) as unknown:
                stranger.models.list()
            assert unknown.value.code == "unauthorized"
            with pytest.raises(openai.InternalServerError, match="go away") as failed:
                client.chat.completions.create(model="quipu", messages=[{"role": "user", "content": WHO}])
            assert failed.value.status_code == 503
            with pytest.raises(openai.APIError, match="go away"):
                list(
                    client.chat.completions.create(
                        model="quipu", stream=True, messages=[{"role": "user", "content": WHO}]
                    )
                )
