"""The service under evaluation, as the harness sees it: its public face, whether over HTTP or in the same process."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from evals.dataset import CorpusDocument
from evals.model import FoundPassage, GivenAnswer, ServiceState

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, in all). Raise from it to stop the run; what is done stays done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What one passage says of two names: ``source predicate target``; ``quote`` is the passage's own words."""

    source: str
    source_type: str
    predicate: str
    target: str
    target_type: str
    document_id: str
    quote: str


class KnowledgeBrowser(Protocol):
    """A knowledge base that can be looked through."""

    def facts(self, progress: Progress) -> tuple[Fact, ...]:
        """What is said of the names most often mentioned."""
        ...

    def documents(self) -> Iterator[CorpusDocument]:
        """Every document with its text."""
        ...


class KnowledgeService(Protocol):
    """A knowledge base that can be asked. Every call but ``add`` names the revision it reads."""

    def state(self) -> ServiceState:
        """How it stands now."""
        ...

    def add(self, documents: Sequence[CorpusDocument], progress: Progress) -> Mapping[str, str]:
        """Take documents in and wait until they can be asked about; why each refused one was refused, by id."""
        ...

    def search(self, question: str, mode: str, revision: int) -> tuple[FoundPassage, ...]:
        """The best passages, best first."""
        ...

    def ask(self, question: str, mode: str, revision: int) -> GivenAnswer:
        """The answer."""
        ...

    def text(self, document_id: str, revision: int) -> str:
        """The text that citations point into. Raises NotFoundError."""
        ...
