"""Sources that contradict each other are shown side by side, the newest first, and never blended."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import anyio
import pytest
from small_world import SmallWorld, small_world

from graph.model import DEFAULT_WORKSPACE
from retrieval.answer import Answer
from retrieval.model import Question


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    with small_world(tmp_path) as found:
        yield found


def ask(world: SmallWorld, question: str) -> Answer:
    return anyio.run(world.questions.ask, Question(text=question, workspace=DEFAULT_WORKSPACE))


def test_two_years_for_one_event(world: SmallWorld) -> None:
    old = "The Selm Tower was completed in 1931 by Ada Quist."
    new = "According to the archive the Selm Tower was completed in 1934."
    world.put("guide", old, metadata={"date": "2001-05-02"})
    world.put("archive", new, metadata={"date": "2024-11-30"})
    world.put("weather", "It rains in Selm in 1999.", metadata={"date": "2025-01-01"})
    answer = ask(world, "When was the Selm Tower completed?")
    assert answer.conflict is not None
    sides = [(str(side.dated), side.citation.quote) for side in answer.conflict.sides]
    assert sides == [("2024-11-30", new), ("2001-05-02", old)]
    assert {side.citation for side in answer.conflict.sides} <= set(answer.citations)
    assert answer.text.index(f"- 2024-11-30, archive: {new}") < answer.text.index(f"- 2001-05-02, guide: {old}")


def test_deleting_the_newer_source_lets_the_older_one_answer(world: SmallWorld) -> None:
    world.put("guide", "The Selm Tower was completed in 1931 by Ada Quist.", metadata={"date": "2001-05-02"})
    world.put("archive", "The Selm Tower was completed in 1934.", metadata={"date": "2024-11-30"})
    world.remove("archive")
    answer = ask(world, "When was the Selm Tower completed?")
    assert answer.conflict is None
    assert "1931" in answer.text
    assert "1934" not in answer.text


def test_two_trades_of_one_name(world: SmallWorld) -> None:
    world.put(
        "a", "Greta Moyer, born in 1958, is an American trombonist known for funk.", title="Greta Moyer (musician)"
    )
    world.put("b", "Greta Moyer, born in 1958, is an American chef known for sauces.", title="Greta Moyer (chef)")
    answer = ask(world, "What is Greta Moyer known for?")
    assert answer.conflict is not None
    assert answer.conflict.kind == "namesakes"
    assert {side.citation.document_id for side in answer.conflict.sides} == {"a", "b"}
    assert "Several things have this name:\n- Greta Moyer" in answer.text


def test_a_question_that_says_which_of_them_it_means(world: SmallWorld) -> None:
    world.put("a", "Greta Moyer is an American trombonist known for funk.", title="Greta Moyer (musician)")
    world.put("b", "Greta Moyer is an American chef known for sauces.", title="Greta Moyer (chef)")
    assert ask(world, "What is the chef Greta Moyer known for?").conflict is None


def test_two_things_that_names_tell_apart(world: SmallWorld) -> None:
    world.put("a", "The US branch of Tarn Mills has 120 looms.", title="Figures")
    world.put("b", "The UK branch of Tarn Mills has 45 looms.", title="Figures")
    world.put("c", "The Selm team writes its tools in F#.", title="Tools")
    world.put("d", "The Orn team writes its tools in F++.", title="Tools")
    answer = ask(world, "How many looms does the US branch of Tarn Mills have?")
    assert answer.conflict is None
    assert "120" in answer.text
    assert ask(world, "Which team writes its tools in F#?").conflict is None


def test_a_statement_and_its_denial_are_both_shown(world: SmallWorld) -> None:
    rest = "The badge desk of the Orn hall opens at eight and closes at six in the evening."
    world.put("a", f"Guests may use the Orn hall on Sundays. {rest}")
    world.put("b", f"Guests may not use the Orn hall on Sundays. {rest}")
    answer = ask(world, "May guests use the Orn hall on Sundays?")
    assert {citation.document_id for citation in answer.citations} == {"a", "b"}
    assert answer.conflict is not None
    assert answer.conflict.kind == "contradiction"


def test_an_upload_time_is_no_day(world: SmallWorld) -> None:
    world.put("guide", "The Selm Tower was completed in 1931.")
    world.put("archive", "The Selm Tower was completed in 1934.", metadata={"date": "2024-11-30"})
    answer = ask(world, "When was the Selm Tower completed?")
    assert answer.conflict is not None
    assert [side.dated for side in answer.conflict.sides] == [date(2024, 11, 30), None]
    assert "Sources differ:\n- 2024-11-30, archive: " in answer.text
    assert "newest" not in answer.text


def test_in_chinese(world: SmallWorld) -> None:
    world.put("旧", "塞尔姆塔于1931年建成，由阿达设计。", metadata={"date": "2001-05-02"})
    world.put("新", "塞尔姆塔于1934年建成，见档案。", metadata={"date": "2024-11-30"})
    answer = ask(world, "塞尔姆塔是哪一年建成的？")
    assert answer.conflict is not None
    assert [side.citation.document_id for side in answer.conflict.sides] == ["新", "旧"]
    assert "来源说法不一" in answer.text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Selm Tower was completed in 1931.", "The Selm Tower, completed in 1931, is tall."),
        ("The Selm Tower was completed in 1931.", "The Orn Tower was completed in 1950."),
        ("The Selm Tower was completed in 1931.", "The Selm Tower is of brick and was sold in 1950."),
        ("The Selm Tower was completed in 1931.", "The Selm Tower was completed."),
    ],
)
def test_what_is_no_conflict(world: SmallWorld, one: str, other: str) -> None:
    world.put("a", one)
    world.put("b", other)
    assert ask(world, "When was the Selm Tower completed?").conflict is None


def test_a_document_does_not_contradict_itself(world: SmallWorld) -> None:
    world.put("a", "The Selm Tower was completed in 1931. The Selm Tower was completed in 1934, say others.")
    assert ask(world, "When was the Selm Tower completed?").conflict is None
