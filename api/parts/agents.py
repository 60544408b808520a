"""Who works on a question in the mode ``agents``."""

import anyio

from graph.ports.models import LanguageModel
from graph.ports.reading import SharedKnowledge
from retrieval.agents.calls import ConstrainedCall
from retrieval.agents.critic import Critic
from retrieval.agents.mode import AgentsMode
from retrieval.agents.planner import WholePlanner
from retrieval.agents.researching.changes import ChangesResearcher
from retrieval.agents.researching.passages import PassageResearcher
from retrieval.agents.researching.reading import PassageReader
from retrieval.agents.staff import Staff
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.pipeline import QuestionPipeline
from retrieval.ports import AnswerGenerator


def open_agents(
    pipeline: QuestionPipeline, store: SharedKnowledge, limiter: anyio.CapacityLimiter, model: LanguageModel | None,
    generator: AnswerGenerator,
) -> AgentsMode:  # fmt: skip
    """One agent for each role, by rule where no model is set. ``generator`` is who writes in this service."""
    quoting = ExtractiveGenerator()
    reader = PassageReader(quoting)
    call = ConstrainedCall(model) if model is not None else None
    staff = Staff(
        planner=WholePlanner(),
        researchers={"passages": PassageResearcher(reader), "changes": ChangesResearcher(store, reader)},
        critic=Critic(call), quoting=quoting, model=generator if model is not None else None,
    )  # fmt: skip
    return AgentsMode(staff, pipeline, limiter)
