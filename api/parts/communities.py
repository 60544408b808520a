"""The wiring of answers about a whole collection."""

import anyio

from graph.view.knowledge_view import KnowledgeViews
from retrieval.communities.clustering import CommunityMaps
from retrieval.communities.mode import GlobalMode
from retrieval.communities.model_reports import ModelReports
from retrieval.communities.reports import ReportsByRule
from retrieval.pipeline import QuestionPipeline
from retrieval.ports import AnswerGenerator


def open_communities(
    pipeline: QuestionPipeline, views: KnowledgeViews, limiter: anyio.CapacityLimiter, by_model: AnswerGenerator | None
) -> GlobalMode:
    """The mode ``global``; ``by_model`` writes reports, where a language model is set."""
    return GlobalMode(
        pipeline=pipeline, views=views, maps=CommunityMaps(), by_rule=ReportsByRule(),
        by_model=ModelReports(by_model) if by_model else None, limiter=limiter,
    )  # fmt: skip
