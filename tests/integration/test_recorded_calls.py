"""What the tests with a real model are measured by, itself measured: a server whose every word is known."""

import json

import httpx
import pytest
from model_figures import COLUMNS, Figures
from model_server import Asked, ModelServer, Reply
from progress import wait_until
from recorded_calls import Call, RecordingProxy, recording
from shown_sentences import unverified

ITEM = {"name": "Tove Rask", "type": "person"}
OTHER = {"name": "Aune", "type": "river"}


def ask(proxy: RecordingProxy, protocol: str, *, pieces: int | None = None) -> Call:
    """One call, as it was recorded; of so many lines of its answer, after which the client goes away."""
    ollama = {
        "model": "m",
        "messages": [{"role": "user", "content": "?"}],
        "stream": True,
        "options": {"num_predict": 9},
    }
    openai = {"model": "m", "messages": [{"role": "user", "content": "?"}], "stream": True, "max_tokens": 9}
    path, body = ("/api/chat", ollama) if protocol == "ollama" else ("/v1/chat/completions", openai)
    before = len(proxy.calls())
    with httpx.stream("POST", proxy.url + path, json=body, trust_env=False, timeout=300) as answer:
        for number, _ in enumerate(answer.iter_lines()):
            if pieces is not None and number >= pieces:
                break
    wait_until(lambda: len(proxy.calls()) > before, "a recorded call", seen=lambda: None)
    return proxy.calls(before)[0]


@pytest.mark.parametrize("protocol", ["ollama", "openai"])
def test_an_answer_is_recorded_as_the_server_sent_it(protocol: str) -> None:
    def reply(_: Asked) -> Reply:
        return Reply(pieces=["琥珀桥 ", "is red."], finish="length")

    with ModelServer(reply) as server, recording(server.url) as proxy:
        assert httpx.get(f"{proxy.url}/v1/models", trust_env=False, timeout=300).status_code == 200
        call = ask(proxy, protocol)
    assert (call.status, call.text, call.finish, call.cut, call.loops) == (200, "琥珀桥 is red.", "length", True, False)
    assert len(proxy.calls()) == 1, "what asks for no answer is no call"


def test_a_client_that_goes_away_leaves_a_call_without_an_end() -> None:
    with ModelServer(lambda _: Reply(pieces=["and ", 0.05] * 200)) as server, recording(server.url) as proxy:
        call = ask(proxy, "ollama", pieces=5)
        server.wait_for_gone(1)
    assert call.finish == ""
    assert call.text.startswith("and and ")


def test_a_server_that_is_down_is_no_answer() -> None:
    with ModelServer(lambda _: Reply()) as server:
        url = server.url
    with recording(url) as proxy, pytest.raises(httpx.TransportError):
        httpx.get(f"{proxy.url}/v1/models", trust_env=False, timeout=300)


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        (json.dumps([ITEM] * 3), True),
        (json.dumps([ITEM, OTHER] * 3, indent=1), True),
        (json.dumps([ITEM] * 2 + [OTHER] * 2), False),
        ('{"name": "' + "the old mill by " * 40, True),
        ("No two sentences of this text are alike, however long it goes on. " + " ".join(map(str, range(200))), False),
    ],
)
def test_a_loop_is_told_from_an_answer(text: str, loops: bool) -> None:
    assert Call(status=200, text=text, finish="stop").loops is loops


def test_the_table_has_a_cell_for_each_column_and_a_dash_where_nothing_was_measured() -> None:
    calls = [
        Call(status=200, text="", finish="stop", prompt_speed=speed, output_speed=0) for speed in (90.0, 110.4, 0.0)
    ]
    head, _, row = Figures(model="openai/m", calls=calls, chunks=0, loops=3).table().splitlines()
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    found = dict(zip(COLUMNS, cells, strict=True))
    assert head.count("|") == len(COLUMNS) + 1
    assert (found["prompt tokens/s"], found["output tokens/s"]) == ("100", "–")
    assert (found["chunks read"], found["loops"], found["refused"]) == ("0", "3", "–")


CONTENT = "Amber Bridge was built by Tove Rask in 1931. It is red."
CITATION = {"marker": 1, "document_id": "d", "title": "Amber Bridge", "quote": CONTENT[:44], "start": 0, "end": 44}


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("Amber Bridge was built by Tove Rask. [1]", []),
        ("The bridge, built in 1931, is red. [1]", []),
        ("It was built by Nils Orr. [1]", ["It was built by Nils Orr. [1]"]),
        ("It was built in 1932. [1]", ["It was built in 1932. [1]"]),
        ("It is red. [2]", ["It is red. [2]"]),
        ("It is red. [1]\n\nIt is high.", ["It is high."]),
    ],
)
def test_a_sentence_that_rests_on_nothing_is_found(answer: str, wrong: list[str]) -> None:
    shown = {"answer": answer, "abstained": False, "citations": [CITATION]}
    assert unverified("Who built Amber Bridge?", shown, lambda _: CONTENT) == wrong
    misquoted = {**shown, "citations": [{**CITATION, "start": 1}]}
    assert unverified("Who built Amber Bridge?", misquoted, lambda _: CONTENT)
