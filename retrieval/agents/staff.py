"""Who works on questions: one agent for each role, chosen once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from graph.ports.models import LanguageModel
from retrieval.agents.critic import Critic
from retrieval.agents.model import Role
from retrieval.agents.ports import Planner, Researcher
from retrieval.ports import AnswerGenerator


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who works. ``model`` is None where no language model is set; ``writing`` is how one writes an answer."""

    planner: Planner
    researchers: Mapping[Role, Researcher]
    critic: Critic
    quoting: AnswerGenerator
    model: LanguageModel | None
    writing: Callable[[LanguageModel], AnswerGenerator]
