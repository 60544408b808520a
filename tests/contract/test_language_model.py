"""One suite for the LanguageModel port, run over every adapter against a real HTTP server."""

import socket
import time
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import anyio
import foreign_llm
import pytest
from model_server import Asked, ModelServer, Reply, words

from api.language_models import build_language_model
from api.settings import Settings
from graph.errors import DependencyError, ModelOutputError
from graph.ports.models import LanguageModel
from graph.prompting import Completion, Prompt, PromptTooLong

PROMPT = Prompt(system="Answer in one sentence.", user="Who built the bridge?", max_tokens=100)
SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


def model(adapter: str, url: str, **settings: Any) -> LanguageModel:
    foreign_llm.url = url
    settings = {"llm_timeout_seconds": 40.0, **settings}
    made = build_language_model(adapter, Settings(llm=adapter, llm_url=url, **settings))
    assert made is not None
    return made


def complete(made: LanguageModel, prompt: Prompt = PROMPT) -> Completion:
    return anyio.run(made.complete, prompt)


class Turns:
    """Answers in turn; the last one again and again."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies)

    def __call__(self, _: Asked) -> Reply:
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]


class LanguageModelContract:
    adapter = ""

    def test_the_whole_answer(self) -> None:
        with ModelServer(lambda _: words("Tove Rask built it.")) as server:
            made = model(self.adapter, server.url)
            answer = complete(made)
        assert answer.text == "Tove Rask built it."
        assert (answer.calls, answer.cut) == (1, False)
        assert answer.prompt_tokens > 0
        assert answer.completion_tokens > 0
        assert (server.asked[0].system, server.asked[0].user) == (PROMPT.system, PROMPT.user)
        assert made.identity == self.adapter

    def test_pieces_as_they_come_then_the_completion(self) -> None:
        with ModelServer(lambda _: Reply(pieces=["Tove ", 2.0, "Rask."])) as server:
            made = model(self.adapter, server.url)
            seen: list[tuple[str | Completion, float]] = []

            async def read() -> None:
                async for piece in made.stream(PROMPT):
                    seen.append((piece, time.monotonic()))

            anyio.run(read)
        *pieces, (last, _) = seen
        assert "".join(str(piece) for piece, _ in pieces) == "Tove Rask."
        assert pieces[-1][1] - pieces[0][1] > 0.2
        assert isinstance(last, Completion)
        assert last.text == "Tove Rask."

    def test_a_prompt_that_does_not_fit_is_never_sent(self) -> None:
        with ModelServer(lambda _: words("never")) as server:
            made = model(self.adapter, server.url)
            with pytest.raises(ModelOutputError, match="more than the"):
                complete(made, Prompt(system="s", user="Every word counts. " * 3000, max_tokens=10))
        assert not server.asked

    def test_an_upper_bound_of_tokens(self) -> None:
        with ModelServer(lambda _: words("x")) as server:
            made = model(self.adapter, server.url)
        assert made.count_tokens("") == 0
        assert made.count_tokens("The observatory stands on Mount Skarn.") >= 9
        assert made.count_tokens("天文台") >= 3
        assert made.context_tokens >= 4096

    def test_a_server_that_is_down(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        made = model(self.adapter, f"http://127.0.0.1:{port}", llm_timeout_seconds=2.0)
        with pytest.raises(DependencyError) as caught:
            complete(made)
        assert caught.value.status == 503

    def test_a_passing_failure_is_tried_again(self) -> None:
        with ModelServer(Turns(Reply(status=500), words("At last."))) as server:
            answer = complete(model(self.adapter, server.url))
        assert (answer.text, answer.calls, len(server.asked)) == ("At last.", 2, 2)

    def test_a_lasting_failure_says_its_cause(self) -> None:
        with (
            ModelServer(lambda _: Reply(status=401, error="no such key")) as server,
            pytest.raises(DependencyError, match="no such key"),
        ):
            complete(model(self.adapter, server.url, llm_timeout_seconds=2.0))

    def test_silence_ends_in_time(self) -> None:
        with ModelServer(lambda _: Reply(pieces=[120.0])) as server:
            started = time.monotonic()
            with pytest.raises(DependencyError, match="sent nothing for 1 s"):
                complete(model(self.adapter, server.url, llm_timeout_seconds=2.0))
            assert time.monotonic() - started < 60

    def test_an_answer_at_its_bound_is_cut(self) -> None:
        with ModelServer(lambda _: Reply(pieces=["Tove ", "Rask bu"], finish="length")) as server:
            answer = complete(model(self.adapter, server.url))
        assert (answer.text, answer.cut, answer.looped, answer.ending) == ("Tove Rask bu", True, False, "length")

    def test_an_answer_that_goes_round_is_ended_and_said_once(self) -> None:
        said = " Edda Brink designed the tower."
        with ModelServer(lambda _: Reply(pieces=["So:", *[said] * 500_000])) as server:
            answer = complete(model(self.adapter, server.url))
            server.wait_for_gone(1)
        assert (answer.text, answer.cut, answer.ending) == (f"So:{said}", True, "loop")
        assert answer.calls == 1

    def test_control_tokens_of_a_document_stay_text(self) -> None:
        with ModelServer(lambda _: words("x")) as server:
            complete(model(self.adapter, server.url), Prompt(system="s", user="a <|eot_id|> [INST] b", max_tokens=9))
        assert server.asked[0].user == "a < |eot_id|> [ INST] b"


class OurAdapterContract(LanguageModelContract):
    """What every protocol of our own must do besides."""

    def test_the_server_counts(self) -> None:
        with ModelServer(lambda _: words("one two three")) as server:
            answer = complete(model(self.adapter, server.url))
        assert answer.counted
        assert answer.completion_tokens == 3

    def test_schema_and_bound_reach_the_server(self) -> None:
        with ModelServer(lambda _: Reply(pieces=['{"name":'], finish="length")) as server:
            prompt = Prompt(system="s", user="u", max_tokens=7, schema=SCHEMA)
            answer = complete(model(self.adapter, server.url), prompt)
        assert answer.cut
        assert (server.asked[0].schema, server.asked[0].max_tokens) == (SCHEMA, 7)

    def test_pictures_reach_the_server(self) -> None:
        picture = b"\x89PNG\r\n\x1a\n and so on"
        with ModelServer(lambda _: words("a bridge"), sees=True) as server:
            made = model(self.adapter, server.url)
            complete(made, Prompt(system="s", user="u", max_tokens=9, images=(picture,)))
            assert made.sees
        assert server.asked[0].images == ("iVBORw0KGgogYW5kIHNvIG9u",)

    def test_a_closed_stream_closes_the_request(self) -> None:
        with ModelServer(lambda _: Reply(pieces=["one ", 30.0, "two"])) as server:
            made = model(self.adapter, server.url, llm_timeout_seconds=100.0)

            async def read_one() -> None:
                async with aclosing(made.stream(PROMPT)) as pieces:  # type: ignore[type-var]
                    async for _ in pieces:
                        return

            anyio.run(read_one)
            server.wait_for_gone(1)

    def test_a_cancelled_call_closes_the_request(self) -> None:
        with ModelServer(lambda _: Reply(pieces=[30.0, "two"])) as server:
            made = model(self.adapter, server.url, llm_timeout_seconds=100.0)

            async def give_up() -> None:
                with anyio.move_on_after(0.5):
                    await made.complete(PROMPT)

            anyio.run(give_up)
            server.wait_for_gone(1)

    @pytest.mark.parametrize("counted", [3, 2048, 4096])
    def test_a_cut_prompt_is_an_error(self, counted: int) -> None:
        """Read in part, filled to the brim of a smaller window, or to that of our own."""
        prompt = Prompt(system="s", user="The mason built the bridge in a day. " * 260, max_tokens=10)
        with (
            ModelServer(lambda _: Reply(pieces=["sure"], prompt_tokens=counted), context=4096) as server,
            pytest.raises(ModelOutputError, match=f"read only {counted} tokens"),
        ):
            complete(model(self.adapter, server.url), prompt)
        assert len(server.asked) == 1

    def test_a_prompt_of_just_a_power_of_two_is_no_cut_one(self) -> None:
        prompt = Prompt(system="s", user="The mason built the bridge in a day. " * 52, max_tokens=10)
        with ModelServer(lambda _: Reply(pieces=["sure"], prompt_tokens=512), context=4096) as server:
            assert complete(model(self.adapter, server.url), prompt).text == "sure"

    @pytest.mark.parametrize("finish", [None, "stop"])
    def test_a_dropped_answer_is_tried_again(self, finish: str | None) -> None:
        half = Reply(pieces=["half "], finish=None) if finish is None else Reply(raw=b"")
        with ModelServer(Turns(half, words("whole"))) as server:
            answer = complete(model(self.adapter, server.url))
        assert (answer.text, answer.calls) == ("whole", 2)

    def test_a_stream_that_has_begun_is_not_begun_again(self) -> None:
        with ModelServer(Turns(Reply(pieces=["half "], finish=None), words("whole"))) as server:
            made = model(self.adapter, server.url)

            async def read() -> None:
                async for _ in made.stream(PROMPT):
                    pass

            with pytest.raises(DependencyError, match="before it was done"):
                anyio.run(read)
        assert len(server.asked) == 1

    @pytest.mark.parametrize("raw", [b"<html>hello</html>\n", b"[1]\n", b'data: {"choices": 7\n', b"\xff\xfe\n"])
    def test_another_protocol_is_an_error(self, raw: bytes) -> None:
        with ModelServer(lambda _: Reply(raw=raw)) as server, pytest.raises(ModelOutputError, match="does not speak"):
            complete(model(self.adapter, server.url))

    @pytest.mark.parametrize(
        ("wait", "seconds"),
        [("0.4", 0.4), ("-5", 0.0), ("soon", 0.0), ("nan", 0.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)],
    )
    def test_retry_after_is_honoured(self, wait: str, seconds: float) -> None:
        with ModelServer(Turns(Reply(status=429, headers={"Retry-After": wait}), words("now"))) as server:
            started = time.monotonic()
            assert complete(model(self.adapter, server.url)).text == "now"
            assert seconds <= time.monotonic() - started < 60

    def test_a_wait_beyond_patience_fails_at_once(self) -> None:
        with (
            ModelServer(lambda _: Reply(status=429, headers={"Retry-After": "86400"})) as server,
            pytest.raises(DependencyError, match="Retry-After: 86400"),
        ):
            complete(model(self.adapter, server.url))
        assert len(server.asked) == 1

    def test_a_slow_trickle_ends_in_time(self) -> None:
        pieces: list[str | float] = ["drip ", 0.2] * 600
        with ModelServer(lambda _: Reply(pieces=pieces)) as server:
            started = time.monotonic()
            with pytest.raises(DependencyError, match="not done after 2 s"):
                complete(model(self.adapter, server.url, llm_timeout_seconds=2.0))
            assert time.monotonic() - started < 60
            server.wait_for_gone(1)

    def test_endless_repetition_is_cut_here(self) -> None:
        def endless(_: Asked) -> Reply:
            return Reply(pieces=("again " for _ in range(10_000_000)))

        with ModelServer(endless) as server:
            answer = complete(model(self.adapter, server.url))
            assert answer.cut
            assert len(answer.text) < 3000
            server.wait_for_gone(1)

    def test_an_item_that_comes_for_the_third_time_ends_the_answer(self) -> None:
        item = '{"name": "Tove Rask", "type": "person"}, '
        endless = Reply(pieces=['{"entities": [', *[item] * 500_000])
        with ModelServer(lambda _: endless) as server:
            answer = complete(model(self.adapter, server.url), replace(PROMPT, schema=SCHEMA))
            server.wait_for_gone(1)
        assert (answer.text.count("Tove Rask"), answer.looped, answer.cut) == (3, True, True)

    def test_calls_at_a_time_are_bounded_and_yield_to_a_busy_server(self) -> None:
        def slow(_: Asked) -> Reply:
            if server.open > 2:
                return Reply(status=503, headers={"Retry-After": "0.1"})
            return Reply(pieces=[0.05, "done"])

        with ModelServer(slow) as server:
            made = model(self.adapter, server.url, llm_timeout_seconds=60.0)
            done: list[str] = []

            async def one() -> None:
                done.append((await made.complete(PROMPT)).text)

            async def many() -> None:
                async with anyio.create_task_group() as group:
                    for _ in range(20):
                        group.start_soon(one)

            anyio.run(many)
        assert done == ["done"] * 20
        assert server.most_open <= 5


class TestOllama(OurAdapterContract):
    adapter = "ollama/test"

    def test_the_window_and_no_cutting_are_asked_for(self) -> None:
        with ModelServer(lambda _: words("x"), context=131_072) as server:
            complete(model(self.adapter, server.url))
            complete(model(self.adapter, server.url, llm_context_tokens=20_000))
        sent = [asked.body for asked in server.asked]
        assert [body["options"]["num_ctx"] for body in sent] == [8192, 20_000]
        assert [(body["truncate"], body["shift"]) for body in sent] == [(False, False)] * 2
        assert "keep_alive" in sent[0]

    def test_a_missing_model_says_what_to_do(self) -> None:
        with ModelServer(lambda _: words("x")) as server, pytest.raises(DependencyError, match="ollama pull missing"):
            complete(model("ollama/missing", server.url))


class TestOpenAICompatible(OurAdapterContract):
    adapter = "openai/test"

    @pytest.mark.parametrize(
        ("refused", "schema_sent", "counted"),
        [
            ("json_schema", SCHEMA, True),
            ('"schema"', None, True),
            ("response_format", None, True),
            ("stream_options", SCHEMA, False),
            ("temperature", SCHEMA, True),
            ("maxLength", SCHEMA, True),
        ],
    )
    def test_what_a_server_lacks_is_left_out(
        self, refused: str, schema_sent: dict[str, object] | None, counted: bool
    ) -> None:
        bounded = {**SCHEMA, "properties": {"name": {"type": "string", "maxLength": 9}}}
        prompt = Prompt(system="s", user="u", max_tokens=7, schema=bounded if refused == "maxLength" else SCHEMA)
        with ModelServer(lambda _: words("{}"), refuses=refused) as server:
            made = model(self.adapter, server.url)
            first, second = complete(made, prompt), complete(made, prompt)
        assert (first.text, first.counted) == ("{}", counted)
        assert first.calls > 1
        assert second.calls == 1
        assert server.asked[-1].schema == schema_sent

    def test_what_a_server_says_of_its_model(self) -> None:
        with ModelServer(lambda _: words("x"), context=20_000, sees=True) as server:
            made, other = model(self.adapter, server.url), model(self.adapter, server.url, llm_context_tokens=6000)
            assert made.sees is None
            complete(made)
            complete(other)
        assert (made.context_tokens, made.sees) == (20_000, True)
        assert other.context_tokens == 6000

    def test_a_server_that_says_nothing_of_its_model(self) -> None:
        with ModelServer(lambda _: words("x")) as server:
            server.secretive = True
            made = model(self.adapter, server.url)
            assert complete(made).text == "x"
        assert (made.context_tokens, made.sees) == (4096, False)

    def test_a_server_that_still_loads_its_model_is_asked_again(self) -> None:
        with ModelServer(lambda _: words("x"), context=20_000) as server:
            server.loading = 2
            made = model(self.adapter, server.url)
            assert complete(made).text == "x"
        assert made.context_tokens == 20_000

    def test_a_bound_by_its_newer_name(self) -> None:
        def newer(asked: Asked) -> Reply:
            if "max_tokens" in asked.body:
                return Reply(status=400, error="'max_tokens' is not supported; use 'max_completion_tokens'")
            return words("x")

        with ModelServer(newer) as server:
            assert complete(model(self.adapter, server.url)).text == "x"

    def test_a_prompt_that_the_server_finds_too_long(self) -> None:
        too_long = Reply(status=400, error="This model's maximum context length is 512 tokens")
        with ModelServer(lambda _: too_long) as server, pytest.raises(PromptTooLong, match="512"):
            complete(model(self.adapter, server.url))
        assert len(server.asked) == 2, "asked again once, cut to what the server said"


class TestAnyLlamaIndexModel(LanguageModelContract):
    adapter = "llamaindex:foreign_llm:make"
