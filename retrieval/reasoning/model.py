"""The state of reasoning: a plan of questions, what has been found to each, and what is missing.

A step of the loop takes a state and gives the next one; nothing else is handed on between steps.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from retrieval.answer import Citation, ShortAnswer
from retrieval.model import Evidence

PlanKind = Literal["one", "chain", "sides", "joined"]
_PLACEHOLDER = re.compile(r"#(\d{1,2})(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubQuestion:
    """One question of a plan. ``#1`` in its text stands for the answer to the plan's first, and so on.

    ``number`` counts from 1. ``instead`` is what a placeholder reads as while its question has no answer: what the
    asked question itself calls the thing ("the director of X"); by number, empty where it has no words for it.
    """

    number: int
    text: str
    instead: Mapping[int, str] = field(default_factory=dict)

    @property
    def needs(self) -> tuple[int, ...]:
        """Numbers of the questions whose answers it names."""
        return tuple(dict.fromkeys(int(found) for found in _PLACEHOLDER.findall(self.text)))

    def filled(self, answers: Mapping[int, str]) -> str:
        """Its text with the answers that are known, and with other words for those that are not."""

        def word(found: "re.Match[str]") -> str:
            number = int(found[1])
            return answers.get(number) or self.instead.get(number, "")

        return " ".join(_PLACEHOLDER.sub(word, self.text).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Questions that lead to an answer, in the order in which they are asked.

    ``chain``: the last one's answer is the answer. ``sides``: what is asked compares what they find. ``joined``:
    two questions in one sentence, each of which is answered for itself. ``one``: nothing is to be split.
    ``by_model``: a language model wrote it.
    """

    questions: tuple[SubQuestion, ...]
    kind: PlanKind
    by_model: bool = False

    def with_more(self, texts: tuple[str, ...]) -> "Plan":
        """The plan with further questions at its end."""
        begun = len(self.questions)
        more = tuple(SubQuestion(number=begun + place, text=text) for place, text in enumerate(texts, start=1))
        return replace(self, questions=(*self.questions, *more))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found to one question, as it was asked (``asked``, without placeholders).

    ``answer`` is a name, a number or a few words, and empty where nothing holds; ``citation`` is the verified sentence
    that it stands in, by the marker of ``evidence``. ``short`` is given where rules are sure of it; ``by_model``: a
    language model read it there. ``votes`` of ``readings`` gave this answer.
    """

    number: int
    asked: str
    evidence: tuple[Evidence, ...]
    answer: str = ""
    citation: Citation | None = None
    short: ShortAnswer | None = None
    by_model: bool = False
    votes: int = 1
    readings: int = 1

    @property
    def sure(self) -> bool:
        """Whether its answer is more than a guess by rule."""
        return bool(self.answer) and (self.by_model or self.short is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningState:
    """All that is known on the way to an answer. ``exhausted`` is the bound of the budget that was met."""

    plan: Plan
    findings: tuple[Finding, ...] = ()
    exhausted: str = ""

    @property
    def answers(self) -> Mapping[int, str]:
        """The answers so far, by the number of their question."""
        return {one.number: one.answer for one in self.findings if one.answer}

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Questions of the plan that could be asked and have no answer; those that wait for these say nothing more."""
        known = self.answers
        asked = {one.number: one.asked for one in self.findings}
        return tuple(
            asked.get(one.number) or one.filled(known)
            for one in self.plan.questions if one.number not in known and all(need in known for need in one.needs)
        )  # fmt: skip

    @property
    def open(self) -> Iterator[SubQuestion]:
        """Questions that have not been asked."""
        begun = {one.number for one in self.findings}
        return (one for one in self.plan.questions if one.number not in begun)

    def with_finding(self, finding: Finding) -> "ReasoningState":
        """The state with what was found to one more question."""
        return replace(self, findings=(*self.findings, finding))
