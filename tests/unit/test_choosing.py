"""Which mode a question is for, by its shape; and what ``auto`` does where that mode finds nothing."""

from collections.abc import AsyncIterator, Sequence

import anyio
import pytest
from typing_extensions import override

from graph.model import DEFAULT_WORKSPACE
from retrieval.answer import Answer, Citation, Event, Step, Token
from retrieval.auto import AutoMode
from retrieval.choosing import choices
from retrieval.model import Question
from retrieval.modes import Mode
from retrieval.ports import AnsweringMode


def question(text: str) -> Question:
    return Question(text=text, workspace=DEFAULT_WORKSPACE, mode="auto")


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("What changed in the travel policy?", "agents"),
        ("差旅制度有什么变化？", "agents"),
        ("截至2024年5月1日，谁是主任？", "agents"),
        ("What are the main topics?", "global"),
        ("What concerns are common across all documents?", "global"),
        ("What do you know?", "global"),
        ("受访者有哪些共同的观点？", "global"),
        ("总结所有文档的主要内容", "global"),
        ("Which companies belong to Selm Holding?", "facts"),
        ("How many companies did Edda Brink found?", "facts"),
        ("Selm集团有几家子公司？", "facts"),
        ("列出埃达·布林克创立的公司", "facts"),
        ("Where was the director of the film Selm Tower born?", "reason"),
        ("Who is older, Ana Ruiz or Nils Orr?", "reason"),
        ("《红楼梦》的作者的父亲是谁？", "reason"),
        ("Who designed the Selm Tower?", "hybrid"),
        ("谁设计了塞尔姆塔？", "hybrid"),
        ("What is the Selm Tower?", "hybrid"),
        ("2008年奥运会在哪里举行？", "hybrid"),
        ("When was Edda Brink born?", "hybrid"),
    ],
)
def test_the_shape_of_a_question_says_who_answers(text: str, mode: Mode) -> None:
    found = choices(question(text), by_model=True)
    assert found[0].mode == mode
    assert found[-1].mode == "hybrid"
    assert all(one.reason for one in found)
    by_rule = choices(question(text), by_model=False)[0].mode
    assert by_rule == {"reason": "agents", "facts": "hybrid"}.get(mode, mode), "rules misread parts and relations"


CITED = Citation(
    marker=1, document_id="d", version=1, chunk_id="c", title="t", quote="It is so.", start=0, end=9
)  # fmt: skip


class Scripted(AnsweringMode):
    """Answers as it is told, and remembers in which mode it was asked."""

    def __init__(self, name: Mode, *, cites: bool) -> None:
        self._name = name
        self._cites = cites
        self.asked: list[str] = []

    @override
    async def stream(self, question: Question) -> AsyncIterator[Event]:
        self.asked.append(question.mode)
        step = Step(name=self._name, detail="", seconds=0.0)
        yield step
        yield Token(text=f"{self._name} says so. [1]" if self._cites else f"{self._name}: not found")
        if self._cites:
            yield CITED
        yield Answer(
            text=self._name, citations=(CITED,) * self._cites, abstained=not self._cites, revision=1, mode=self._name,
            steps=(step,), paths=(), calls=2, tokens=7, degraded=(f"{self._name} was slow",),
        )  # fmt: skip


def events(mode: AutoMode, text: str) -> Sequence[Event]:
    async def collect() -> list[Event]:
        return [event async for event in mode.stream(question(text))]

    return anyio.run(collect)


COUNT = "How many companies did Edda Brink found?"


def test_the_mode_that_finds_something_answers() -> None:
    facts, passages = Scripted("facts", cites=True), Scripted("hybrid", cites=True)
    seen = events(AutoMode(passages, {"facts": facts}, by_model=True), COUNT)
    answer = seen[-1]
    assert isinstance(answer, Answer)
    assert (answer.text, facts.asked, passages.asked) == ("facts", ["facts"], [])
    assert [step.name for step in answer.steps] == ["mode", "facts"]
    assert answer.steps[0].detail.startswith("facts: it asks for how many")
    assert [one.text for one in seen if isinstance(one, Token)] == ["facts says so. [1]"]


def test_where_it_finds_nothing_passages_answer_and_nothing_of_it_was_shown() -> None:
    facts, passages = Scripted("facts", cites=False), Scripted("hybrid", cites=True)
    seen = events(AutoMode(passages, {"facts": facts}, by_model=True), COUNT)
    answer = seen[-1]
    assert isinstance(answer, Answer)
    assert (answer.text, passages.asked) == ("hybrid", ["hybrid"])
    assert [one.text for one in seen if isinstance(one, Token)] == ["hybrid says so. [1]"]
    assert [step.name for step in answer.steps] == ["mode", "facts", "mode", "hybrid"]
    assert list(answer.steps) == [one for one in seen if isinstance(one, Step)], "what is kept is what was streamed"
    assert (answer.calls, answer.tokens) == (4, 14), "what was asked in vain is paid for"
    assert answer.degraded == ("facts was slow", "hybrid was slow")


def test_a_mode_that_is_not_offered_is_passed_over() -> None:
    passages = Scripted("hybrid", cites=False)
    seen = events(AutoMode(passages, {}, by_model=False), COUNT)
    answer = seen[-1]
    assert isinstance(answer, Answer)
    assert answer.abstained
    assert [step.name for step in answer.steps] == ["mode", "hybrid"]
    assert len([one for one in seen if isinstance(one, Token)]) == 1, "an abstention of passages is shown"
