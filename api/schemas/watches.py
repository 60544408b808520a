"""Bodies of watches and their updates."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from api.schemas.asking.answers import CitationBody, citation_body
from api.schemas.asking.questions import QUESTION_FORM
from api.schemas.strict import StrictBody
from retrieval.modes import SearchMode
from retrieval.standing.model import UNSEEN, Delivery, HeldAnswer, Watch, WatchUpdate


class WatchRequest(StrictBody):
    """A standing question; updates go to ``webhook``, too, if its host is among QUIPU_WEBHOOK_HOSTS."""

    question: str = Field(json_schema_extra=QUESTION_FORM)
    mode: SearchMode = "hybrid"
    filters: dict[str, Any] = Field(default_factory=dict)
    webhook: str | None = Field(
        default=None, max_length=2048, json_schema_extra={"format": "uri", "pattern": "^https?://[^/?#\\s]"}
    )


class HeldAnswerBody(BaseModel):
    """The answer of a watch, as it stood at a revision."""

    revision: int
    answer: str
    abstained: bool
    citations: list[CitationBody]


class WatchBody(BaseModel):
    """A watch; ``revision`` is the newest one it was looked at, null before the first time.

    ``problem`` says why it could not be answered again; it is tried again by itself.
    """

    id: str
    question: str
    mode: SearchMode
    filters: dict[str, Any]
    webhook: str | None
    created_at: datetime
    revision: int | None
    answer: HeldAnswerBody | None
    problem: str | None


class WatchBodies(BaseModel):
    """A page of watches; ask again with ``cursor=next_cursor``."""

    watches: list[WatchBody]
    next_cursor: str | None


class WatchUpdateBody(BaseModel):
    """How an answer changed; ``added`` and ``removed`` are quotes that only one of the two cites.

    ``before`` is null for the first answer, and where what it said was purged.
    """

    id: int
    watch_id: str
    at: datetime
    before: HeldAnswerBody | None
    after: HeldAnswerBody
    added: list[CitationBody]
    removed: list[CitationBody]
    delivery: Delivery
    delivery_problem: str | None


class WatchUpdateBodies(BaseModel):
    """Updates of one watch, oldest first."""

    updates: list[WatchUpdateBody]


def watch_body(watch: Watch) -> WatchBody:
    """A watch for people."""
    return WatchBody(
        id=watch.id, question=watch.question, mode=watch.mode, filters=watch.filters, webhook=watch.webhook,
        created_at=watch.created_at, revision=None if watch.revision == UNSEEN else watch.revision,
        answer=_held_body(watch.answer) if watch.answer else None, problem=watch.problem,
    )  # fmt: skip


def watch_update_body(update: WatchUpdate) -> WatchUpdateBody:
    """An update for people."""
    return WatchUpdateBody(
        id=update.id, watch_id=update.watch_id, at=update.at,
        before=_held_body(update.before) if update.before else None, after=_held_body(update.after),
        added=[citation_body(citation) for citation in update.added],
        removed=[citation_body(citation) for citation in update.removed],
        delivery=update.delivery, delivery_problem=update.delivery_problem,
    )  # fmt: skip


def _held_body(held: HeldAnswer) -> HeldAnswerBody:
    return HeldAnswerBody(
        revision=held.revision, answer=held.text, abstained=held.abstained,
        citations=[citation_body(citation) for citation in held.citations],
    )  # fmt: skip
