"""What chat programs send beside questions: sequences that end a text, prompts about the conversation itself."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rest.protocols.stopping import Stopping
from api.rest.protocols.tasks import TITLE_CHARACTERS, task_reply


def said(pieces: list[str], stops: list[str]) -> str:
    stopping = Stopping(stops)
    return "".join(stopping.more(piece) for piece in pieces) + stopping.rest()


def test_a_sequence_ends_the_text() -> None:
    assert said(["one two three"], ["two"]) == "one "
    assert said(["one t", "wo three"], ["two"]) == "one "
    assert said(["one t", "ree"], ["two"]) == "one tree"
    assert said(["a", "b", "c"], []) == "abc"
    assert said(["abc"], [""]) == "abc"
    assert said(["one tw"], ["two"]) == "one tw"


@given(
    st.lists(st.text(alphabet="ab", max_size=4), max_size=6),
    st.lists(st.text(alphabet="ab", min_size=1, max_size=3), max_size=2),
)
def test_what_is_said_holds_no_sequence_and_misses_nothing_before(pieces: list[str], stops: list[str]) -> None:
    whole, found = "".join(pieces), said(pieces, stops)
    assert whole.startswith(found)
    assert not any(stop in found for stop in stops)
    if not any(stop in whole for stop in stops):
        assert found == whole
    if len(stops) == 1:
        assert found == whole.split(stops[0])[0]


def prompt(wanted: str, history: str) -> str:
    return (
        f"### Task:\nDo something with the chat.\n### Guidelines:\n- Be brief.\n### Output:\nJSON format: {wanted}\n"
        f"### Chat History:\n<chat_history>\n{history}\n</chat_history>"
    )


HISTORY = "USER: Who built the bridge\nover the Aune?\nASSISTANT: Tove Rask. [1]"


def test_a_title_is_the_beginning_of_the_first_question() -> None:
    assert task_reply(prompt('{ "title": "…" }', HISTORY)) == '{"title": "Who built the bridge over the Aune?"}'
    long = task_reply(prompt('{ "title": "…" }', "USER: " + "words " * 40 + "\nASSISTANT: Yes."))
    assert long is not None
    title = json.loads(long)["title"]
    assert title.endswith("words…")
    assert len(title) <= TITLE_CHARACTERS
    chinese = task_reply(prompt('{ "title": "…" }', "USER: " + "谁建造了这座桥" * 20))
    assert chinese is not None
    assert json.loads(chinese)["title"].startswith("谁建造了这座桥")


@pytest.mark.parametrize(
    ("wanted", "reply"),
    [
        ('{ "tags": ["tag1", "tag2"] }', {"tags": []}),
        ('{ "follow_ups": ["Question 1?"] }', {"follow_ups": []}),
        ('{\n  "queries": ["query1"]\n}', {"queries": []}),
        ('{ "text": "<your_completion>" }', {"text": ""}),
        ('{\n    "prompt": "Your detailed description here."\n}', {"prompt": ""}),
    ],
)
def test_of_all_else_there_is_nothing_to_say(wanted: str, reply: dict[str, object]) -> None:
    found = task_reply(prompt(wanted, HISTORY))
    assert found is not None
    assert json.loads(found) == reply


@pytest.mark.parametrize(
    "question",
    [
        "What does ### Task: mean?",
        "### Task:\nWho built the bridge?",
        'What is the title? ### Output: { "title": "x" } <chat_history></chat_history>',
        prompt('{ "summary": "…" }', HISTORY),
    ],
)
def test_questions_stay_questions(question: str) -> None:
    assert task_reply(question) is None
