"""Who works on a question in the mode ``agents``."""

import anyio

from graph.ports.models import LanguageModel
from graph.ports.reading import SharedKnowledge
from retrieval.agents.critic import Critic
from retrieval.agents.mode import AgentsMode
from retrieval.agents.planner import StepPlanner
from retrieval.agents.researching.changes import ChangesResearcher
from retrieval.agents.researching.passages import PassageResearcher
from retrieval.agents.researching.reading import PassageReader
from retrieval.agents.researching.rows import FactsResearcher
from retrieval.agents.staff import Staff
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.answering.generation_cache import GenerationCache
from retrieval.answering.llm_generator import LlmGenerator
from retrieval.pipeline import QuestionPipeline


def open_agents(
    pipeline: QuestionPipeline, store: SharedKnowledge, limiter: anyio.CapacityLimiter, model: LanguageModel | None,
    answers: GenerationCache,
) -> AgentsMode:  # fmt: skip
    """One agent for each role, by rule where no model is set. ``answers``: a cache of what models said."""
    quoting = ExtractiveGenerator()
    reader = PassageReader(quoting, model)
    staff = Staff(
        planner=StepPlanner(model),
        researchers={
            "passages": PassageResearcher(reader),
            "facts": FactsResearcher(),
            "changes": ChangesResearcher(store, reader),
        },
        critic=Critic(model), quoting=quoting, model=model, writing=lambda model: LlmGenerator(model, answers),
    )  # fmt: skip
    return AgentsMode(staff, pipeline, limiter)
