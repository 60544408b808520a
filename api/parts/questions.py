"""Who answers in which mode, and who makes a question stand alone."""

from retrieval.asking import Questions
from retrieval.pipeline import QuestionPipeline
from retrieval.ports import Rewriter


def open_questions(pipeline: QuestionPipeline, rewriter: Rewriter) -> Questions:
    """The use case of asking, with every mode that this service offers."""
    return Questions(pipeline=pipeline, modes={}, rewriter=rewriter)
