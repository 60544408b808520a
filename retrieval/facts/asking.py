"""The use case of asking the graph's relations by a typed query."""

from retrieval.facts.facts import Facts, check_query
from retrieval.facts.model import FactQuery, FactRows
from retrieval.model import Question
from retrieval.pipeline import QuestionPipeline


class FactQuestions:
    """Every way in asks typed queries here. It can write nothing."""

    def __init__(self, pipeline: QuestionPipeline) -> None:
        self._pipeline = pipeline
        self._facts = Facts()

    async def ask(self, query: FactQuery, of: Question) -> FactRows:
        """The rows of a query, of the workspace, audience and time that ``of`` says; its text is not read.

        Raises:
            InputError: a query out of bounds, or a revision that has not happened yet.
            NotFoundError: ``as_of`` lies before what is kept.
            RevisionNotReached: ``min_revision`` lies ahead.
            StillBeingRead: what was acknowledged under ``after`` is not to be read yet.
        """
        check_query(query)
        return await self._pipeline.in_snapshot(of, lambda snapshot: self._facts.ask(query, snapshot))
