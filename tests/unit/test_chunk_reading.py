"""A chunk is read whole or said not to be: which answers count as whole, where a chunk is halved, what is kept."""

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_model import ScriptedModel

from graph.prompting import Completion, Prompt
from ingest.extraction.chunk_reading import (
    ChunkPrompts,
    Unended,
    halves,
    joined,
    looks_cut,
    parse_reading,
    read_chunk,
    with_brackets,
)
from ingest.extraction.sentences import split_sentences
from ingest.model import ChunkText
from ingest.model_reading import ModelReading

ADA = '{"name": "Ada", "type": "person"}'
WROTE = '{"source": "Ada", "relation": "wrote", "target": "Notes"}'
WHOLE = f'{{"entities": [{ADA}], "relations": [{WROTE}]}}'
EMPTY = '{"entities": [], "relations": []}'
ASKED = [Prompt(system="", user=user, max_tokens=99) for user in ("whole", "first half", "second half")]


def said(text: str, *, cut: bool = False, looped: bool = False) -> Completion:
    return Completion(
        text=text, prompt_tokens=10, completion_tokens=5, calls=1, seconds=0.0, cut=cut, looped=looped
    )  # fmt: skip


def read(*answers: Completion, sentences: int = 2) -> tuple[ModelReading, Unended, list[str]]:
    """What comes of these answers in turn; and what was asked for them."""
    left = list(answers)
    model, unended = ScriptedModel(lambda _: left.pop(0)), Unended()
    prompts = ChunkPrompts(whole=ASKED[0], halves=tuple(ASKED[1:]) if sentences > 1 else ())
    reading = anyio.run(read_chunk, model, prompts, unended)
    assert not left, "all that was said was asked for"
    return reading, unended, [prompt.user for prompt in model.asked]


@pytest.mark.parametrize(
    "answer",
    [said(WHOLE), said(f"Sure!\n```json\n{WHOLE}\n```"), said("wrote(Ada, Notes)"), said(WHOLE + " I hope", cut=True),
     said(WHOLE + EMPTY * 2 + EMPTY[:9], cut=True, looped=True)],
)  # fmt: skip
def test_an_answer_that_ended_or_has_both_lists_closed_is_whole(answer: Completion) -> None:
    reading, _, asked = read(answer)
    assert (reading, asked) == (ModelReading(answer=answer.text), ["whole"])
    assert not looks_cut(reading)


@pytest.mark.parametrize("end", [-1, -2])
def test_forgotten_brackets_are_no_cut(end: int) -> None:
    reading, _, asked = read(said(WHOLE[:end]))
    assert (reading.answer, reading.failure, asked) == (WHOLE, "", ["whole"])


@pytest.mark.parametrize(
    "first",
    [said(WHOLE[:-9], cut=True), said(WHOLE[: WHOLE.index(', "rel')], cut=True), said(WHOLE[:30]), said(WHOLE[:-3]),
     said("wrote(Ada, Notes)\nwrote(Ada, No", cut=True), said(f"[{WROTE}, {WROTE}, ", cut=True, looped=True),
     said(WROTE + WROTE, cut=True)],
)  # fmt: skip
def test_of_a_cut_answer_the_halves_are_asked_about_and_all_counts(first: Completion) -> None:
    reading, unended, asked = read(first, said(EMPTY), said(WHOLE.replace("Ada", "Bea")))
    assert asked == ["whole", "first half", "second half"]
    assert (unended.cut, unended.looped) == (not first.looped, first.looped)
    assert reading.failure == ""
    found = parse_reading(reading.answer)
    assert "Bea" in {one.name for one in found.entities}
    assert {one.source for one in found.relations} >= {"Bea"}
    assert not looks_cut(reading)


def test_what_cannot_be_had_whole_is_told_and_counts() -> None:
    reading, unended, _ = read(said(WHOLE[:-9], cut=True), said(WHOLE), said(f"[{WROTE}, ", cut=True, looped=True))
    assert reading.failure.startswith("read in part: the model's answer was cut off")
    assert "1 of its halves: the model's answer repeated itself" in reading.failure
    assert (unended.cut, unended.looped) == (1, 1)
    assert len(parse_reading(reading.answer).relations) == 1
    nothing, _, asked = read(said('{"entities": [{"na', cut=True), said("Hm", cut=True), said("Hm", cut=True))
    assert (nothing.answer, len(asked)) == ("", 3)
    assert "2 of its halves" in nothing.failure


def test_one_sentence_is_asked_about_again() -> None:
    reading, _, asked = read(said(WHOLE[:-9], cut=True), said(WHOLE), sentences=1)
    assert (reading.failure, len(asked)) == ("", 2)
    assert asked[1].startswith("whole\n\nAnswer with the JSON object only")


def test_what_cannot_be_read_is_asked_again_and_then_halved_where_that_is_cut() -> None:
    _, _, asked = read(said("I cannot."), said(WHOLE[:-9], cut=True), said(WHOLE), said(EMPTY))
    assert asked[2:] == ["first half", "second half"]
    reading, _, asked = read(said("I cannot."), said("I cannot."))
    assert (reading.answer, len(asked)) == ("", 2)
    assert "nor when asked again" in reading.failure


@pytest.mark.parametrize(
    ("answer", "cut"),
    [(WHOLE, False), (WHOLE[:-9], True), (WHOLE[:-1], True), ("wrote(Ada, Notes)", False), (WHOLE + " [so", False),
     (joined([WHOLE[:-9], WHOLE]), False)],
)  # fmt: skip
def test_what_releases_before_kept_is_known_by_its_text(answer: str, cut: bool) -> None:
    assert looks_cut(ModelReading(answer=answer)) is cut


def test_a_failure_that_is_kept_is_not_asked_about_meanwhile() -> None:
    assert not looks_cut(ModelReading(answer=WHOLE[:-9], failure="read in part"))


def chunk(text: str) -> ChunkText:
    return ChunkText(
        start=100, end=100 + len(text), text=text, headings=("H",), page=3, sentences=tuple(split_sentences(text))
    )  # fmt: skip


def test_halves_are_whole_sentences_at_their_places() -> None:
    text = "The tower stands. It is made of larch. Ana Ruiz painted its door. It is old."
    first, second = halves(chunk(text))
    assert (first.text, second.text) == (
        "The tower stands. It is made of larch.",
        "Ana Ruiz painted its door. It is old.",
    )
    assert (second.start - 100, second.headings, second.page) == (text.index("Ana"), ("H",), 3)
    assert [second.text[s.start : s.end] for s in second.sentences] == ["Ana Ruiz painted its door.", "It is old."]
    assert halves(chunk("One sentence only, and long.")) == ()


@given(st.text(max_size=300), st.integers(0, 99))
def test_nothing_raises(text: str, end: int) -> None:
    assert parse_reading(joined([text, WHOLE[:end]])).broken >= 0
    looks_cut(ModelReading(answer=text))
    assert with_brackets(text).startswith(text.rstrip(" \n\t\r`")) or with_brackets(text) == text
