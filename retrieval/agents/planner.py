"""The planner: splits a question as the mode ``reason`` does, by a model where there is one and else by rule."""

from typing_extensions import override

from graph.ports.models import LanguageModel
from retrieval.agents.library import Library
from retrieval.agents.ports import Planned, Planner
from retrieval.agents.rounds import KEPT_CALLS
from retrieval.budget import Account
from retrieval.reasoning.model_steps import ModelSteps
from retrieval.reasoning.plans.planning import plan_by_rule
from retrieval.reasoning.plans.written import is_of_everything, unsplit, written_plan


class StepPlanner(Planner):
    """Plans once. A model that does not plan as it is asked to costs two calls, and the plan is made by rule."""

    def __init__(self, model: LanguageModel | None) -> None:
        self._model = model

    @override
    async def plan(self, library: Library, account: Account) -> Planned:
        degraded: tuple[str, ...] = ()
        if is_of_everything(library.begun.read):
            return Planned(plan=unsplit(library.question.text))
        if self._model is not None:
            steps = ModelSteps(self._model, account, (KEPT_CALLS, 0))
            texts = await steps.plan(library.question, account.budget.steps)
            if texts:
                return Planned(plan=written_plan(library.question.text, texts), degraded=tuple(steps.degraded))
            degraded = tuple(steps.degraded)
        _, gathered = await library.look(library.question.text)
        plan = await library.in_thread(lambda: plan_by_rule(library.begun.read, gathered.evidence))
        return Planned(plan=plan, degraded=degraded)
