"""A conversation, its turns, and what was said in them."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from graph.audience import NOBODY, Audience
from graph.filters import Filters
from retrieval.answer import Answer, Citation, Step
from retrieval.model import Question
from retrieval.modes import SEARCH_MODES, Effort, Mode, SearchMode

MARKER = re.compile(r"\s*\[\d+\]")
"""What numbers the passages of an answer, in its text."""
MAX_REPLIES = 4
"""Kept of one turn: what was said first, and the newest of what has held since."""
MAX_SESSION_BYTES = 1024 * 1024
"""Of the turns of one session, as they are stored; the oldest turns go first."""
MAX_STEPS, MAX_STEP = 60, 400
"""Steps that are kept of a turn, the first ones, and characters of what each was given and found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much is kept: sessions of one holder, turns of a session, days since a session was last used."""

    sessions: int = 1000
    turns: int = 100
    days: int = 30


USUAL = Bounds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose session it is: the workspace, what they may read, and the name of the key that they sent, if it has one."""

    workspace: str
    audience: Audience = NOBODY
    key_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer as a turn keeps it, at the revision that it saw.

    ``citations`` are those of a conflict as well; ``sources`` are the documents of all its evidence, cited or not.
    ``contradicted``: sources contradicted each other. ``asks_back``: it is a question back, and says nothing.
    """

    revision: int
    text: str
    abstained: bool = False
    short: str | None = None
    citations: tuple[Citation, ...] = ()
    sources: tuple[str, ...] = ()
    contradicted: bool = False
    asks_back: bool = False

    @property
    def cited(self) -> frozenset[str]:
        """The documents that it cites."""
        return frozenset(citation.document_id for citation in self.citations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """In which way a turn's question was answered; so it is asked again. ``past``: it asked of the past."""

    mode: Mode
    search_mode: SearchMode = "hybrid"
    effort: Effort = "medium"
    filters: Filters = field(default_factory=Filters)
    past: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question with what was said to it. ``number`` counts from 1 within its session, also past turns that went.

    ``question`` is as it was written, ``rewritten`` as it stood alone where that was something else; each is None where
    it held purged text. ``replies``: what was said, and then what has held in its place; none where what it said was
    purged. ``seen`` is the newest revision at which the last of them was found to hold. ``strange`` are terms of its
    question that no document held that its holder could read when it was asked: they come from none. ``purged``:
    something that it cited was purged, and nobody has been told yet. ``steps`` are those to what was said. A step may
    tell of documents that nothing names as its source, so that whatever is purged takes the steps of all turns along.
    """

    number: int
    at: datetime
    question: str | None
    rewritten: str | None = None
    asked: Asked
    replies: tuple[Reply, ...] = ()
    seen: int
    strange: frozenset[str] = frozenset()
    purged: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def standalone(self) -> str | None:
        """Its question as it stands alone."""
        return self.rewritten or self.question

    @property
    def said(self) -> Reply | None:
        """What was said."""
        return self.replies[0] if self.replies else None

    @property
    def latest(self) -> Reply | None:
        """What was last known to hold."""
        return self.replies[-1] if self.replies else None

    def with_reply(self, reply: Reply, seen: int) -> "Turn":
        """The turn with what holds now."""
        kept = (*self.replies[:1], *self.replies[1:][-(MAX_REPLIES - 2) :]) if self.replies else ()
        return replace(self, replies=(*kept, reply), seen=seen, purged=False)

    def renewed(self, reply: Reply, seen: int) -> "Turn":
        """The turn with the same answer as it is cited now."""
        return replace(self, replies=(*self.replies[:-1], reply), seen=seen)

    def to_question(self, holder: Holder) -> Question:
        """What it asked, of the present, without what was said before it."""
        return Question(
            text=self.standalone or "", stands_alone=True, workspace=holder.workspace, audience=holder.audience,
            mode=self.asked.mode,
            search_mode=self.asked.search_mode, effort=self.asked.effort, filters=self.asked.filters,
        )  # fmt: skip

    def to_search(self, holder: Holder) -> Question:
        """The same for one search, whatever the mode that answered."""
        question = self.to_question(holder)
        return question if question.mode in SEARCH_MODES else replace(question, mode=self.asked.search_mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTurn:
    """A turn as its holder may read it now.

    ``said`` is None where what it said was purged, or cites what is not there for them any more. ``now`` is what holds
    instead, if that is known. ``holds``: all that ``said`` quotes still stands where it stood. ``steps`` are shown
    with what holds.
    """

    turn: Turn
    said: Reply | None
    now: Reply | None
    holds: bool
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A conversation. ``dropped`` counts its oldest turns, which went because there were too many, or too long ones."""

    id: str
    holder: Holder
    created_at: datetime
    used_at: datetime
    turns: tuple[Turn, ...] = ()
    dropped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEntry:
    """A session in a list; ``question`` is the first one that is kept of it."""

    id: str
    created_at: datetime
    used_at: datetime
    turns: int
    question: str | None


def new_session(holder: Holder) -> Session:
    """A session in which nothing has been said."""
    now = datetime.now(UTC)
    return Session(id=uuid.uuid4().hex, holder=holder, created_at=now, used_at=now)


def reply_of(answer: Answer, sources: Iterable[str]) -> Reply:
    """What a turn keeps of an answer, written from the evidence of ``sources``."""
    sides = answer.conflict.sides if answer.conflict else ()
    citations = tuple(dict.fromkeys((*answer.citations, *(side.citation for side in sides))))
    cited = (citation.document_id for citation in citations)
    return Reply(
        revision=answer.revision, text=answer.text, abstained=answer.abstained, citations=citations,
        short=answer.short_answer.text if answer.short_answer else None,
        sources=tuple(sorted({*sources, *cited})), asks_back=answer.clarification is not None,
        contradicted=answer.conflict is not None and answer.conflict.kind == "contradiction",
    )  # fmt: skip


def new_turn(question: Question, answer: Answer, sources: Iterable[str]) -> Turn:
    """A turn from a question as it was asked and the whole answer to it; its number is given where it is kept."""
    return Turn(
        number=0, at=datetime.now(UTC), question=question.text,
        rewritten=answer.rewritten.text if answer.rewritten else None,
        asked=Asked(
            mode=answer.mode, search_mode=question.search_mode, effort=question.effort, filters=question.filters,
            past=question.as_of is not None,
        ),
        replies=(reply_of(answer, sources),), seen=answer.revision,
        steps=tuple(
            replace(one, input=one.input[:MAX_STEP], detail=one.detail[:MAX_STEP]) for one in answer.steps[:MAX_STEPS]
        ),
    )  # fmt: skip
