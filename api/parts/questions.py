"""Who answers in which mode."""

from collections.abc import Mapping

import anyio

from graph.ports.models import LanguageModel
from retrieval.asking import Questions
from retrieval.facts.mode import FactsMode
from retrieval.model import Mode
from retrieval.pipeline import QuestionPipeline
from retrieval.ports import AnswerGenerator, AnsweringMode
from retrieval.reasoning.mode import ReasoningMode


def open_questions(
    pipeline: QuestionPipeline, limiter: anyio.CapacityLimiter, *, model: LanguageModel | None,
    writer: AnswerGenerator | None, quotes_instead: bool, others: Mapping[Mode, AnsweringMode],
) -> Questions:  # fmt: skip
    """The use case of asking, with every mode that is offered. ``writer`` writes by the model, if one is set."""
    reasoning = ReasoningMode(pipeline, limiter, model=model, writer=writer, quotes_instead=quotes_instead)
    return Questions(pipeline=pipeline, modes={"reason": reasoning, "facts": FactsMode(pipeline), **others})
