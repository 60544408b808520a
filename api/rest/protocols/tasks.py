"""Prompts by which chat programs ask a model about the conversation itself: a title, tags, questions to go on with.

Open WebUI sends them to the chat's own model, as a message of the user. They are no questions to the documents, which
would be searched for the words of the prompt. They are known by their form: ``### Task:`` at the beginning, the
conversation in ``<chat_history>``, and the field of the JSON that is wanted below ``### Output:``.
"""

import json
import re

from pydantic import JsonValue

TITLE_CHARACTERS = 60
_BEGINNING = re.compile(r"\s*#{1,4} Task:")
_WANTED = re.compile(r'#{1,4} Output:.*?\{\s*"(title|tags|follow_ups|queries|prompt|text)"\s*:', re.S)
_HISTORY = re.compile(r"<chat_history>(.*?)</chat_history>", re.S)
_FIRST_SAID = re.compile(r"\s*(?:USER|user)\s*:\s*(.*?)\s*(?:\n\s*(?:ASSISTANT|assistant)\s*:.*)?$", re.S)


def task_reply(message: str) -> str | None:
    """What to answer a prompt of this kind: JSON of the form that it wants; None where it is a question.

    A title is the beginning of the first question. Of all else there is nothing that documents say: it is empty.
    """
    wanted, history = _WANTED.search(message), _HISTORY.search(message)
    if not _BEGINNING.match(message) or wanted is None or history is None:
        return None
    name = wanted[1]
    value: JsonValue = "" if name in {"prompt", "text"} else []
    if name == "title":
        value = _title(history[1])
    return json.dumps({name: value}, ensure_ascii=False)


def _title(history: str) -> str:
    """The beginning of the first question, cut between words."""
    said = _FIRST_SAID.match(history)
    line = " ".join((said[1] if said else history).split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    beginning = line[: TITLE_CHARACTERS - 1]
    return (beginning.rsplit(" ", 1)[0] if " " in beginning else beginning).rstrip(" ,;:") + "…"
