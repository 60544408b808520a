"""Standing questions and how their answers changed."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from graph.audience import NOBODY, Audience
from graph.errors import InputError
from graph.filters import Filters
from retrieval.answer import Citation
from retrieval.model import Question
from retrieval.modes import SearchMode

MAX_WATCHES = 1000
"""In a workspace: each costs a search after a change."""
MAX_UPDATES = 100
"""Kept of a watch; older ones go."""
DELIVERY_TRIES = 8
UNSEEN = -1
"""The revision of a watch that has not been looked at."""

Delivery = Literal["none", "pending", "delivered", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAnswer:
    """An answer as a watch keeps it. ``sources`` are the documents of all its evidence, cited or not."""

    revision: int
    text: str
    abstained: bool
    citations: tuple[Citation, ...]
    sources: tuple[str, ...]

    def says_the_same(self, other: "HeldAnswer") -> bool:
        """Whether words and quotes agree; that a document has a new version beside them is no difference."""
        return self.text == other.text and self.quotes == other.quotes

    @property
    def quotes(self) -> frozenset[tuple[str, str]]:
        """(document id, quote) of every citation."""
        return frozenset((citation.document_id, citation.quote) for citation in self.citations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """Whose watch it is: what they may read, and the name of the key that they sent, where it has one."""

    audience: Audience = NOBODY
    key_id: str | None = None

    def sees(self, watch: "Watch") -> bool:
        """Whether a watch exists for them: it is theirs, or they may read everything."""
        return self.audience.unrestricted or self == watch.watcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A standing question, answered from what ``watcher`` may read.

    ``revision`` is the newest one it was looked at; ``evidence`` says what it rested on then.

    ``problem`` says why it could not be answered again; the service goes on trying. It does not where the watch is
    ``broken``: what is stored of it cannot be read or carried out, and is shown as far as it can be.
    """

    id: str
    workspace: str
    question: str
    mode: SearchMode = "hybrid"
    filters: dict[str, Any] = field(default_factory=dict)
    webhook: str | None = None
    created_at: datetime
    revision: int = UNSEEN
    evidence: str = ""
    answer: HeldAnswer | None = None
    problem: str | None = None
    broken: bool = False
    watcher: Watcher = Watcher()

    def to_question(self) -> Question:
        """What it asks, of the present."""
        return Question(
            text=self.question, stands_alone=True, workspace=self.workspace, mode=self.mode,
            filters=Filters.parse(self.filters), audience=self.watcher.audience,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchUpdate:
    """How an answer changed. ``before`` is None for the first one, and where what it said was purged."""

    id: int
    watch_id: str
    at: datetime
    before: HeldAnswer | None
    after: HeldAnswer
    delivery: Delivery = "none"
    tries: int = 0
    delivery_problem: str | None = None

    @property
    def added(self) -> tuple[Citation, ...]:
        """Citations whose quotes were not cited before."""
        old = self.before.quotes if self.before else frozenset[tuple[str, str]]()
        return tuple(one for one in self.after.citations if (one.document_id, one.quote) not in old)

    @property
    def removed(self) -> tuple[Citation, ...]:
        """Citations whose quotes are cited no more."""
        old, new = self.before.citations if self.before else (), self.after.quotes
        return tuple(one for one in old if (one.document_id, one.quote) not in new)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingUpdate:
    """An update that has to be sent, and the watch whose webhook it goes to."""

    watch: Watch
    update: WatchUpdate


def new_watch(
    workspace: str, question: str, *, mode: SearchMode, filters: dict[str, Any], webhook: str | None = None,
    watcher: Watcher = Watcher(),
) -> Watch:  # fmt: skip
    """A watch that has not been looked at."""
    return Watch(
        id=uuid.uuid4().hex, workspace=workspace, question=question, mode=mode, filters=filters, webhook=webhook,
        created_at=datetime.now(UTC), watcher=watcher,
    )  # fmt: skip


def delivery_after(update: WatchUpdate, problem: str | None) -> Delivery:
    """How an update stands after one more try to send it, which went well where there is no problem."""
    if problem is None:
        return "delivered"
    return "failed" if update.tries + 1 >= DELIVERY_TRIES else "pending"


def stored_damage(mode: str, filters: str, webhook: str | None) -> str | None:
    """Why a watch cannot be answered as it is stored: an older release took what is refused now. None where it can."""
    if mode not in get_args(SearchMode):
        return f"there is no mode {mode!r}"
    if webhook is not None and not (webhook.isascii() and webhook.isprintable()):
        return f"its webhook is no address: {webhook!r}"
    try:
        raw = json.loads(filters)
        if not isinstance(raw, dict):
            return "its filters are no object"
        Filters.parse(raw)
    except (ValueError, RecursionError) as error:
        return f"its filters are no JSON: {type(error).__name__}"
    except InputError as error:
        return str(error)
    return None
