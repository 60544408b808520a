"""The planner: splits a question as the mode ``reason`` does, by a model where there is one and else by rule."""

from typing_extensions import override

from graph.ports.models import LanguageModel
from retrieval.agents.calls import Budgeted
from retrieval.agents.library import Library
from retrieval.agents.ports import Planned, Planner
from retrieval.agents.rounds import KEPT_CALLS
from retrieval.reasoning.budget import Account
from retrieval.reasoning.model import Plan, SubQuestion
from retrieval.reasoning.model_steps import ModelSteps
from retrieval.reasoning.plans.planning import plan_by_rule

_WHOLE = frozenset({"overview", "summary"})
"""What is asked of everything, and has no parts."""


class StepPlanner(Planner):
    """Plans once. A model that does not plan as it is asked to costs two calls, and the plan is made by rule."""

    def __init__(self, model: LanguageModel | None) -> None:
        self._model = model

    @override
    async def plan(self, library: Library, account: Account) -> Planned:
        degraded: tuple[str, ...] = ()
        broad = library.begun.read.broad
        if broad is not None and broad.kind in _WHOLE:
            return Planned(plan=_planned(library.question.text, (library.question.text,), by_model=False))
        if self._model is not None:
            steps = ModelSteps(Budgeted(self._model, account), account, (KEPT_CALLS, 0))
            texts = await steps.plan(library.question, account.budget.steps)
            if texts:
                return Planned(
                    plan=_planned(library.question.text, texts, by_model=True), degraded=tuple(steps.degraded)
                )
            degraded = tuple(steps.degraded)
        _, gathered = await library.look(library.question.text)
        plan = await library.in_thread(lambda: plan_by_rule(library.begun.read, gathered.evidence))
        return Planned(plan=plan, degraded=degraded)


def _planned(asked: str, texts: tuple[str, ...], *, by_model: bool) -> Plan:
    """A model's questions as a plan; words for an answer that is missing are those of its question.

    One alone is the question itself, whatever words a model has for it.
    """
    if len(texts) == 1:
        return Plan(questions=(SubQuestion(number=1, text=asked),), kind="one", by_model=by_model)
    words: dict[int, str] = {}
    questions: list[SubQuestion] = []
    for number, text in enumerate(texts, start=1):
        needs = SubQuestion(number=number, text=text).needs
        questions.append(SubQuestion(number=number, text=text, instead={need: words[need] for need in needs}))
        words[number] = questions[-1].filled({}).rstrip("?？ ")
    return Plan(questions=tuple(questions), kind="chain" if questions[-1].needs else "sides", by_model=by_model)
