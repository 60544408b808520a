"""How far an answer goes: rules judge what it cites, and nothing makes that better."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model import DEFAULT_WORKSPACE
from retrieval.answer import Answer, Citation, Conflict, Refusal, ShortAnswer, Side, SufficiencyKind
from retrieval.answering.sufficiency import LADDER, lowered, sufficiency_of, sufficiency_of_one_search
from retrieval.model import Question
from retrieval.questions.read_question import ReadQuestion, read_question


def read(text: str) -> ReadQuestion:
    return read_question(Question(text=text, workspace=DEFAULT_WORKSPACE, mode="keyword"))


def cited(quote: str, title: str = "") -> Citation:
    return Citation(
        marker=1, document_id="d", version=1, chunk_id="c", title=title, quote=quote, start=0, end=len(quote)
    )  # fmt: skip


def answer(*citations: Citation, degraded: tuple[str, ...] = (), conflict: Conflict | None = None) -> Answer:
    return Answer(
        text="x", citations=citations, abstained=not citations, revision=1, mode="reason", steps=(), paths=(),
        degraded=degraded, conflict=conflict, refusal=None if citations else Refusal(unknown_terms=("Atlantis",)),
    )  # fmt: skip


ANSWERED = [
    ("When did Tom Eberle die?", cited("He died in 1990.", "Tom Eberle")),
    ("Who directed Ash Harbour?", cited("Ash Harbour was directed by Mara Quill.")),
    ("How many people live in Selm?", cited("Selm has 5,400 inhabitants.")),
    ("阮青禾是哪一年出生的？", cited("阮青禾生于1920年。")),
]
GAPS = [
    ("When did Tom Eberle die?", cited("Tom Eberle was a painter.", "Tom Eberle"), ("a time",)),
    ("When did Tom Eberle die?", cited("She died in 1990.", "Mara Quill"), ("Tom Eberle",)),
    ("Who won the Lantern Medal in 1988?", cited("The Lantern Medal went to Mara Quill."), ("1988",)),
    ("阮青禾是哪一年出生的？", cited("阮青禾是作家。"), ("时间",)),
]


@pytest.mark.parametrize(("question", "citation"), ANSWERED)
def test_an_answer_holds_every_name_number_and_the_asked_kind(question: str, citation: Citation) -> None:
    assert sufficiency_of(read(question), answer(citation)).kind == "answered"


def test_a_short_answer_is_of_the_asked_kind_though_its_name_does_not_look_like_one() -> None:
    asked, said = read("琥珀桥是谁设计的？"), answer(cited("琥珀桥由周原设计，横跨清江。", "琥珀桥"))
    assert sufficiency_of(asked, said).missing == ("人物",)
    short = ShortAnswer(text="周原", kind="person", derived_from=())
    assert sufficiency_of(asked, replace(said, short_answer=short)).kind == "answered"


@pytest.mark.parametrize(("question", "citation", "missing"), GAPS)
def test_a_gap_is_named(question: str, citation: Citation, missing: tuple[str, ...]) -> None:
    found = sufficiency_of(read(question), answer(citation))
    assert (found.kind, found.missing) == ("gap", missing)


ONE_SEARCH: list[tuple[str, Citation, SufficiencyKind]] = [
    ("Who directed Ash Harbour?", cited("Ash Harbour was directed by Mara Quill."), "answered"),
    ("阮青禾是哪一年出生的？", cited("阮青禾出生于1920年。"), "answered"),
    # all names are there, and a person: but of the question itself no sentence says much
    ("Who is the husband of the director of Ash Harbour?", cited("Mara Quill made Ash Harbour."), "caveat"),
    ("创作《灰港》的作家的老师毕业于哪所大学？", cited("《灰港》是一部小说。"), "caveat"),
    ("When did Tom Eberle die of a fever in Selm?", cited("Mara Quill was a painter."), "gap"),
    # a name in other words is no gap where a sentence says all the rest
    ("Who won the Lantern Medal of Kessel in 1988?", cited("The Lantern Medal of Kessel was won by Quill."), "caveat"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "citation", "kind"), ONE_SEARCH)
def test_after_one_search_an_answer_also_needs_a_sentence_about_most_of_the_question(
    question: str, citation: Citation, kind: SufficiencyKind
) -> None:
    found = sufficiency_of_one_search(read(question), answer(citation))
    assert found is not None
    assert found.kind == kind


def test_what_cannot_be_told_of_an_answer_is_not_said() -> None:
    assert sufficiency_of_one_search(read("Give me an overview of the documents"), answer(cited("Selm."))) is None
    nothing = sufficiency_of_one_search(read("Give me an overview of the documents"), answer())
    assert nothing is not None
    assert nothing.kind == "unanswerable"


def test_names_may_stand_in_different_citations() -> None:
    question = "When did the husband of the director of Ash Harbour die?"
    chain = (cited("Ash Harbour was directed by Mara Quill."), cited("He died in 1990.", "Tom Eberle"))
    assert sufficiency_of(read(question), answer(*chain)).kind == "answered"


def test_what_went_wrong_is_a_caveat_and_a_conflict_is_told_first() -> None:
    question, citation = ANSWERED[0]
    assert sufficiency_of(read(question), answer(citation, degraded=("slow",))).kind == "caveat"
    sides = (Side(citation=citation, dated=None), Side(citation=citation, dated=None))
    conflict = Conflict(kind="contradiction", sides=sides)
    assert sufficiency_of(read(question), answer(citation, degraded=("slow",), conflict=conflict)).kind == "conflict"


def test_nothing_cited_answers_nothing() -> None:
    found = sufficiency_of(read("Who rules Atlantis?"), answer())
    assert (found.kind, found.missing) == ("unanswerable", ("Atlantis",))


@given(st.sampled_from(LADDER), st.sampled_from(LADDER))
def test_a_second_judgement_never_makes_it_better(first: SufficiencyKind, second: SufficiencyKind) -> None:
    question, citation = ANSWERED[0]
    by_rule = lowered(sufficiency_of(read(question), answer(citation)), first, "rule", ("a",))
    found = lowered(by_rule, second, "model", ("b",))
    assert LADDER.index(found.kind) == max(LADDER.index(first), LADDER.index(second))
    assert found.missing == ("a", "b")
