"""The wiring of conversations: where they are kept and for how long, and who asks in them."""

from collections.abc import Callable

import anyio

from api.admission.keys import Keys
from api.settings import Settings
from graph.operations.database import OperationsDatabase
from graph.ports.reading import SharedKnowledge
from graph.view.knowledge_view import KnowledgeViews
from retrieval.asking import Questions
from retrieval.conversation.conversations import Conversations
from retrieval.conversation.evidence import CitedEvidence
from retrieval.conversation.model import Bounds
from retrieval.conversation.ports import SessionEraser
from retrieval.tables.sessions import SqliteSessions


def open_sessions(
    settings: Settings, database: OperationsDatabase, keys: Keys
) -> tuple[SqliteSessions, Callable[[], None]]:
    """Over the tables of the operational database, and what drops what is too old. The sessions of a key go with it."""
    bounds = Bounds(sessions=settings.sessions, turns=settings.session_turns, days=settings.session_days)
    sessions = SqliteSessions(database, bounds)
    keys.on_revoked(sessions.forget_key)
    return sessions, _sweeping(sessions, keys)


def open_conversations(
    sessions: SqliteSessions, questions: Questions, graph: SharedKnowledge, views: KnowledgeViews,
    limiter: anyio.CapacityLimiter,
) -> Conversations:  # fmt: skip
    """The use case of conversations; ``limiter`` bounds the threads in which they are compared with the graph."""
    evidence = CitedEvidence(graph, views)
    return Conversations(kept=sessions, questions=questions, evidence=evidence, limiter=limiter)


def _sweeping(sessions: SessionEraser, keys: Keys) -> Callable[[], None]:
    """What drops sessions that are too old, and those of keys that count no more."""

    def sweep() -> None:
        for key_id in sessions.key_ids():
            if not keys.counts(key_id):
                sessions.forget_key(key_id)
        sessions.sweep()

    return sweep
