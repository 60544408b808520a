"""Bodies of conversations and their turns."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from api.schemas.asking.answers import CitationBody, citation_body
from api.schemas.asking.understanding import StepBody, step_body
from retrieval.conversation.model import Reply, Session, SessionEntry, ShownTurn


class KeptAnswerBody(BaseModel):
    """An answer as a turn keeps it, at the revision that it saw."""

    answer: str
    short_answer: str | None
    abstained: bool
    citations: list[CitationBody]
    revision: int


class SessionTurnBody(BaseModel):
    """A question of a conversation and what was said to it.

    ``question`` is null where purged text stood in it. ``answer`` is null where what it rested on was purged or
    deleted, or may not be read any more. ``holds``: all that it quotes still stands where it stood. ``now`` is what was
    found to hold in its place, null where nothing was. ``steps`` are those to an answer that holds; none are kept from
    before a document was purged.
    """

    number: int
    at: datetime
    question: str | None
    rewritten: str | None
    answer: KeptAnswerBody | None
    holds: bool
    now: KeptAnswerBody | None
    steps: list[StepBody] = []


class SessionEntryBody(BaseModel):
    """A conversation in a list: how many turns are kept of it, and the first question."""

    id: str
    created_at: datetime
    used_at: datetime
    turns: int
    question: str | None


class SessionBodies(BaseModel):
    """A page of conversations, the newest first; ask again with ``cursor=next_cursor``."""

    sessions: list[SessionEntryBody]
    next_cursor: str | None


class SessionBody(BaseModel):
    """A conversation with its turns, oldest first; ``dropped`` of the oldest went, for there were too many."""

    id: str
    created_at: datetime
    used_at: datetime
    turns: list[SessionTurnBody]
    dropped: int = Field(ge=0)


def session_entry_body(entry: SessionEntry) -> SessionEntryBody:
    """A conversation of a list, for people."""
    return SessionEntryBody(
        id=entry.id, created_at=entry.created_at, used_at=entry.used_at, turns=entry.turns, question=entry.question
    )  # fmt: skip


def session_body(session: Session, turns: Sequence[ShownTurn]) -> SessionBody:
    """A conversation for people."""
    return SessionBody(
        id=session.id, created_at=session.created_at, used_at=session.used_at,
        turns=[_turn_body(turn) for turn in turns], dropped=session.dropped,
    )  # fmt: skip


def _turn_body(shown: ShownTurn) -> SessionTurnBody:
    turn = shown.turn
    return SessionTurnBody(
        number=turn.number, at=turn.at, question=turn.question, rewritten=turn.rewritten, holds=shown.holds,
        answer=_kept_body(shown.said) if shown.said else None, now=_kept_body(shown.now) if shown.now else None,
        steps=[step_body(step) for step in shown.steps],
    )  # fmt: skip


def _kept_body(reply: Reply) -> KeptAnswerBody:
    return KeptAnswerBody(
        answer=reply.text, short_answer=reply.short, abstained=reply.abstained, revision=reply.revision,
        citations=[citation_body(citation) for citation in reply.citations],
    )  # fmt: skip
