"""Who answers questions, in which mode, and who makes them stand alone."""

from typing import Protocol

import anyio

from api.parts.agents import open_agents
from api.settings import Settings
from graph.ports.models import Embedder, LanguageModel
from graph.ports.own_writes import OwnWrites
from graph.ports.reading import SharedKnowledge
from graph.view.knowledge_view import KnowledgeViews
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.answering.generation_cache import GenerationCache
from retrieval.answering.llm_generator import LlmGenerator
from retrieval.asking import Questions
from retrieval.communities.mode import GlobalMode
from retrieval.facts.mode import FactsMode
from retrieval.finding.search import PassageRetriever
from retrieval.modes import Mode
from retrieval.pipeline import QuestionPipeline
from retrieval.ports import AnsweringMode, Rewriter
from retrieval.reasoning.mode import ReasoningMode
from retrieval.rewriting.model_rewriter import ModelRewriter
from retrieval.rewriting.rule_rewriter import RuleRewriter


class Answering(Protocol):
    """What those who answer are made of."""

    settings: Settings
    views: KnowledgeViews
    embedder: Embedder
    own_writes: OwnWrites
    answers: GenerationCache
    limiter: anyio.CapacityLimiter

    @property
    def graph(self) -> SharedKnowledge:
        """The store, for what no view holds."""
        ...

    @property
    def model(self) -> LanguageModel | None:
        """Who writes answers; None: they are quoted."""
        ...


def open_pipeline(parts: Answering) -> QuestionPipeline:
    """Who answers from what one search found."""
    return QuestionPipeline(
        views=parts.views, retriever=PassageRetriever(parts.embedder), limiter=parts.limiter,
        own_writes=parts.own_writes, generator=_writer(parts) or ExtractiveGenerator(),
        instead=ExtractiveGenerator() if parts.settings.when_unverified == "quote" else None,
    )  # fmt: skip


def open_communities(parts: Answering, pipeline: QuestionPipeline) -> GlobalMode:
    """Who answers about a whole collection."""
    return GlobalMode(pipeline, parts.views, parts.limiter, _writer(parts))


def open_questions(parts: Answering, pipeline: QuestionPipeline, communities: GlobalMode) -> Questions:
    """The use case of asking, with every mode that is offered."""
    modes: dict[Mode, AnsweringMode] = {
        "facts": FactsMode(pipeline, parts.model),
        "global": communities,
        "reason": ReasoningMode(
            pipeline, parts.limiter, model=parts.model, writing=lambda model: LlmGenerator(model, parts.answers)
        ),
        "agents": open_agents(pipeline, parts.graph, parts.limiter, parts.model, parts.answers),
    }
    return Questions(pipeline=pipeline, modes=modes, rewriter=_rewriter(parts), by_model=parts.model is not None)


def _rewriter(parts: Answering) -> Rewriter:
    rules = RuleRewriter(parts.views, parts.limiter)
    return ModelRewriter(parts.model, rules) if parts.model else rules


def _writer(parts: Answering) -> LlmGenerator | None:
    return LlmGenerator(parts.model, parts.answers) if parts.model else None
