"""The one question the extracting model is asked about a chunk. The wording stands in ``ingest/extraction/prompts``."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from graph.prompting import Prompt
from graph.text.tokens import east_asian_share
from ingest.extraction.answer_parser import MAX_NAME, MAX_TYPE
from ingest.extraction.grounding import relation_limit
from ingest.model import ChunkText
from ingest.model_reading import ExtractionSchema

MAX_TOKENS = 1_500
_CHINESE = 0.3
"""Share of East Asian characters from which a chunk is asked about in Chinese."""
_ANSWER = {
    "type": "object",
    "additionalProperties": False,
    "required": ["entities", "relations"],
    "properties": {
        "entities": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "type"],
                "properties": {"name": {"type": "string"}, "type": {"type": "string"}},
            },
        },
        "relations": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["source", "relation", "target"],
                "properties": {
                    "source": {"type": "string"}, "relation": {"type": "string"}, "target": {"type": "string"},
                },
            },
        },
    },
}  # fmt: skip
"""Every property is required: servers that constrain an answer strictly refuse optional ones."""
_SOME, _CHARACTERS_AN_ITEM = 10, 20
"""Items of a list: ten, and one for twenty characters. None of the 1,890 recorded readings of ``multihop/musique`` has
more names or more relations; the densest has 16 names in 179 characters."""
_EAST_ASIAN_WEIGHT = 3
"""One East Asian character says as much as so many others, as where chunks are measured."""


def extraction_prompt(title: str, chunk: ChunkText, schema: ExtractionSchema) -> Prompt:
    """The prompt for one chunk: first instructions, equal for all of a language and schema, then headings and text."""
    chinese = east_asian_share(chunk.text) >= _CHINESE
    lines = [_labelled(chinese, "Title", "标题", " › ".join(part for part in (title, *chunk.headings) if part))]
    lines.append(_labelled(chinese, "Passage", "段落", chunk.text))
    return Prompt(
        system=_instructions("extraction.zh.txt" if chinese else "extraction.txt") + _types(schema, chinese=chinese),
        user="\n".join(line for line in lines if line),
        max_tokens=MAX_TOKENS,
        schema=answer_schema(title, chunk),
    )


def answer_schema(title: str, chunk: ChunkText) -> dict[str, Any]:
    """The form of an answer about a chunk, with bounds that follow from its length: no list in it is endless."""
    above = " ".join((title, *chunk.headings))
    weight = sum(len(text) * (1 + (_EAST_ASIAN_WEIGHT - 1) * east_asian_share(text)) for text in (above, chunk.text))
    some = _SOME + int(weight) // _CHARACTERS_AN_ITEM
    most = {"entities": some, "relations": max(some, relation_limit(len(chunk.sentences)))}
    bounded: dict[str, Any] = _bounded(_ANSWER, most)
    return bounded


def _bounded(part: Any, most: Mapping[str, int], name: str = "") -> Any:
    """A part of a JSON schema, under a name, with bounds. A text is cut no sooner than where the parser drops it."""
    if not isinstance(part, Mapping):
        return part
    made = {key: _bounded(inner, most, name) for key, inner in part.items() if key != "properties"}
    if "properties" in part:
        made["properties"] = {key: _bounded(inner, most, key) for key, inner in part["properties"].items()}
    if part.get("type") == "array":
        made["maxItems"] = most[name]
    elif part.get("type") == "string":
        made["maxLength"] = (MAX_TYPE if name == "type" else MAX_NAME) + 1
    return made


def asked_again(prompt: Prompt) -> Prompt:
    """The same question after an answer that could not be read."""
    return replace(prompt, user=f"{prompt.user}\n\n{_instructions('again.txt')}")


def prompt_digest(prompt: Prompt, model: str) -> str:
    """What an answer depends on: instructions (and so their version), chunk in its place, schema, model, parameters.

    The bounds of the schema are left out: they follow from the chunk, and answers are kept from before there were any.
    """
    state = hashlib.blake2b(digest_size=20)
    for part in (model, prompt.system, prompt.user, str(prompt.max_tokens), str(_ANSWER)):
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()


def _labelled(chinese: bool, english: str, han: str, text: str) -> str:
    return (f"{han}：{text}" if chinese else f"{english}: {text}") if text else ""


def _types(schema: ExtractionSchema, *, chinese: bool) -> str:
    lines = ""
    if schema.entity_types:
        lines += ("\n类型只能是：" if chinese else "\nTypes to use: ") + ", ".join(schema.entity_types)
    if schema.relation_types:
        lines += ("\n关系只能是：" if chinese else "\nRelations to use, no others: ") + ", ".join(schema.relation_types)
    return lines


@cache
def _instructions(name: str) -> str:
    return files("ingest.extraction.prompts").joinpath(name).read_text(encoding="utf-8").strip()
