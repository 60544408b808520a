"""What a question may ask of the parts that can be exchanged. Nothing here can write knowledge."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from graph.view.snapshot import Snapshot
from retrieval.answer import Claim, Derivation, Draft, Event, StandaloneQuestion
from retrieval.model import Evidence, Hit, Question
from retrieval.questions.read_question import ReadQuestion


class Retriever(Protocol):
    """Finds passages in one snapshot."""

    def read(self, question: Question) -> ReadQuestion:
        """The question with all that is read in it, once for a search and its answer. Raises DependencyError."""
        ...

    def search(self, read: ReadQuestion, snapshot: Snapshot) -> tuple[Hit, ...]:
        """Up to ``k`` hits, best first, ties by chunk id; the same for the same question and snapshot."""
        ...


class AnswerGenerator(Protocol):
    """Writes an answer from evidence, and from nothing else."""

    @property
    def identity(self) -> str:
        """What writes."""
        ...

    def generate(self, read: ReadQuestion, evidence: Sequence[Evidence]) -> AsyncIterator[Claim | Derivation | Draft]:
        """Claims as they come, still to be verified, alone or under what is derived from them; then the Draft, once.

        Closing the iterator ends the work.

        Raises DependencyError; no evidence costs no call.
        """
        ...


class AnsweringMode(Protocol):
    """One way to answer a question that stands alone."""

    def stream(self, question: Question) -> AsyncIterator[Event]:
        """The answer as it comes about; the ``Answer`` comes last, once. Closing the iterator ends the work.

        Raises InputError, RevisionNotReached, StillBeingRead, and DependencyError.
        """
        ...


class Rewriter(Protocol):
    """Makes a question that depends on what was said before stand alone."""

    async def rewrite(self, question: Question) -> StandaloneQuestion:
        """The question without its history, or a question back. One that stands alone is left as it is.

        Raises DependencyError where the graph cannot be read; a model that fails is told in ``degraded``.
        """
        ...
