"""Values on the way from a question to an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from graph.audience import NOBODY, Audience
from graph.filters import Filters
from graph.model import Document, PlacedChunk
from retrieval.modes import AskedMode, Effort, SearchMode

MAX_QUESTION = 10_000
"""Characters."""
MAX_HISTORY = 100
"""Utterances that may have been said before a question."""
MAX_VOTES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What was said before a question. It is no evidence."""

    speaker: Literal["user", "agent"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, of which knowledge. ``as_of`` is a revision or a moment; None is now. ``after`` are tokens of what
    the answer has to contain.

    It is answered from what ``audience`` may read: where nobody says who asks, from what the whole workspace may read.
    ``history`` is what was said before, oldest first. ``stands_alone``: it was understood before, and nothing is asked
    back about it. ``search_mode``: how passages are looked for where ``mode`` is no
    way to search. ``votes``: how often a step that a model decides is asked for; the majority holds.
    """

    text: str
    workspace: str
    mode: AskedMode = "hybrid"
    search_mode: SearchMode = "hybrid"
    effort: Effort = "medium"
    votes: int = 1
    history: tuple[Utterance, ...] = ()
    stands_alone: bool = False
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
