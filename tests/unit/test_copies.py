"""Answers that are copied from the prompt: its example, its form, and what a passage may say all the same."""

import json

import pytest

from ingest.extraction.answer_parser import parse_answer
from ingest.extraction.prompt import extraction_prompt
from ingest.extraction.prompts.copies import EXAMPLE, FORM, Own, without_copies
from ingest.model import ChunkText
from ingest.model_reading import ExtractionSchema

ENGLISH = "The castle of Brennick was built by Ada Lund in 1931."
CHINESE = "布伦尼克城堡由林亚达于1931年建造，俯瞰着一条大河。"


def own(answer: str, text: str = ENGLISH) -> Own:
    chunk = ChunkText(start=0, end=len(text), text=text, headings=(), page=None, sentences=())
    return without_copies(parse_answer(answer), extraction_prompt("", chunk, ExtractionSchema()), text)


def example(text: str) -> str:
    """The example of the prompt for a text: its last line of JSON."""
    chunk = ChunkText(start=0, end=len(text), text=text, headings=(), page=None, sentences=())
    lines = extraction_prompt("", chunk, ExtractionSchema()).system.splitlines()
    return [line for line in lines if line.startswith("{")][-1]


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_the_example_is_no_reading(text: str) -> None:
    found = own(example(text), text)
    assert (found.answer.entities, found.answer.relations, found.of) == ((), (), EXAMPLE)
    assert found.copies >= 4
    assert own(f"Here it is: {example(text)[:-40]}", text).of == EXAMPLE, "cut off, and amid words"


def test_what_is_said_beside_a_copy_stays() -> None:
    said = json.loads(example(ENGLISH))
    said["entities"].append({"name": "Ada Lund", "type": "person"})
    found = own(json.dumps(said))
    assert [entity.name for entity in found.answer.entities] == ["Ada Lund"]
    assert found.of == EXAMPLE


def test_a_text_may_be_about_what_the_example_is_about() -> None:
    said = json.loads(example(ENGLISH))
    text = " and ".join(entity["name"] for entity in said["entities"])
    found = own(example(ENGLISH), text)
    assert (found.copies, found.of) == (0, "")
    assert len(found.answer.relations) == len(said["relations"])


@pytest.mark.parametrize(
    "answer",
    [
        '{"entities":[{"name","type"}],"relations":[{"source","relation","target"}]}',
        '{"entities":[{"name":"name","type":"type"}],"relations":[{"source":"source","relation":"relation","target":"target"}]}',
        '{"entities":[{"name":"<name>","type":"<type>"}],"relations":[]}',
        '{"entities":[{"name":"...","type":"..."}],"relations":[{"source":"...","relation":"...","target":"..."}]}',
        '{"entities":["name","type"],"relations":["source","relation","target"]}',
    ],
)
def test_the_form_is_no_reading_even_where_its_words_stand_in_the_text(answer: str) -> None:
    found = own(answer, "The source has a name, the target a type; a relation leads from source to target.")
    assert (found.answer.entities, found.answer.relations, found.of) == ((), (), FORM)


def test_words_of_the_form_are_names_where_they_are_used_as_such() -> None:
    answer = {
        "entities": [{"name": "Target", "type": "company"}, {"name": "The Source", "type": "magazine"}],
        "relations": [{"source": "source", "relation": "opened", "target": "target"}],
    }
    found = own(json.dumps(answer))
    assert (found.copies, len(found.answer.entities), len(found.answer.relations)) == (0, 2, 1)
