"""The question about a chunk: one prefix for all, and everything its answer depends on in the digest."""

import json
from dataclasses import replace

import pytest

from graph.model import Span
from ingest.extraction.answer_parser import MAX_NAME, parse_answer
from ingest.extraction.answer_schema import answer_schema
from ingest.extraction.grounding import ground, relation_limit
from ingest.extraction.prompt import asked_again, extraction_prompt, numbered, prompt_digest
from ingest.extraction.sentences import split_sentences
from ingest.model import ChunkText
from ingest.model_reading import ExtractionSchema

ANY = ExtractionSchema()


def chunk(text: str, *headings: str) -> ChunkText:
    sentences = tuple(split_sentences(text))
    return ChunkText(start=0, end=len(text), text=text, headings=headings, page=None, sentences=sentences)


def test_instructions_are_the_same_for_every_chunk_and_the_chunk_comes_last() -> None:
    one, other = extraction_prompt("T", chunk("Ada wrote."), ANY), extraction_prompt("", chunk("Bea sang."), ANY)
    assert one.system == other.system
    assert one.user == "Title: T\nPassage:\n1 Ada wrote."
    assert other.user == "Passage:\n1 Bea sang."
    assert extraction_prompt("T", chunk("x", "A", "B"), ANY).user.startswith("Title: T › A › B\n")


def test_chinese_is_asked_about_in_chinese() -> None:
    prompt = extraction_prompt("桥", chunk("琥珀桥由陶若思设计。"), ExtractionSchema(entity_types=("人物",)))
    assert prompt.user == "标题：桥\n段落：\n1 琥珀桥由陶若思设计。"
    assert "照原文抄写" in prompt.system
    assert prompt.system.endswith("类型只能是：人物")


def test_a_schema_is_part_of_the_instructions() -> None:
    schema = ExtractionSchema(entity_types=("person", "city"), relation_types=("born in",))
    system = extraction_prompt("T", chunk("Ada wrote."), schema).system
    assert system.endswith("Types to use: person, city\nRelations to use, no others: born in")


def test_the_digest_knows_all_that_an_answer_depends_on() -> None:
    base = extraction_prompt("T", chunk("Ada wrote."), ANY)
    others = [
        extraction_prompt("U", chunk("Ada wrote."), ANY), extraction_prompt("T", chunk("Ada sang."), ANY),
        extraction_prompt("T", chunk("Ada wrote.", "H"), ANY), asked_again(base),
        extraction_prompt("T", chunk("Ada wrote."), ExtractionSchema(entity_types=("person",))),
    ]  # fmt: skip
    digests = {prompt_digest(prompt, "m/1") for prompt in [base, *others]} | {prompt_digest(base, "m/2")}
    assert len(digests) == len(others) + 2
    assert prompt_digest(base, "m/1") == prompt_digest(extraction_prompt("T", chunk("Ada wrote."), ANY), "m/1")


def test_the_form_is_bounded_by_the_length_of_the_chunk() -> None:
    def bounds(text: str) -> tuple[int, int]:
        lists = answer_schema("", chunk(text))["properties"]
        return lists["entities"]["maxItems"], lists["relations"]["maxItems"]

    assert bounds("x" * 200) == (20, 20)
    assert bounds("桥" * 200) == (40, 40)
    sentences = tuple(Span(start=n * 20, end=n * 20 + 19) for n in range(10))
    many = answer_schema("", replace(chunk("x" * 200), sentences=sentences))
    assert many["properties"]["relations"]["maxItems"] == relation_limit(10)
    fields = many["properties"]["relations"]["items"]["properties"]
    assert {fields[name]["maxLength"] for name in ("source", "relation", "target")} == {MAX_NAME + 1}
    assert extraction_prompt("", chunk("x" * 200), ANY).schema == answer_schema("", chunk("x" * 200))
    assert many["required"] == ["entities", "relations"]


def test_sentences_are_numbered_and_the_schema_knows_how_many_there_are() -> None:
    two = chunk("Ada wrote.\n\nBea sang.")
    assert numbered(two) == "1 Ada wrote.\n2 Bea sang."
    told = json.dumps(answer_schema("", two))
    assert '"evidence": {"type": "integer", "minimum": 1, "maximum": 2}' in told
    assert '"required": ["source", "relation", "target", "evidence"]' in told


@pytest.mark.parametrize("text", ["Ada wrote.", "琥珀桥由陶若思设计。"])
def test_the_example_is_an_answer_that_its_passage_bears_out(text: str) -> None:
    """Whole, with a pronoun told by the title, a relation to a date, and nothing of what is denied."""
    title, shown, answer = example(text)
    found = ground(parse_answer(answer), shown, title, ANY)
    told = [(found.names[r.source].name, found.names[r.target].name) for r in found.relations]
    assert not found.rejected
    assert len(found.relations) == len(json.loads(answer)["relations"]) == 2
    assert (title, next(name.name for name in found.names if name.type in {"date", "日期"})) in told
    second = shown.sentences[1]
    assert {(r.start, r.end) for r in found.relations} == {(second.start, second.end)}, "the first one denies"


def example(text: str) -> tuple[str, ChunkText, str]:
    """Title, passage and answer of the example in the language of a text."""
    lines = extraction_prompt("", chunk(text), ANY).system.partition("\n\n")[2].split("\n")
    passage = chunk("\n".join(line[2:] for line in lines[2:-1]))
    assert numbered(passage).split("\n") == lines[2:-1]
    return lines[0].replace("：", ": ").partition(": ")[2], passage, lines[-1]
