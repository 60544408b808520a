"""The one question the extracting model is asked about a chunk. The wording stands in ``ingest/extraction/prompts``."""

import hashlib
from dataclasses import replace
from functools import cache
from importlib.resources import files

from graph.prompting import Prompt
from graph.text.tokens import east_asian_share
from ingest.extraction.answer_schema import answer_schema
from ingest.model import ChunkText
from ingest.model_reading import ExtractionSchema

MAX_TOKENS = 1_500
_CHINESE = 0.3
"""Share of East Asian characters from which a chunk is asked about in Chinese."""


def extraction_prompt(title: str, chunk: ChunkText, schema: ExtractionSchema) -> Prompt:
    """The prompt for one chunk: first instructions, equal for all of a language and schema, then headings and text.

    What "it" and "he" stand for at the beginning of a chunk is told by title and headings.
    """
    chinese = east_asian_share(chunk.text) >= _CHINESE
    lines = [_labelled(chinese, "Title", "标题", " › ".join(part for part in (title, *chunk.headings) if part))]
    lines.append(f"{'段落：' if chinese else 'Passage:'}\n{numbered(chunk)}")
    return Prompt(
        system=_instructions("extraction.zh.txt" if chinese else "extraction.txt") + _types(schema, chinese=chinese),
        user="\n".join(line for line in lines if line),
        max_tokens=MAX_TOKENS,
        schema=answer_schema(title, chunk),
    )


def numbered(chunk: ChunkText) -> str:
    """The text of a chunk, a sentence a line, each after its number."""
    sentences = [chunk.text[span.start : span.end] for span in chunk.sentences] or [chunk.text]
    return "\n".join(f"{number} {sentence}" for number, sentence in enumerate(sentences, start=chunk.first))


def asked_again(prompt: Prompt) -> Prompt:
    """The same question after an answer that could not be read."""
    return replace(prompt, user=f"{prompt.user}\n\n{_instructions('again.txt')}")


def prompt_digest(prompt: Prompt, model: str) -> str:
    """What an answer depends on: model, instructions (and so their version), chunk in its place, bound of the answer.

    The form of the answer follows from these.
    """
    state = hashlib.blake2b(digest_size=20)
    for part in (model, prompt.system, prompt.user, str(prompt.max_tokens)):
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
