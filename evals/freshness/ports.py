"""A running service as the freshness evaluation needs it: what it takes in, what it answers, what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from evals.freshness.timeline import DatedText
from retrieval.modes import SearchMode


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedChange:
    """A change that was accepted, and the job that brings it in."""

    document_id: str
    version: int
    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A change once it can be read: the revision, and what it cost."""

    document_id: str
    version: int
    revision: int
    chunks: int = 0
    chunks_new: int = 0
    calls: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A citation as the answer gives it; ``answers`` unless it stands only for what other sources say otherwise."""

    document_id: str
    version: int
    chunk_id: str
    quote: str
    start: int
    end: int
    answers: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer, and how many seconds it took, seen from outside. ``said`` is it without what others say otherwise."""

    text: str
    said: str
    revision: int
    abstained: bool
    cited: tuple[Cited, ...]
    seconds: float
    calls: int
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundText:
    """The text of a passage that a search found."""

    document_id: str
    version: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFact:
    """A fact in words, and the documents that state it."""

    text: str
    documents: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChanges:
    """Facts that are gone between two revisions, and those that differ, as they were and as they are."""

    removed: tuple[HeldFact, ...] = ()
    altered: tuple[tuple[HeldFact, HeldFact], ...] = ()


class ChangingService(Protocol):
    """What takes changes in. What it refuses raises InputError, what fails DependencyError; so with all of these."""

    def send(self, texts: Sequence[DatedText], media_type: str) -> dict[str, AcceptedChange]:
        """Upload texts, none of which is None. Returns what was acknowledged, by document id."""
        ...

    def finished(self, change: AcceptedChange) -> Applied:
        """Wait until a change can be read. Raises InputError where its job failed."""
        ...

    def delete(self, document_id: str) -> Applied:
        """Withdraw a document."""
        ...


class AskedService(Protocol):
    """What answers, several threads at once. ``url`` is its address, for people."""

    url: str

    def settings(self) -> dict[str, str]:
        """The service's settings, secrets masked."""
        ...

    def ask(self, question: str, *, as_of: int | None = None) -> Answered:
        """The answer, now or as of a revision."""
        ...

    def search(self, query: str, *, mode: SearchMode = "hybrid", k: int = 20) -> tuple[FoundText, ...]:
        """Passages, best first."""
        ...


class ShownService(Protocol):
    """What shows all that it holds."""

    def revision(self) -> int:
        """The newest revision."""
        ...

    def documents(self) -> dict[str, tuple[int, int, int]]:
        """Chunks, entities and relations of every live document, by id."""
        ...

    def content(self, document_id: str, revision: int) -> str | None:
        """The text at a revision; None where the document is not live."""
        ...

    def chunks(self, document_id: str, revision: int) -> dict[str, str]:
        """Text of each live chunk at a revision, by id."""
        ...

    def has_entity(self, entity_id: str) -> bool:
        """Whether an entity is live."""
        ...


class DifferingService(Protocol):
    """What tells how two revisions differ."""

    def removed_entities(self, since: int, until: int) -> tuple[str, ...]:
        """Ids of entities that are gone."""
        ...

    def changed_facts(self, since: int, until: int) -> FactChanges:
        """Facts that are gone or differ."""
        ...


class LivingService(ChangingService, AskedService, ShownService, DifferingService, Protocol):
    """All of it."""
