"""Conversations: opening, reading and dropping them, and the use case of asking in one."""

from collections.abc import AsyncIterator, Callable, Sequence, Set
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeVar

import anyio
import anyio.to_thread

from graph.audience import Audience
from graph.errors import InputError, NotFoundError
from retrieval.answer import Answer, Event, EvidenceFound
from retrieval.asking import Questions
from retrieval.conversation.earlier_answers import EarlierAnswers, Looked
from retrieval.conversation.evidence import CitedEvidence
from retrieval.conversation.forgetting import Unknown, asked_terms, purged
from retrieval.conversation.history import History, history_of
from retrieval.conversation.model import Holder, Session, SessionEntry, ShownTurn, Turn, new_session, new_turn
from retrieval.conversation.ports import SessionEraser, SessionRegister, Turns
from retrieval.conversation.wording import NOT_KEPT, no_session
from retrieval.model import Question

T = TypeVar("T")


class KeptSessions(SessionRegister, SessionEraser, Protocol):
    """What is kept of conversations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """A question under way in a session, with what is known of the session."""

    session: Session
    question: Question
    looked: Looked
    history: History
    purges: int


class Conversations:
    """The sessions of every workspace. A session exists for its holder alone.

    Earlier answers are no evidence: when a question comes, they are compared with what holds now, and only what holds
    is handed on to understand the question by.
    """

    def __init__(
        self, *, kept: KeptSessions, questions: Questions, evidence: CitedEvidence, limiter: anyio.CapacityLimiter
    ) -> None:
        self._kept = kept
        self._questions = questions
        self._evidence = evidence
        self._earlier = EarlierAnswers(questions=questions, evidence=evidence, limiter=limiter)
        self._limiter = limiter

    def open(self, holder: Holder) -> Session:
        """A new session. Where there are too many, those that were not used for longest go."""
        session = new_session(holder)
        self._kept.add(session)
        return session

    def page(self, holder: Holder, *, after: str = "", limit: int = 100) -> Sequence[SessionEntry]:
        """Their sessions, the newest first, those after the one with the id ``after``."""
        return self._kept.page(holder, after=after, limit=limit)

    def get(self, holder: Holder, session_id: str) -> Session:
        """One of their sessions. Raises NotFoundError."""
        session = self._kept.get(holder.workspace, session_id)
        if session.holder != holder:
            raise NotFoundError(no_session(session_id))
        return session

    def shown(self, session: Session) -> Sequence[ShownTurn]:
        """The turns of a session as its holder may read them now."""
        revision = self._evidence.revision(session.holder.workspace)
        return [self._shown(turn, session.holder, revision) for turn in session.turns]

    def delete(self, holder: Holder, session_id: str) -> None:
        """Drop one of their sessions. Raises NotFoundError."""
        self._kept.delete(holder, session_id)

    def forget(self, workspace: str, document_id: str) -> None:
        """Take the text of a document out of every session: part of purging it.

        What else its words stand in counts as far as the holder may read it, so that nothing tells of other documents.
        """
        known: dict[Audience, Unknown] = {}

        def change(holder: Holder, turns: Turns) -> Turns:
            unknown = known.get(holder.audience)
            if unknown is None:
                unknown = known[holder.audience] = self._evidence.unknown(holder)
            return purged(turns, document_id, unknown)

        self._kept.rewrite(workspace, document_id, change)

    async def stream(self, holder: Holder, session_id: str, question: Question) -> AsyncIterator[Event]:
        """The answer to a question in a session as it comes about; it is a turn of the session once it is whole.

        Raises:
            NotFoundError: there is no such session for them.
            InputError: what cannot be asked; a history beside the session's own.
            QuipuError: else as :meth:`retrieval.asking.Questions.stream`.
        """
        if question.history:
            raise InputError("a session has its history; give session_id or history")
        purges = self._kept.purges
        session = await self._in_thread(partial(self.get, holder, session_id))
        looked = await self._earlier.look(session, question)
        if looked.step is not None:
            yield looked.step
        history = await self._in_thread(partial(self._history, looked, holder))
        asking = _Asking(session=session, question=question, looked=looked, history=history, purges=purges)
        sources: set[str] = set()
        stream = self._questions.stream(replace(question, history=history.utterances))
        async with aclosing(stream) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, EvidenceFound):
                    sources |= {item.placed.document.id for item in event.evidence}
                yield await self._ended(asking, event, sources) if isinstance(event, Answer) else event

    async def _ended(self, asking: _Asking, answer: Answer, sources: Set[str]) -> Answer:
        """The whole answer, kept as a turn; it says how the conversation stands."""
        looked = await self._looked_again(asking.session, asking.question, asking.looked, answer)
        answer = asking.history.told(answer)
        keep = partial(self._keep, asking, new_turn(asking.question, answer, sources), looked)
        return _told(answer, looked, kept=await self._in_thread(keep))

    def _keep(self, asking: _Asking, turn: Turn, looked: Looked) -> bool:
        """Keep a turn, with those terms of its question that are in no document they may read; whether it is kept."""
        unknown = self._evidence.unknown(asking.session.holder)
        turn = replace(turn, strange=unknown(asked_terms(turn)))
        return self._kept.append(asking.session, turn, looked.turns, asking.purges)

    async def _looked_again(self, session: Session, question: Question, looked: Looked, answer: Answer) -> Looked:
        """What changed while the answer was written is told with it, too."""
        if question.as_of is not None or answer.revision <= looked.revision or not looked.turns:
            return looked
        later = await self._earlier.look(replace(session, turns=looked.turns), replace(question, after=()))
        changed = {one.turn: one for one in (*looked.changed, *later.changed)}
        return replace(
            later, changed=tuple(changed[number] for number in sorted(changed)), step=looked.step,
            asked=(*looked.asked, *later.asked), degraded=tuple(dict.fromkeys((*looked.degraded, *later.degraded))),
        )  # fmt: skip

    def _history(self, looked: Looked, holder: Holder) -> History:
        if not looked.turns:
            return History()
        hidden = {turn.number for turn in looked.turns if self._is_hidden(turn, holder, looked.revision)}
        return history_of(looked.turns, self._evidence.unknown(holder), hidden=hidden | looked.unsettled)

    def _is_hidden(self, turn: Turn, holder: Holder, revision: int) -> bool:
        """Whether what was last said cites what is not there now; of the past only what is there now is handed on."""
        latest = turn.latest
        if latest is None or not self._evidence.shown(latest, holder, revision):
            return True
        return turn.asked.past and self._evidence.gone(latest, holder, revision)

    def _shown(self, turn: Turn, holder: Holder, revision: int) -> ShownTurn:
        said, now = turn.said, turn.latest
        said = said if said is not None and self._evidence.shown(said, holder, revision) else None
        if now is turn.said or now is None or not self._evidence.shown(now, holder, revision):
            now = None
        holds = said is not None and len(turn.replies) == 1 and not self._evidence.gone(said, holder, revision)
        return ShownTurn(turn=turn, said=said, now=now, holds=holds, steps=turn.steps if holds else ())

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)


def _told(answer: Answer, looked: Looked, *, kept: bool) -> Answer:
    """An answer that says how the conversation stands, with what looking after that cost."""
    if looked.step is None and kept:
        return answer
    return replace(
        answer, changed_since=looked.changed,
        steps=(*((looked.step,) if looked.step else ()), *answer.steps),
        notes=(*answer.notes, *looked.notes, *(() if kept else (NOT_KEPT,))),
        degraded=(*answer.degraded, *looked.degraded),
        calls=answer.calls + sum(one.calls for one in looked.asked),
        tokens=answer.tokens + sum(one.tokens for one in looked.asked),
        completion_tokens=answer.completion_tokens + sum(one.completion_tokens for one in looked.asked),
    )  # fmt: skip
