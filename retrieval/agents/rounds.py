"""Who works on what, and when: rounds of tasks that are done side by side. Pure.

A question of the plan comes once those whose answers it names have been answered or given up. What the critic sends
back is a round of its own, before anything else. The order of tasks in a round follows from the plan alone, and so does
what each of them may spend: nothing hangs on who is done first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from retrieval.agents.model import MOST_RETURNS, Report, Review, Role, Task
from retrieval.modes import Effort
from retrieval.reasoning.model import Plan

RETURNS: Mapping[Effort, int] = {"low": 0, "medium": 1, "high": MOST_RETURNS}
"""How often the critic may send work back, by effort."""
KEPT_CALLS = 3
"""Calls that no researcher may spend: two for the critic, one for the writer."""
MOST_CALLS = 2
"""Calls of one task: one, and another if its reply is malformed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """All rounds so far: the plan, who else takes the question as a whole, and what the critic made of the reports.

    ``returned`` of at most ``returns`` times work was sent back; ``added`` are questions that the critic added.
    """

    text: str
    plan: Plan
    roles: tuple[Role, ...]
    returns: int
    returned: int = 0
    added: int = 0
    reviews: tuple[Review, ...] = ()

    def first(self) -> tuple[Task, ...]:
        """The first round: questions that need no answer of others, and the question as a whole."""
        whole = tuple(Task(role=role, question=0, text=self.text) for role in self.roles if role != "passages")
        if self.plan.kind != "one":
            whole = (Task(role="passages", question=0, text=self.text), *whole)
        return (*self._open(()), *whole)

    def next(self, reviews: Sequence[Review], look_for: str = "") -> "tuple[Rounds, tuple[Task, ...]]":
        """After a round: what is known now, and the tasks of the next one, of which there may be none.

        What the critic wants to be looked for as well is a question of its own at the end of the plan.
        """
        known = replace(self, reviews=(*self.reviews, *reviews))
        answered = self.plan.kind == "one" and any(one.exact and one.claims for one in known.standing)
        again = tuple(_again(review) for review in reviews if review.missing and review.report.task.question)
        if answered or self.returned == self.returns or not (again or look_for):
            return known, tuple(known._open(known.standing))
        known = replace(known, returned=self.returned + 1)
        if look_for:
            known = replace(known, added=self.added + 1, plan=self.plan.with_more((look_for,)))
        waiting = tuple(known._open(known.standing))
        if again:
            waiting = tuple(task for task in waiting if look_for and task.question == len(known.plan.questions))
        return known, (*again, *waiting)

    @property
    def standing(self) -> tuple[Report, ...]:
        """The report that counts of each task, by the plan: the last one that found something, or the last."""
        kept: dict[tuple[int, Role], Report] = {}
        for review in self.reviews:
            key = review.report.task.question, review.report.task.role
            if key not in kept or review.report.claims or not kept[key].claims:
                kept[key] = review.report
        order: Mapping[Role, int] = {"facts": 0, "changes": 1, "passages": 2}
        # the last question of a chain is what was asked; the question as a whole comes after those it is made of
        return tuple(kept[key] for key in sorted(kept, key=lambda key: (key[0] == 0, key[0], order[key[1]])))

    @property
    def end(self) -> int:
        """The number of the question whose answer is the answer, of a chain: the last one but for what was added."""
        return len(self.plan.questions) - self.added

    @property
    def answers(self) -> Mapping[int, str]:
        """Answers to questions of the plan, by number."""
        return {one.task.question: one.answer for one in self.standing if one.task.question and one.answer}

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Questions of the plan that nothing was found for, as they were asked."""
        return tuple(one.task.text for one in self.standing if one.task.question and not one.claims)

    def _open(self, standing: Sequence[Report]) -> Iterator[Task]:
        begun = {one.task.question for one in standing}
        for question in self.plan.questions:
            if question.number not in begun and begun.issuperset(question.needs):
                yield Task(
                    role="passages", question=question.number, text=question.filled(self.answers) or self.text,
                    part=self.plan.kind != "one" or question.number > self.end,
                )  # fmt: skip


def shared(tasks: Sequence[Task], calls_left: int) -> tuple[Task, ...]:
    """The tasks with what each may spend of the calls that are left, the same for all questions of the plan."""
    asking = sum(task.part for task in tasks)
    each = min(MOST_CALLS, max(0, calls_left - KEPT_CALLS) // asking) if asking else 0
    return tuple(replace(task, calls=each if task.part else 0) for task in tasks)


def _again(review: Review) -> Task:
    task = review.report.task
    return replace(task, returned=task.returned + 1, because=review.missing)
