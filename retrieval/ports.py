"""What a question may ask of the parts that can be exchanged. Nothing here can write knowledge."""

from collections.abc import Sequence
from typing import Protocol

from graph.knowledge_view import Snapshot
from retrieval.model import Draft, Evidence, Hit, Question


class Retriever(Protocol):
    """Finds passages in one snapshot."""

    def search(self, question: Question, snapshot: Snapshot) -> tuple[Hit, ...]:
        """Up to ``question.k`` hits, best first, ties by chunk id; the same for the same snapshot."""
        ...


class AnswerGenerator(Protocol):
    """Writes an answer from evidence, and from nothing else."""

    async def generate(self, question: Question, evidence: Sequence[Evidence]) -> Draft:
        """A draft whose quotes are still to be verified. Raises DependencyError."""
        ...
