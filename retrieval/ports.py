"""What a question may ask of the parts that can be exchanged. Nothing here can write knowledge."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from graph.view.snapshot import Snapshot
from retrieval.model import Claim, Draft, Evidence, Hit, Question


class Retriever(Protocol):
    """Finds passages in one snapshot."""

    def search(self, question: Question, snapshot: Snapshot) -> tuple[Hit, ...]:
        """Up to ``question.k`` hits, best first, ties by chunk id; the same for the same snapshot."""
        ...


class AnswerGenerator(Protocol):
    """Writes an answer from evidence, and from nothing else."""

    @property
    def identity(self) -> str:
        """What writes."""
        ...

    def generate(self, question: Question, evidence: Sequence[Evidence]) -> AsyncIterator[Claim | Draft]:
        """Claims as they come, still to be verified, then the Draft, once. Closing it ends the work.

        Raises DependencyError; no evidence costs no call.
        """
        ...
