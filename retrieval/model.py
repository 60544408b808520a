"""Values on the way from a question to an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from graph.audience import NOBODY, Audience
from graph.filters import Filters
from graph.model import Document, PlacedChunk

Mode = Literal["hybrid", "vector", "keyword", "graph"]
ConflictKind = Literal["contradiction", "namesakes"]
MODES: tuple[Mode, ...] = ("hybrid", "vector", "keyword", "graph")
MAX_QUESTION = 10_000
"""Characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, of which knowledge. ``as_of`` is a revision or a moment; None is now. ``after`` are tokens of what
    the answer has to contain.

    It is answered from what ``audience`` may read: where nobody says who asks, from what the whole workspace may read.
    """

    text: str
    workspace: str
    mode: Mode = "hybrid"
    k: int = 10
    filters: Filters = field(default_factory=Filters)
    as_of: int | datetime | None = None
    min_revision: int | None = None
    after: tuple[str, ...] = ()
    audience: Audience = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """One stop on the way from the question to a passage: a name, or a chunk (``id`` is its id)."""

    kind: Literal["question", "entity", "chunk"]
    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a passage was found: which retriever, over which bridge name, along which path.

    ``scores`` are the parts its score is made of, by name.
    """

    retriever: Literal["vector", "keyword", "graph", "chain"]
    bridge: str | None = None
    path: tuple[PathStep, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A chunk that was found. ``rank`` counts from 1; a higher ``score`` is better."""

    chunk_id: str
    document_id: str
    rank: int
    score: float
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Hits of one search at one revision, with the chunks as they stood there.

    ``degraded`` says what was left out on purpose, ``notes`` what whoever asked may have meant otherwise. ``pending``
    counts changes that were acknowledged and that it does not contain. Seconds by step.
    """

    revision: int
    hits: tuple[Hit, ...]
    chunks: Mapping[str, PlacedChunk]
    degraded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    pending: int = 0
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A passage the generator may use. ``marker`` counts from 1, in order of rank, and is valid for this request only.

    ``beside``: it was not among the best that the search found, but is there for a list, a definition or an overview.
    """

    marker: int
    hit: Hit
    placed: PlacedChunk
    beside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What there is to be asked about, counted: ``documents`` in all, or as many as were counted if there are ``more``.

    ``newest`` is the document that was last written; ``names`` are those mentioned most, each with the marker of a
    passage of the evidence that holds it as it is written here.
    """

    documents: int
    more: bool
    newest: Document | None
    names: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What an answer may rest on; where everything there is was asked for, that in numbers."""

    evidence: tuple[Evidence, ...]
    overview: Overview | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A literal quote: ``chunk.text[start - p:end - p] == quote``, ``p`` the chunk's start; offsets of the document.

    ``marker`` is that of the evidence until the answer shows it: there the passages are numbered as they are cited.
    ``headings`` are those that it stands under. Where it is a row of a table, the last may name the columns.
    """

    marker: int
    document_id: str
    version: int
    chunk_id: str
    title: str
    quote: str
    start: int
    end: int
    page: int | None = None
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one source says where others say otherwise, and the day that it states for itself, if it does."""

    citation: Citation
    dated: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Sources that say different things; two at least, no two of one document.

    Of a *contradiction* not all sides can be true. *Namesakes* may all be: what the question names stands for several
    things. The newest comes first, what has no day last.
    """

    kind: ConflictKind
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence of an answer, and what it says it rests on, unverified.

    ``quotes`` are (marker, quote); the quote is None where only the passage is named. ``forged`` counts signs that
    look like markers and name no passage. ``lead`` is what stands before it and is no part of it: a line break, the
    sign of a list, the answer's own words on what follows.
    """

    text: str
    quotes: tuple[tuple[int, str | None], ...]
    forged: int = 0
    lead: str = ""


ShortKind = Literal["person", "date", "number", "place", "name", "choice", "verdict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteralSpan:
    """A piece of a cited sentence: ``text`` stands at ``start`` to ``end`` of the document, in a citation's quote."""

    marker: int
    document_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortAnswer:
    """An answer in a word, for programs. It is given only where rules are sure.

    A person, a date, a number, a place or a name is the text of the one span it is derived from. A ``verdict`` (yes or
    no) and a ``choice`` (one of the sides that the question names) are derived from a value of each side, both cited.
    """

    text: str
    kind: ShortKind
    derived_from: tuple[LiteralSpan, ...]

    @property
    def literal(self) -> LiteralSpan | None:
        """The span that is the answer; None where the answer follows from its spans."""
        return None if self.kind in {"verdict", "choice"} else self.derived_from[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """A short answer with the claims that it is derived from, and the words that open the answer where it is a verdict.

    The words are shown only if all of the claims hold.
    """

    words: str
    claims: tuple[Claim, ...]
    short: ShortAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """How a generator ended: whether it said itself that the evidence does not answer, and what that cost.

    ``notes`` say how complete the answer is, ``degraded`` what went wrong with it; ``by_model``: a language model wrote
    it from evidence.
    """

    abstained: bool
    by_model: bool = False
    notes: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    calls: int = 0
    tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a question was not answered, as far as that can be told.

    ``nearest`` are passages that came nearest, best first: pointers, and no answer. ``unknown_terms`` are words of the
    question as it writes them that no document holds which the audience may read.
    """

    nearest: tuple[Evidence, ...] = ()
    unknown_terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the work, for people: its name, what it did, and how long it took."""

    name: str
    detail: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one question at one revision. Every citation has been verified, those of a conflict among them."""

    text: str
    citations: tuple[Citation, ...]
    abstained: bool
    revision: int
    mode: Mode
    steps: tuple[Step, ...]
    paths: tuple[Why, ...]
    conflict: Conflict | None = None
    refusal: Refusal | None = None
    short_answer: ShortAnswer | None = None
    degraded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    pending: int = 0
    dropped_citations: int = 0
    dropped_sentences: int = 0
    calls: int = 0
    tokens: int = 0
    completion_tokens: int = 0
    timings: Mapping[str, float] = field(default_factory=dict)
