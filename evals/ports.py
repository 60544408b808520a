"""The service under evaluation as the harness sees it: what it shows to everybody, over HTTP or in one process."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from evals.dataset import CorpusDocument
from evals.model import GivenAnswer, GivenPassage, ServiceState
from retrieval.model import Utterance
from retrieval.modes import AskedMode, SearchMode

Progress = Callable[[str, int, int], None]
"""Called with (step, done, in all). It may raise to stop the run; what is done stays done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFact:
    """What one passage says of two names: ``source predicate target``; ``quote`` is the passage's own words."""

    source: str
    source_type: str
    predicate: str
    target: str
    target_type: str
    document_id: str
    quote: str


class KnowledgeBrowser(Protocol):
    """A knowledge base whose facts and documents can be listed."""

    def facts(self, progress: Progress) -> tuple[StatedFact, ...]:
        """The facts about the names that are mentioned most often."""
        ...

    def documents(self) -> Iterator[CorpusDocument]:
        """Every document with its text."""
        ...


class KnowledgeService(Protocol):
    """A knowledge base that can be asked. Every call but ``add`` names the revision it reads."""

    def state(self) -> ServiceState:
        """Its revision, size and settings now."""
        ...

    def add(self, documents: Sequence[CorpusDocument], progress: Progress) -> Mapping[str, str]:
        """Take documents in and wait until they can be asked about. Returns why a document was refused, by its id."""
        ...

    def search(
        self, question: str, mode: SearchMode, revision: int, history: Sequence[Utterance] = ()
    ) -> tuple[GivenPassage, ...]:
        """The best passages for a question after what was said before it, best first."""
        ...

    def ask(self, question: str, mode: AskedMode, revision: int, history: Sequence[Utterance] = ()) -> GivenAnswer:
        """The answer, after what was said before."""
        ...

    def text(self, document_id: str, revision: int) -> str:
        """The text that offsets of citations count in. Raises NotFoundError."""
        ...
