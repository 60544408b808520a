"""Which rewritings of a language model are taken."""

import pytest

from retrieval.model import Utterance
from retrieval.rewriting.exchanges import Exchange, exchanges_of
from retrieval.rewriting.rewrite_prompt import objection


def spoken(question: str, answer: str) -> tuple[Exchange, ...]:
    return exchanges_of([Utterance(speaker="user", text=question), Utterance(speaker="agent", text=answer)])


BORN = ("Where was Jon Meehan born?", "In Fredericton.")
TAKEN = [
    (BORN, "What is the Diocese of it part of?", "What is the Diocese of Fredericton part of?"),
    (BORN, "Who designed its Courthouse?", "Who designed Fredericton Courthouse?"),
    (("长谷川町子获得过哪些奖项？", "文化勋章。"), "她从师于哪位漫画家？", "长谷川町子从师于哪位漫画家？"),
    (("琴娜·杜普洛因什么而著名？", "因其小说。"), "出生地在哪？", "琴娜·杜普洛出生地在哪？"),
]
REFUSED = [
    (BORN, "What is the Diocese of it part of?", "What is the Diocese of Moncton part of?"),
    (BORN, "Who was his teacher?", "Who was Jon Berg's teacher?"),
    (("《石坞夜话》是哪年出版的？", "1998年。"), "它由谁写？", "《云塔》由谁写？"),
]


@pytest.mark.parametrize(("before", "question", "rewriting"), TAKEN)
def test_names_may_be_joined_of_what_was_said_and_of_the_question(
    before: tuple[str, str], question: str, rewriting: str
) -> None:
    assert objection(rewriting, question, spoken(*before)) is None


@pytest.mark.parametrize(("before", "question", "rewriting"), REFUSED)
def test_a_name_that_nobody_said_is_not_taken(before: tuple[str, str], question: str, rewriting: str) -> None:
    assert objection(rewriting, question, spoken(*before)) == "a name that nobody said"
