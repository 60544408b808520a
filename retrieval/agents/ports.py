"""Who works on a question: each role is a port, so that rules and models, and whatever else, can take it."""

from dataclasses import dataclass
from typing import Protocol

from retrieval.agents.library import Library
from retrieval.agents.model import Report, Task
from retrieval.budget import Account
from retrieval.model import Question
from retrieval.reasoning.model import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan; ``degraded`` says what went wrong on the way to it."""

    plan: Plan
    degraded: tuple[str, ...] = ()


class Planner(Protocol):
    """Splits a question into questions that researchers can be given."""

    async def plan(self, library: Library, account: Account) -> Planned:
        """At least one question; the question itself where nothing is to be split. A model that fails is told."""
        ...


class Researcher(Protocol):
    """Looks for one thing in one kind of knowledge. Researchers of one answer work side by side."""

    def takes(self, question: Question) -> bool:
        """Whether a question, as a whole, asks for what it looks in."""
        ...

    async def research(self, task: Task, library: Library, account: Account) -> Report:
        """What it finds, which may be nothing. Spends no more than the account has.

        Raises DependencyError where the store or the embedder fails; a model that fails is told in ``degraded``.
        """
        ...
