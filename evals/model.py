"""Values of an evaluation: what a service found and answered, and one row of a run per question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from graph.errors import InputError
from retrieval.modes import SEARCH_MODES, AskedMode, SearchMode

Kind = Literal["retrieval", "answers"]
Outcome = Literal["better", "worse", "no difference shown"]
ClaimLabel = Literal["entailment", "neutral", "contradiction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPassage:
    """A passage that a search of the service returned; ``path`` are the names that led to it."""

    document_id: str
    chunk_id: str
    title: str
    text: str
    score: float
    retriever: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A citation and the text around it; ``literal`` if the document's text at ``[start, end)`` is the quote."""

    document_id: str
    title: str
    quote: str
    start: int
    end: int
    literal: bool = False
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """What the service answered. ``paths`` are the names from the question to the passages it cites.

    ``text`` ends where the answer tells that sources differ: what others say is not what is answered. ``short_answer``
    is None where the service gave none.
    """

    text: str
    abstained: bool
    quotes: tuple[Quote, ...]
    short_answer: str | None = None
    paths: tuple[tuple[str, ...], ...] = ()
    degraded: tuple[str, ...] = ()
    calls: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceState:
    """The service that is asked: its revision, how many documents it holds, its settings (secrets masked)."""

    revision: int
    documents: int
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldDocument:
    """A document that answers a question.

    ``excerpt`` is the passage that answers, or else the document's beginning.
    ``held`` tells whether the service has the document.
    """

    id: str
    title: str
    excerpt: str
    grade: int
    held: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the judge said of one answer.

    ``faithful`` are the answer's claims with their labels, ``correct`` the gold answer's claims with theirs;
    ``relevance`` lies between 0 and 1. Each is empty or None where there was nothing to judge. ``failed`` says why the
    judge came to no judgement.
    """

    faithful: tuple[tuple[str, ClaimLabel], ...] = ()
    relevance: float | None = None
    correct: tuple[tuple[str, ClaimLabel], ...] = ()
    failed: str = ""
    tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One question of a run: what is right, what the service returned, and how long it took (seconds, from outside).

    ``steps`` are the documents that the question's hops rest on. ``passages`` are the best passages, ``ranking`` the
    distinct documents, best first. ``answer`` is None in a run that asks for passages only.
    """

    id: str
    question: str
    hops: int | None
    answerable: bool
    answers: tuple[str, ...]
    gold: tuple[GoldDocument, ...]
    steps: tuple[str, ...]
    ranking: tuple[str, ...]
    passages: tuple[GivenPassage, ...]
    search_seconds: float
    answer: GivenAnswer | None = None
    ask_seconds: float | None = None

    @property
    def grades(self) -> Mapping[str, int]:
        """Grade of each gold document."""
        return {document.id: document.grade for document in self.gold}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far a judge agrees with people on the same claims.

    ``accuracy`` and ``kappa`` are over entailment, neutral, contradiction; ``supported_accuracy`` and
    ``supported_kappa`` over entailment or not. ``with_reference`` counts the claims that came with the text that
    people had judged them by; the judge had to judge the others from memory.
    """

    claims: int
    with_reference: int
    accuracy: float
    kappa: float
    supported_accuracy: float
    supported_kappa: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is to do: the same plan on the same knowledge gives the same numbers.

    ``questions`` bounds how many are asked, drawn by ``seed``; None asks all.
    """

    kind: Kind
    mode: AskedMode = "hybrid"
    questions: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Raise InputError where passages are to be measured in a mode that is no way to look for them."""
        if self.kind == "retrieval" and self.mode not in SEARCH_MODES:
            raise InputError(f"{self.mode} is no way to look for passages; it is one of {', '.join(SEARCH_MODES)}")

    @property
    def search_mode(self) -> SearchMode:
        """How passages are looked for beside the answers: hybrid, where the mode is no way to look for them."""
        return next((mode for mode in SEARCH_MODES if mode == self.mode), "hybrid")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """What is needed to repeat a run and to know what its numbers mean. Times are ISO 8601.

    ``refused`` maps a document to the reason why the service refused it; ``token_price`` is that of a million tokens.
    """

    plan: Plan
    dataset: str
    digest: str
    questions: int
    documents: int
    revision: int
    settings: Mapping[str, str]
    versions: Mapping[str, str]
    started_at: str
    judge: str = ""
    finished_at: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    token_price: float = 0.0
