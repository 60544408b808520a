"""The question about a chunk: one prefix for all, and everything its answer depends on in the digest."""

from dataclasses import replace

from graph.model import Span
from ingest.extraction.answer_parser import MAX_NAME
from ingest.extraction.grounding import relation_limit
from ingest.extraction.prompt import answer_schema, asked_again, extraction_prompt, prompt_digest
from ingest.model import ChunkText
from ingest.model_reading import ExtractionSchema

ANY = ExtractionSchema()


def chunk(text: str, *headings: str) -> ChunkText:
    return ChunkText(start=0, end=len(text), text=text, headings=headings, page=None, sentences=())


def test_instructions_are_the_same_for_every_chunk_and_the_chunk_comes_last() -> None:
    one, other = extraction_prompt("T", chunk("Ada wrote."), ANY), extraction_prompt("", chunk("Bea sang."), ANY)
    assert one.system == other.system
    assert one.user == "Title: T\nPassage: Ada wrote."
    assert other.user == "Passage: Bea sang."
    assert extraction_prompt("T", chunk("x", "A", "B"), ANY).user.startswith("Title: T › A › B\n")


def test_chinese_is_asked_about_in_chinese() -> None:
    prompt = extraction_prompt("桥", chunk("琥珀桥由陶若思设计。"), ExtractionSchema(entity_types=("人物",)))
    assert prompt.user == "标题：桥\n段落：琥珀桥由陶若思设计。"
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
    assert {field["maxLength"] for field in fields.values()} == {MAX_NAME + 1}
    assert extraction_prompt("", chunk("x" * 200), ANY).schema == answer_schema("", chunk("x" * 200))
    assert many["required"] == ["entities", "relations"]


def test_answers_that_were_kept_before_there_were_bounds_are_found() -> None:
    """The digest that releases before gave to this question: another one would have every chunk read again."""
    base = extraction_prompt("T", chunk("Ada wrote."), ANY)
    plain = prompt_digest(replace(base, schema=None), "m/1")
    assert prompt_digest(base, "m/1") == plain
