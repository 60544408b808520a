"""Who answers in which mode."""

from collections.abc import Mapping

from retrieval.asking import Questions
from retrieval.model import Mode
from retrieval.pipeline import QuestionPipeline
from retrieval.ports import AnsweringMode


def open_questions(pipeline: QuestionPipeline, modes: Mapping[Mode, AnsweringMode]) -> Questions:
    """The use case of asking, with every mode that this service offers."""
    return Questions(pipeline=pipeline, modes=modes)
