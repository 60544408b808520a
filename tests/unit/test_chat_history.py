"""What was said before the last question of a chat, in the protocols of others and in data sets."""

import json
from pathlib import Path

import pytest

from api.schemas.protocols.chat import ChatBody, said_before
from api.schemas.protocols.ollama import ChatAskedBody
from evals.dataset import load_dataset
from graph.audience import NOBODY
from graph.errors import InputError
from retrieval.model import MAX_HISTORY, MAX_QUESTION, Utterance

MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Who designed the Selm Tower?"},
    {"role": "assistant", "content": "Ada Quist did. [1]"},
    {"role": "tool", "content": "{}"},
    {"role": "user", "content": "Where was she born?"},
]
SAID = (
    Utterance(speaker="user", text="Who designed the Selm Tower?"),
    Utterance(speaker="agent", text="Ada Quist did. [1]"),
)


def test_messages_of_a_chat_are_the_history_of_its_last_question() -> None:
    body = ChatBody.model_validate({"model": "quipu", "messages": MESSAGES})
    question = body.question("default", NOBODY)
    assert question.text == "Where was she born?"
    assert question.history == SAID


def test_ollamas_messages_are_the_history_too() -> None:
    body = ChatAskedBody.model_validate({"model": "quipu", "messages": MESSAGES})
    assert body.said_before() == SAID


def test_what_follows_the_last_question_is_no_history() -> None:
    assert said_before([("user", "Who?"), ("assistant", "I begin")]) == ()


def test_history_is_the_newest_that_a_question_may_have() -> None:
    messages = [("user", f"{number}") for number in range(MAX_HISTORY + 5)] + [("assistant", "x" * (MAX_QUESTION + 1))]
    found = said_before([*messages, ("user", "?")])
    assert len(found) == MAX_HISTORY
    assert found[0].text == "6"
    assert len(found[-1].text) == MAX_QUESTION


def dataset(folder: Path, history: object) -> Path:
    query = {"_id": "q", "text": "Where was she born?", "metadata": {"history": history}}
    (folder / "queries.jsonl").write_text(json.dumps(query), encoding="utf-8")
    (folder / "corpus.jsonl").write_text('{"_id": "d", "title": "", "text": "It is so."}', encoding="utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\td\t1\n", encoding="utf-8")
    return folder


def test_history_of_a_data_set_is_read(tmp_path: Path) -> None:
    told = [{"speaker": one.speaker, "text": one.text} for one in SAID]
    (query,) = load_dataset(dataset(tmp_path, told)).queries
    assert query.history == SAID


def test_history_without_a_speaker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"queries\.jsonl:1.*history"):
        load_dataset(dataset(tmp_path, [{"text": "Who?"}]))
