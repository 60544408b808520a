"""Which sources are said to contradict each other, over passages alone."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_snapshot import evidence, placed

from graph.model import DEFAULT_WORKSPACE
from retrieval.answer import Citation, Conflict
from retrieval.answering.conflicts.finding import find_conflict
from retrieval.answering.weights import CONFLICT_WEIGHTS
from retrieval.model import Evidence, Question
from retrieval.questions.read_question import read_question

QUESTION = "When was the Selm Tower completed?"
OLD = "The Selm Tower was completed in 1931."
NEW = "The Selm Tower was completed in 1934."


def passages(*texts: str, one_document: bool = False, title: str = "") -> list[Evidence]:
    return evidence(
        *(
            placed(
                f"c{number}", text, document_id="d" if one_document else f"d{number}", start=1000 * number, title=title,
                metadata={"date": f"20{number:02}-05-02"},
            )
            for number, text in enumerate(texts, start=1)
        )
    )  # fmt: skip


def cite(item: Evidence, quote: str) -> Citation:
    document, chunk = item.placed.document, item.placed.chunk
    start = item.placed.position.start + chunk.text.index(quote)
    return Citation(
        marker=item.marker, document_id=document.id, version=1, chunk_id=chunk.id, title=document.title, quote=quote,
        start=start, end=start + len(quote),
    )  # fmt: skip


def conflict(among: Sequence[Evidence], *quotes: str, question: str = QUESTION) -> Conflict | None:
    """With citations of the first passage: of its whole text where no quotes are given."""
    citations = [cite(among[0], quote) for quote in quotes or (among[0].placed.chunk.text,)]
    return find_conflict(read_question(Question(text=question, workspace=DEFAULT_WORKSPACE)), among, citations)


def quotes(found: Conflict | None) -> list[str]:
    return [side.citation.quote for side in found.sides] if found else []


def test_two_values_are_two_sides_the_newest_first() -> None:
    among = passages(f"It rains. {OLD}", NEW)
    found = conflict(among, "completed in 1931")
    assert found is not None
    assert quotes(found) == [NEW, OLD]
    assert [side.dated for side in found.sides] == [date(2002, 5, 2), date(2001, 5, 2)]
    for side in found.sides:
        item = among[side.citation.marker - 1]
        start = item.placed.position.start
        text = item.placed.chunk.text
        assert text[side.citation.start - start : side.citation.end - start] == side.citation.quote


@pytest.mark.parametrize(
    "other",
    [
        "In 1931 the Selm Tower was completed.",  # the same value
        "The Selm Tower was completed in haste.",  # no value
        "The Orrin Mill was completed in 1934.",  # another thing
        "The Selm Tower leans; in 1934 it rained.",  # another matter
        "No.",
    ],
)
def test_what_is_no_contradiction(other: str) -> None:
    assert conflict(passages(OLD, other)) is None


def test_one_document_does_not_contradict_itself() -> None:
    assert conflict(passages(OLD, NEW, one_document=True)) is None


def test_without_evidence_or_citation_there_is_none() -> None:
    assert find_conflict(read_question(Question(text=QUESTION, workspace=DEFAULT_WORKSPACE)), (), ()) is None
    among = passages(OLD, NEW)
    assert find_conflict(read_question(Question(text=QUESTION, workspace=DEFAULT_WORKSPACE)), among, ()) is None


def test_only_a_sentence_that_is_cited_has_another_side() -> None:
    assert conflict(passages(f"{OLD} It rains a lot.", NEW), "It rains a lot.") is None


def test_the_title_may_name_the_thing() -> None:
    among = passages("It was completed in 1931.", "It was completed in 1934.", title="Selm Tower")
    assert len(quotes(conflict(among))) == 2


def test_words_may_differ_instead_of_values() -> None:
    question = "Who designed the Selm Tower?"
    one, other = "The Selm Tower was designed by Edda Brink.", "The Selm Tower was designed by Nils Orr."
    assert quotes(conflict(passages(one, other), question=question)) == [other, one]
    assert conflict(passages(one, one.replace("designed", "indeed designed")), question=question) is None


def test_a_year_in_the_question_or_a_title_is_no_value() -> None:
    question = "When was the tower of 1931 completed?"
    assert conflict(passages("The tower of 1931 was completed early.", "The tower of 1931 was completed in 1934."),
                    question=question) is None  # fmt: skip


def test_chinese() -> None:
    one, other = "云塔建成于1931年。", "云塔建成于1934年。"
    assert quotes(conflict(passages(one, other), question="云塔是什么时候建成的？")) == [other, one]


@settings(deadline=None)
@given(st.lists(st.integers(1900, 1999), min_size=1, max_size=8))
def test_every_side_gives_another_value(years: list[int]) -> None:
    among = passages(*(f"The Selm Tower was completed in {year}." for year in years))
    found = conflict(among)
    different = len(set(years))
    if different == 1:
        assert found is None
        return
    assert found is not None
    assert len(set(quotes(found))) == len(found.sides) == min(different, CONFLICT_WEIGHTS.sides)
    assert among[0].placed.chunk.text in quotes(found)
    days = [side.dated for side in found.sides if side.dated]
    assert days == sorted(days, reverse=True)
