"""The JSON schema of an answer about one chunk: no list in it is endless, and its sentences are told by numbers."""

from collections.abc import Mapping
from typing import Any

from graph.text.tokens import east_asian_share
from ingest.extraction.answer_parser import MAX_NAME, MAX_TYPE
from ingest.extraction.grounding import relation_limit
from ingest.model import ChunkText

_SOME, _CHARACTERS_AN_ITEM = 10, 20
"""Items of a list: ten, and one for twenty characters. None of the 1,890 recorded readings of ``multihop/musique`` has
more names or more relations; the densest has 16 names in 179 characters."""
_EAST_ASIAN_WEIGHT = 3
"""One East Asian character says as much as so many others, as where chunks are measured."""


def answer_schema(title: str, chunk: ChunkText) -> dict[str, Any]:
    """The form of an answer, with bounds that follow from the length of the chunk and of what stands above it.

    Every property is required: servers that constrain an answer strictly refuse optional ones. A text is cut no sooner
    than where the parser drops it.
    """
    above = " ".join((title, *chunk.headings))
    weight = sum(len(text) * (1 + (_EAST_ASIAN_WEIGHT - 1) * east_asian_share(text)) for text in (above, chunk.text))
    most = _SOME + int(weight) // _CHARACTERS_AN_ITEM
    name, kind = _text(MAX_NAME), _text(MAX_TYPE)
    number = {"type": "integer", "minimum": chunk.first, "maximum": chunk.first + max(0, len(chunk.sentences) - 1)}
    entity = _object({"name": name, "type": kind})
    relation = _object({"source": name, "relation": name, "target": name, "evidence": number})
    return _object({
        "entities": {"type": "array", "items": entity, "maxItems": most},
        "relations": {"type": "array", "items": relation, "maxItems": max(most, relation_limit(len(chunk.sentences)))},
    })  # fmt: skip


def _text(most: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": most + 1}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": list(properties), "properties": properties}
