"""What of an answer is copied from the prompt itself: its example, or the names of its fields. Pure.

Small models answer so where they do not know what to answer; a model of 270 M parameters did for 6 passages of 23.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from graph.prompting import Prompt
from graph.text.tokens import fold
from ingest.extraction.answer_parser import ModelAnswer, ModelEntity, ModelRelation, parse_answer
from ingest.extraction.grounding import find_name

EXAMPLE = "copy of the prompt's example"
FORM = "copy of the prompt's form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What is left of an answer without copies, how many there were, and of what most recently: empty where none."""

    answer: ModelAnswer
    copies: int = 0
    of: str = ""


def without_copies(answer: ModelAnswer, prompt: Prompt, text: str) -> Own:
    """The answer without what stands in the prompt beside ``text``: the passage, its headings and its title.

    A text may be about what the example is about. Therefore the example counts as copied only where an item of it is
    said that holds a name which the text does not.
    """
    words = _field_names(prompt.schema or {})
    example = _example(prompt.system, words)
    said = [item for item in _items(answer) if _key(item) in example]
    example = example if any(_is_foreign(item, text) for item in said) else frozenset()
    of = ""
    kept: list[ModelEntity | ModelRelation] = []
    for item in _items(answer):
        source = EXAMPLE if _key(item) in example else FORM if _is_form(item, words) else ""
        of = source or of
        kept += [] if source else [item]
    return Own(
        answer=replace(
            answer, entities=tuple(item for item in kept if isinstance(item, ModelEntity)),
            relations=tuple(item for item in kept if isinstance(item, ModelRelation)),
        ),
        copies=len(answer.entities) + len(answer.relations) - len(kept), of=of,
    )  # fmt: skip


def _items(answer: ModelAnswer) -> Iterator[ModelEntity | ModelRelation]:
    yield from answer.entities
    yield from answer.relations


def _key(item: ModelEntity | ModelRelation) -> tuple[str, ...]:
    if isinstance(item, ModelEntity):
        return (fold(item.name),)
    return fold(item.source), fold(item.relation), fold(item.target)


@lru_cache(maxsize=64)
def _example(instructions: str, words: frozenset[str]) -> frozenset[tuple[str, ...]]:
    """All that the lines of JSON among the instructions say, but for the form."""
    lines = (line for line in instructions.splitlines() if line.lstrip().startswith("{"))
    said = (item for line in lines for item in _items(parse_answer(line)))
    return frozenset(_key(item) for item in said if not _is_form(item, words))


def _is_foreign(item: ModelEntity | ModelRelation, text: str) -> bool:
    names = (item.name,) if isinstance(item, ModelEntity) else (item.source, item.target)
    return not all(any(find_name(text, name)) for name in names)


def _is_form(item: ModelEntity | ModelRelation, words: frozenset[str]) -> bool:
    """Whether every part is the name of a field as the form writes it, or no word at all (``...``)."""
    parts = [item.name, item.type] if isinstance(item, ModelEntity) else [item.source, item.relation, item.target]
    return {"".join(filter(str.isalnum, part)) for part in parts} <= words


def _field_names(schema: Mapping[str, object]) -> frozenset[str]:
    """Names of properties in a JSON schema, however deep, and its words for what they hold."""
    found = {"", "string"}
    todo: list[object] = [schema]
    while todo:
        value = todo.pop()
        if isinstance(value, Mapping):
            properties = value.get("properties")
            found |= set(properties) if isinstance(properties, Mapping) else set()
            todo += value.values()
    return frozenset(found)
