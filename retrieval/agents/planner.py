"""The planner where no plan is made: the question as it is."""

from typing_extensions import override

from retrieval.agents.ports import Planned, Planner
from retrieval.questions.read_question import ReadQuestion
from retrieval.reasoning.budget import Account
from retrieval.reasoning.model import Plan, SubQuestion


class WholePlanner(Planner):
    """Splits nothing."""

    @override
    async def plan(self, read: ReadQuestion, account: Account) -> Planned:
        return Planned(plan=Plan(questions=(SubQuestion(number=1, text=read.text),), kind="one"))
