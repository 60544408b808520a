"""When chosen sentences are no answer, and what is told of that."""

from dataclasses import replace

import pytest
from table_snapshot import evidence, placed

from graph.model import DEFAULT_WORKSPACE
from retrieval.answering.refusal import refusal_of, refused
from retrieval.model import Question
from retrieval.questions.known_terms import KnownTerms
from retrieval.questions.read_question import ReadQuestion, read_question

MILL = "Tove Rask built the mill at Varn in 1842."
BAKERY = "The bakery at Varn opens at seven."
ZH = "云塔由林致远于1842年建造。"


def asked(text: str, **holding: int) -> ReadQuestion:
    """A question to a base of a hundred passages, each of which holds a term unless ``holding`` says how many do."""
    read = read_question(Question(text=text, workspace=DEFAULT_WORKSPACE))
    return replace(read, known=KnownTerms(size=100, holding={term: holding.get(term, 3) for term in read.terms.all}))


@pytest.mark.parametrize(
    ("question", "said", "no_answer"),
    [
        (asked("Who built the mill at Varn?"), MILL, False),
        (asked("Who built the mill at Varn?", varn=50), BAKERY, True),
        (asked("Who painted the ceiling of the Ostheim chapel?", paint=0, ceil=0, ostheim=0), MILL, True),
        (asked("云塔由谁建造？"), ZH, False),
        (asked("海港博物馆的馆长是谁？"), ZH, True),
        (asked("周明远的导师是谁？"), "首任台长是林雨桐的导师周明远。", True),  # the other way round
        (asked("林雨桐的导师是谁？"), "首任台长是林雨桐的导师周明远。", False),
        (asked("周明远的导师是谁？"), "林雨桐的导师周明远敬重他自己的导师石川。", False),
    ],
)
def test_sentences_answer_what_they_hold(question: ReadQuestion, said: str, no_answer: bool) -> None:
    assert refused(question, evidence(placed("a", said)), [(1, said)]) is no_answer


def test_nothing_chosen_and_nothing_asked_is_no_answer() -> None:
    found = evidence(placed("a", MILL))
    assert refused(asked("Who built the mill at Varn?"), found, [])
    assert refused(asked("Who is it?"), found, [(1, MILL)])


def test_a_name_may_stand_under_another_of_its_names() -> None:
    read = asked("Who built the mill of the Varn Milling Company?")
    found = evidence(placed("a", "The VMC mill was built by Tove Rask."))
    assert read.known is not None
    other = replace(read, known=replace(read.known, names={"varn milling company": ("vmc",)}))
    said = [(1, "The VMC mill was built by Tove Rask.")]
    assert refused(read, found, said) >= refused(other, found, said)


def test_a_refusal_names_what_no_document_holds() -> None:
    read = asked("Who built the mill at Ostheim?", ostheim=0)
    refusal = refusal_of(read, evidence(placed("a", MILL), placed("b", BAKERY)))
    assert refusal.unknown_terms == ("Ostheim",)
    assert [item.placed.chunk.id for item in refusal.nearest] == ["a", "b"]


def test_a_stretch_of_han_that_no_document_holds() -> None:
    read = read_question(Question(text="云塔的望舒在哪里？", workspace=DEFAULT_WORKSPACE))
    unknown = [term for term in read.terms.all if set(term) <= set("望舒")]
    holding = {term: 0 if term in unknown else 3 for term in read.terms.all}
    known = replace(read, known=KnownTerms(size=100, holding=holding))
    assert refusal_of(known, ()).unknown_terms == ("望舒",)


def test_what_was_not_looked_up_is_not_unknown() -> None:
    read = read_question(Question(text="Where is Ostheim?", workspace=DEFAULT_WORKSPACE))
    assert refusal_of(read, ()).unknown_terms == ()
