"""Values on the way from evidence to an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from retrieval.model import Evidence, Question, Why
from retrieval.modes import Mode

ConflictKind = Literal["contradiction", "namesakes"]


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
    """One step of the work, for people: its name, what it was given, what it found or did, and what that took.

    ``seconds`` are those of the step; ``calls`` and ``tokens`` those that language models took for it.
    """

    name: str
    detail: str
    seconds: float
    input: str = ""
    calls: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedName:
    """A name that a question took over from what was said before; ``turn`` counts utterances from 1, oldest first."""

    name: str
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """The question as it was understood: it stands alone, and alone is looked for."""

    text: str
    carried: tuple[CarriedName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clarification:
    """A question back, where what was asked may mean several things; ``candidates`` are these.

    ``told_apart`` says of each what tells it from the others, "" where its name does.
    """

    question: str
    candidates: tuple[str, ...]
    told_apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One of several questions that a follow-up may be: ``name`` is what its uncertain word stands for in it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandaloneQuestion:
    """A question as it is to be looked for, and how it was understood.

    ``readings`` are the questions that it may be, where a word of it may stand for several names: all are looked for.
    ``rewritten`` is None where it stood alone. Where there is a ``clarification``, ``revision`` is the one whose graph
    the candidates stand in. ``steps`` say what was done, ``degraded`` what went wrong with it, and what it cost.
    """

    question: Question
    readings: tuple[Reading, ...] = ()
    rewritten: Rewritten | None = None
    clarification: Clarification | None = None
    revision: int = 0
    steps: tuple[Step, ...] = ()
    degraded: tuple[str, ...] = ()
    calls: int = 0
    tokens: int = 0
    completion_tokens: int = 0


SufficiencyKind = Literal["answered", "caveat", "gap", "conflict", "unanswerable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sufficiency:
    """How far the evidence answers the question; ``missing`` are words of the question that it leaves open."""

    kind: SufficiencyKind
    reason: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedTurn:
    """An earlier answer of a conversation that no longer holds, and what holds now. ``turn`` counts from 1.

    ``was`` is None where what it rested on is gone for whoever asks; ``now`` where nothing answers its question.
    """

    turn: int
    question: str
    was: str | None
    now: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFound:
    """The passages an answer may rest on, as they stand at a revision."""

    evidence: tuple[Evidence, ...]
    revision: int


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
    rewritten: Rewritten | None = None
    clarification: Clarification | None = None
    sufficiency: Sufficiency | None = None
    changed_since: tuple[ChangedTurn, ...] = ()


Event = Step | EvidenceFound | Token | Citation | Answer
"""What a streamed answer consists of; the ``Answer`` comes last, once."""
