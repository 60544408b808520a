"""Every way to ask, put together as the service puts it together, over a small world; and what it shows, comparable.

What is left out of what is compared are revisions, times and durations, and nothing else.
"""

import atexit
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any, get_args

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal

from api.parts.questions import open_communities, open_pipeline, open_questions
from api.settings import Settings
from graph.audience import Audience
from graph.model import DEFAULT_WORKSPACE as W
from graph.operations.database import OperationsDatabase
from graph.ports.models import Embedder, LanguageModel
from graph.ports.own_writes import NothingUnderWay, OwnWrites
from graph.ports.reading import SharedKnowledge
from graph.view.knowledge_view import KnowledgeViews
from retrieval.answering.generation_cache import GenerationCache
from retrieval.communities.model import Level
from retrieval.conversation.conversations import Conversations
from retrieval.conversation.evidence import CitedEvidence
from retrieval.conversation.model import Holder, Session
from retrieval.facts.asking import FactQuestions
from retrieval.facts.model import Direction, FactCondition, FactKind, FactQuery
from retrieval.model import Question, Utterance
from retrieval.modes import SEARCH_MODES, AskedMode
from retrieval.pipeline import whole
from retrieval.tables.sessions import SqliteSessions

_PASSING = {"revision", "seen", "timings", "seconds", "at", "created_at", "updated_at", "used_at"}
_REVISION = re.compile(r"(revision|修订号|版本) ?\d+")


@cache
def _loop() -> BlockingPortal:
    """One event loop for all, as a service has one: with one each, every question opens threads and files anew."""
    opened = ExitStack()
    atexit.register(opened.close)
    return opened.enter_context(start_blocking_portal())


def comparable(value: object) -> Any:
    """A value as plain lists and mappings, without what two bases with the same knowledge do not share."""
    if is_dataclass(value) and not isinstance(value, type):
        held = ((one.name, getattr(value, one.name)) for one in fields(value))
        return {name: comparable(each) for name, each in held if name not in _PASSING}
    if isinstance(value, str):
        return _REVISION.sub(r"\1 _", value)
    if isinstance(value, dict):
        return {key: comparable(each) for key, each in value.items() if key not in _PASSING}
    if isinstance(value, (list, tuple)):
        return [comparable(each) for each in value]
    return sorted(map(repr, value)) if isinstance(value, (set, frozenset)) else repr(value)


@dataclass(kw_only=True)
class _Parts:
    """What those who answer are made of."""

    views: KnowledgeViews
    graph: SharedKnowledge
    embedder: Embedder
    limiter: anyio.CapacityLimiter
    model: LanguageModel | None
    settings: Settings
    own_writes: OwnWrites
    answers: GenerationCache


class WaysToAsk:
    """Asks as ``audience`` would over REST; each method tells by name what was shown.

    Args:
        graph: the store, with ``views`` over it.
        database: of the sessions.
        model: who answers; None: rules.
    """

    def __init__(
        self, graph: SharedKnowledge, views: KnowledgeViews, embedder: Embedder, database: OperationsDatabase,
        model: LanguageModel | None = None,
    ) -> None:  # fmt: skip
        limiter = anyio.CapacityLimiter(2)
        parts = _Parts(
            views=views, graph=graph, embedder=embedder, limiter=limiter, model=model, settings=Settings(),
            own_writes=NothingUnderWay(), answers=GenerationCache(),
        )  # fmt: skip
        self.pipeline = open_pipeline(parts)
        self.communities = open_communities(parts, self.pipeline)
        self.questions = open_questions(parts, self.pipeline, self.communities)
        self.facts = FactQuestions(self.pipeline)
        self.conversations = Conversations(
            kept=SqliteSessions(database), questions=self.questions, evidence=CitedEvidence(graph, views),
            limiter=limiter,
        )  # fmt: skip
        self._sessions: dict[str, Session] = {}

    @property
    def modes(self) -> Sequence[AskedMode]:
        """Every mode that the service offers."""
        return self.questions.offered

    def asked(self, question: Question) -> Iterator[tuple[str, Any]]:
        """A question in its mode, told once as its events come; passages of a search where the mode is one."""
        if question.mode in SEARCH_MODES:
            yield "search", comparable(_loop().call(self.questions.find, question))
        yield "ask", comparable(_loop().call(self._events, question))

    async def _events(self, question: Question) -> list[object]:
        return [event async for event in self.questions.stream(question)]

    def rows(self, audience: Audience, names: Sequence[str], predicates: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """Typed queries of every kind about some names."""
        for number, (kind, predicate) in enumerate((kind, one) for kind in _KINDS for one in ("", *predicates)):
            chosen = [names[(number + step) % len(names)] for step in range(1 + (kind in {"intersect", "compare"}))]
            direction = _DIRECTIONS[number % len(_DIRECTIONS)]
            query = FactQuery(kind=kind, conditions=tuple(
                FactCondition(entity=one, predicate=predicate, direction=direction) for one in chosen
            ))  # fmt: skip
            of = Question(text="", workspace=W, audience=audience)
            yield f"facts {kind} {chosen} {predicate}", comparable(_loop().call(self.facts.ask, query, of))

    def listed(self, audience: Audience) -> Any:
        """The communities of every level with their reports."""
        levels: tuple[Level, ...] = get_args(Level)
        found = [_loop().call(self.communities.largest, W, audience, None, 50, level) for level in levels]
        return comparable([[one.communities.all, one.reports] for one in found])

    def said(self, audience: Audience, name: str, texts: Sequence[str], mode: AskedMode) -> Iterator[tuple[str, Any]]:
        """The next questions of a conversation that goes on from call to call, and it as it is shown afterwards."""
        holder = Holder(workspace=W, audience=audience, key_id="somebody")
        session = self._sessions.get(name)
        if session is None:
            session = self._sessions[name] = self.conversations.open(holder)
        for text in texts:
            question = Question(text=text, workspace=W, audience=audience, mode=mode)
            events = self.conversations.stream(holder, session.id, question)
            yield f"said {name} {text}", comparable(_loop().call(whole, events))
        found = self.conversations.get(holder, session.id)
        yield f"session {name}", comparable(self.conversations.shown(found))

    def followed(self, question: Question, before: Question) -> Any:
        """The answer to a question after another one and its answer, as a client that keeps its history tells it."""
        answer = _loop().call(self.questions.ask, before)
        history = (Utterance(speaker="user", text=before.text), Utterance(speaker="agent", text=answer.text))
        return comparable(_loop().call(self.questions.ask, replace(question, history=history)))


_KINDS: tuple[FactKind, ...] = ("list", "count", "intersect", "compare", "newest", "oldest")
_DIRECTIONS: tuple[Direction, ...] = ("either", "out", "in")
Asks = Callable[[str], Question]
