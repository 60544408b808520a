"""Who answers in which mode."""

from retrieval.asking import Questions
from retrieval.pipeline import QuestionPipeline


def open_questions(pipeline: QuestionPipeline) -> Questions:
    """The use case of asking, with every mode that this service offers."""
    return Questions(pipeline=pipeline, modes={})
