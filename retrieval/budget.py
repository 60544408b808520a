"""What an answer in several steps may cost: one dial, one table, one account. Pure."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from graph.ports.spending import Cost
from retrieval.modes import Effort

Bound = Literal["calls", "tokens", "seconds", "steps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that one answer may cost: calls of a language model, retries among them; their tokens, of prompts and
    answers together; seconds; and questions of the plan, those added later among them.

    ``passages`` are those that a model reads to one question, ``judgements`` how often it may say what else to ask.
    """

    calls: int
    tokens: int
    seconds: float
    steps: int
    passages: int
    judgements: int


BUDGETS: Mapping[Effort, Budget] = {
    "low": Budget(calls=4, tokens=20_000, seconds=30.0, steps=3, passages=4, judgements=0),
    "medium": Budget(calls=12, tokens=80_000, seconds=120.0, steps=6, passages=8, judgements=1),
    "high": Budget(calls=32, tokens=240_000, seconds=300.0, steps=12, passages=10, judgements=2),
}
"""What an effort means, for every mode that takes several steps."""


class Account:
    """What is left of a budget. Use it as a payer: ``with paid_by(account.pay)``, or tell it the cost of each call.

    Without a lock: those who spend from it stand in one event loop, agents that work side by side among them.
    """

    def __init__(self, budget: Budget, clock: Callable[[], float] = time.monotonic) -> None:
        self.budget = budget
        self._clock = clock
        self._started = clock()
        self.cost = Cost()
        self.steps = 0

    def pay(self, cost: Cost) -> None:
        """Add what was spent."""
        self.cost += cost

    def take_step(self) -> None:
        """Count a question of the plan that is begun."""
        self.steps += 1

    @property
    def seconds_left(self) -> float:
        """0 where there are none left."""
        return max(0.0, self.budget.seconds - (self._clock() - self._started))

    @property
    def tokens_left(self) -> int:
        """0 where there are none left."""
        return max(0, self.budget.tokens - self.cost.tokens)

    @property
    def calls_left(self) -> int:
        """0 where there are none left."""
        return max(0, self.budget.calls - self.cost.calls)

    def lacks(self, *, calls: int = 1, tokens: int = 1) -> Bound | None:
        """Which bound forbids so many more calls, of so many tokens in all; None where none does."""
        if self.calls_left < calls:
            return "calls"
        if self.tokens_left < tokens:
            return "tokens"
        return "seconds" if not self.seconds_left else None

    def lacks_steps(self) -> Bound | None:
        """Which bound forbids one more question of the plan."""
        if self.steps >= self.budget.steps:
            return "steps"
        return "seconds" if not self.seconds_left else None
