"""Who works on questions: one agent for each role, chosen once."""

from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.agents.critic import Critic
from retrieval.agents.model import Role
from retrieval.agents.ports import Planner, Researcher
from retrieval.ports import AnswerGenerator


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who works. ``model`` is None where no language model is set."""

    planner: Planner
    researchers: Mapping[Role, Researcher]
    critic: Critic
    quoting: AnswerGenerator
    model: AnswerGenerator | None
