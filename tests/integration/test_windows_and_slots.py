"""Windows that move and slots that are few, over real HTTP: calls are cut to fit and wait their turn here."""

import json
from typing import Any

import anyio
import pytest
from model_server import Asked, ModelServer, Reply, words

from api.language_models import build_language_model
from api.settings import Settings
from graph.language_models import chat_llm
from graph.language_models.guarded import GuardedModel
from graph.prompting import Completion, NoLongerWanted, Prompt, PromptTooLong
from ingest.extraction.prompt import extraction_prompt
from ingest.model import ChunkText
from ingest.model_reading import ExtractionSchema

SHORT = Prompt(system="Answer in one sentence.", user="Who built the bridge?", max_tokens=1500)
LONG = Prompt(system="Answer in one sentence.", user="The mason built the bridge in a day. " * 60, max_tokens=1500)


def model(url: str, adapter: str = "openai/test", **settings: Any) -> GuardedModel:
    made = build_language_model(
        adapter, Settings(llm=adapter, llm_url=url, **{"llm_timeout_seconds": 40.0, **settings})
    )
    assert made is not None
    return made


def complete(made: GuardedModel, prompt: Prompt = SHORT) -> Completion:
    return anyio.run(made.complete, prompt)


def together(made: GuardedModel, calls: int) -> None:
    async def run() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(calls):
                group.start_soon(made.complete, SHORT)

    anyio.run(run)


@pytest.mark.parametrize("adapter", ["openai/test", "ollama/test"])
def test_an_answer_is_as_long_as_fits(adapter: str) -> None:
    with ModelServer(lambda _: words("Tove Rask."), context=1024) as server:
        server.strict = True
        made = model(server.url, adapter)
        assert complete(made).text == "Tove Rask."
        server.context = 8192
        complete(model(server.url, adapter))
    small, whole = (asked.max_tokens for asked in server.asked)
    assert 800 < small < 1024
    assert whole == SHORT.max_tokens


def test_a_short_chunk_is_read_in_a_window_of_1024() -> None:
    text = "The Selm Tower was designed by Edda Brink in 1931. It is made of larch and stands in Port Calder."
    prompt = extraction_prompt(
        "Selm Tower",
        ChunkText(start=0, end=len(text), text=text, headings=(), page=None, sentences=()),
        ExtractionSchema(),
    )
    with ModelServer(lambda _: words('{"entities": [], "relations": []}'), context=1024) as server:
        server.strict = True
        assert complete(model(server.url), prompt).text.startswith("{")
    assert server.asked[0].max_tokens >= 300, "room enough for some thirty entities"


@pytest.mark.parametrize("set_by_hand", [None, 8192])
def test_a_window_that_shrank_is_learnt_from_the_refusal(set_by_hand: int | None) -> None:
    with ModelServer(lambda _: words("Tove Rask."), context=8192) as server:
        server.strict = True
        made = model(server.url, llm_context_tokens=set_by_hand)
        complete(made)
        server.context = 1024
        assert complete(made).text == "Tove Rask."
        assert made.context_tokens == 1024
        assert complete(made, LONG).text == "Tove Rask.", "cut to fit before it is sent"
        assert [asked.max_tokens for asked in server.asked[:2]] == [1500, 1500]
        assert all(asked.max_tokens < 1024 for asked in server.asked[2:])
        assert len(server.asked) == 4


def test_a_prompt_beyond_a_window_that_grew_is_sent() -> None:
    with ModelServer(lambda _: words("Tove Rask."), context=1024) as server:
        server.strict = True
        made = model(server.url)
        complete(made)
        server.context = 8192
        longer = Prompt(system=LONG.system, user=LONG.user * 5, max_tokens=100)
        assert complete(made, longer).text == "Tove Rask."
        assert made.context_tokens == 8192


def test_a_server_that_was_away_is_asked_anew() -> None:
    with ModelServer(lambda _: words("Tove Rask."), context=1024) as server:
        made = model(server.url)
        complete(made)
        server.context, server.answer = 8192, lambda _: Reply(status=500)
        port = int(server.url.rsplit(":", 1)[1])
    with ModelServer(lambda _: words("Tove Rask."), context=8192, port=port):
        pass
    with ModelServer(lambda _: Reply(pieces=[], finish=None), context=8192, port=port) as server:
        server.answer = lambda asked: words("x") if len(server.asked) > 1 else Reply(finish=None)
        complete(made)
        assert made.context_tokens == 8192


def test_what_a_server_says_is_asked_again_after_some_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with ModelServer(lambda _: words("Tove Rask."), context=1024) as server:
        made = model(server.url)
        complete(made)
        server.context = 8192
        complete(made)
        assert made.context_tokens == 1024, "not with every call"
        monkeypatch.setattr(chat_llm, "FACTS_SECONDS", -1.0)
        complete(made)
        assert made.context_tokens == 8192


def test_a_prompt_that_no_window_takes_is_an_error_that_names_both() -> None:
    with ModelServer(lambda _: words("x"), context=1024) as server:
        server.strict = True
        with pytest.raises(PromptTooLong, match="1024"):
            complete(model(server.url), Prompt(system="s", user=LONG.user * 15, max_tokens=100))
        assert not server.asked


@pytest.mark.parametrize("slots", [1, 3])
def test_no_more_calls_are_under_way_than_a_server_has_slots(slots: int) -> None:
    with ModelServer(lambda _: Reply(pieces=[0.05, "done"]), slots=slots) as server:
        made = model(server.url)
        together(made, 12)
        assert server.most_open == slots
        assert (made.standing.slots, made.standing.calls_at_once) == (slots, slots)


def test_a_slot_that_others_hold_is_waited_for_before_anything_is_sent() -> None:
    with ModelServer(lambda _: words("done"), slots=1) as server:
        made = model(server.url, "openai/test")
        server.at_work = 1
        answers: list[Completion] = []

        async def ask() -> None:
            answers.append(await made.complete(SHORT))

        async def run() -> None:
            async with anyio.create_task_group() as group:
                group.start_soon(ask)
                await anyio.sleep(2)
                assert not server.asked
                server.at_work = 0

        anyio.run(run)
    assert answers[0].text == "done"
    assert answers[0].seconds < 2, "the wait is no part of the call"


def test_a_call_that_is_not_wanted_any_more_is_not_made() -> None:
    with ModelServer(lambda _: words("x")) as server:
        with pytest.raises(NoLongerWanted):
            complete(model(server.url), Prompt(system="s", user="u", max_tokens=9, wanted=lambda: False))
        assert not server.asked


def test_silence_beside_other_calls_is_tried_again_with_fewer() -> None:
    """A server that tells nothing and lets one call wait for ever while it has another.

    The call that is made anew stands in line for longer than a call may take: no time of the server's.
    """

    def answer(_: Asked) -> Reply:
        return Reply(pieces=[60.0]) if server.open > 1 else Reply(pieces=[0.2, "done"])

    with ModelServer(answer) as server:
        made = model(server.url, llm_timeout_seconds=4.0)
        together(made, 24)
        assert made.standing.calls_at_once == 1


def test_measured_speeds_are_those_of_the_server_where_it_tells() -> None:
    timings = {"prompt_n": 300, "prompt_ms": 30_000.0, "predicted_n": 240, "predicted_ms": 80_000.0}
    last = {"choices": [{"delta": {"content": "x"}, "finish_reason": "stop"}], "timings": timings}
    with ModelServer(lambda _: Reply(raw=f"data: {json.dumps(last)}\n\ndata: [DONE]\n\n".encode())) as server:
        made = model(server.url)
        assert made.standing.output_tokens_per_second is None
        complete(made)
    standing = made.standing
    assert (standing.prompt_tokens_per_second, standing.output_tokens_per_second) == (10.0, 3.0)


def test_measured_speeds_of_a_server_that_tells_nothing() -> None:
    pieces: list[str | float] = ["word ", 0.5] * 5
    with ModelServer(lambda _: Reply(pieces=pieces)) as server:
        made = model(server.url, "ollama/test")
        complete(made)
    assert made.standing.output_tokens_per_second == pytest.approx(2.0, rel=0.5)


def test_an_answer_in_one_piece_tells_no_speed_of_writing() -> None:
    with ModelServer(lambda _: Reply(pieces=["Tove Rask built it, and nobody else."])) as server:
        made = model(server.url)
        complete(made)
    assert made.standing.prompt_tokens_per_second
    assert made.standing.output_tokens_per_second is None
