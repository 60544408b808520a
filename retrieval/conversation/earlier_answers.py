"""Looks after what was said before, when a question comes: which answers no longer hold, and what holds now.

To see whether an answer holds takes a look at what it quotes and one search, and no model. Only where a quote is gone,
or the search finds a passage that was not there, is its question asked again.
"""

import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread

from graph.errors import QuipuError
from retrieval.answer import Answer, ChangedTurn, EvidenceFound, Step
from retrieval.asking import Questions
from retrieval.conversation.evidence import CitedEvidence
from retrieval.conversation.holding import still_holds
from retrieval.conversation.model import Holder, Reply, Session, Turn, reply_of
from retrieval.conversation.wording import UNASKED, reason_of, unsettled_note
from retrieval.model import Question
from retrieval.modes import SEARCH_MODES
from retrieval.step_texts import EARLIER, TURNS

MAX_LOOKED = 20
"""Turns of a session that are looked at, the newest; what is older is neither looked at nor handed on."""
MAX_ASKED_AGAIN = 10
"""Questions that are asked again for one reply; the others wait for the next one, and are not handed on until then."""
DEAR = 5
"""As so many counts a question that was answered in a mode that takes more than one search."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Earlier turns as they stand at a revision, oldest first, and those whose answers changed.

    ``unsettled`` are numbers of turns of which is not known what holds. ``asked`` are the answers to questions that
    were asked again, for what they cost.
    """

    turns: tuple[Turn, ...] = ()
    changed: tuple[ChangedTurn, ...] = ()
    unsettled: frozenset[int] = frozenset()
    revision: int = 0
    step: Step | None = None
    degraded: tuple[str, ...] = ()
    asked: tuple[Answer, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be told beside what changed."""
        return (unsettled_note(len(self.unsettled)),) if self.unsettled else ()


class _Round:
    """One look at a session: what was found so far."""

    def __init__(self, holder: Holder, revision: int) -> None:
        self.holder = holder
        self.revision = revision
        self.changed: list[ChangedTurn] = []
        self.unsettled: set[int] = set()
        self.degraded: list[str] = []
        self.asked: list[Answer] = []
        self._left = MAX_ASKED_AGAIN

    def may_ask(self, turn: Turn) -> bool:
        """Whether its question may be asked again; counted."""
        cost = 1 if turn.asked.mode in SEARCH_MODES else DEAR
        if cost > self._left:
            return False
        self._left -= cost
        return True


class EarlierAnswers:
    """Compares the turns of a session with what holds now. It writes nothing.

    ``limiter`` bounds the threads in which it reads the store.
    """

    def __init__(self, *, questions: Questions, evidence: CitedEvidence, limiter: anyio.CapacityLimiter) -> None:
        self._questions = questions
        self._evidence = evidence
        self._limiter = limiter

    async def look(self, session: Session, question: Question) -> Looked:
        """How the turns of a session stand for a question that comes now, and after all that it wants to contain.

        Raises:
            RevisionNotReached: ``min_revision`` of the question lies ahead.
            StillBeingRead: what was acknowledged under its ``after`` is not to be read yet.
            DependencyError: a store failed. A model that fails is told in ``degraded``.
        """
        turns = session.turns[-MAX_LOOKED:]
        if not turns:
            return Looked()
        started = time.perf_counter()
        if question.after or question.min_revision is not None:
            await self._questions.find(replace(question, history=(), mode="keyword", as_of=None, k=1))
        revision = await self._in_thread(partial(self._evidence.revision, session.holder.workspace))
        found = _Round(session.holder, revision)
        looked = [await self._turn(turn, found) for turn in reversed(turns)][::-1]
        changed = tuple(sorted(found.changed, key=lambda one: one.turn))
        step = Step(
            name="earlier answers", input=TURNS.told(question.text, count=len(turns)),
            detail=EARLIER.told(question.text, changed=len(changed), asked=len(found.asked), revision=revision),
            seconds=time.perf_counter() - started, calls=sum(one.calls for one in found.asked),
            tokens=sum(one.tokens for one in found.asked),
        )  # fmt: skip
        return Looked(
            turns=tuple(looked), changed=changed, unsettled=frozenset(found.unsettled), revision=revision, step=step,
            degraded=tuple(dict.fromkeys(found.degraded)), asked=tuple(found.asked),
        )  # fmt: skip

    async def _turn(self, turn: Turn, found: _Round) -> Turn:
        latest = turn.latest
        if turn.asked.past or turn.standalone is None or (latest is not None and latest.asks_back):
            return self._untold(turn, found)
        if latest is not None and turn.seen >= found.revision:
            return turn
        gone, shown = await self._in_thread(partial(self._standing, latest, found))
        if shown and not gone and not await self._finds_new(turn, found):
            return replace(turn, seen=found.revision)
        answered = await self._asked_again(turn, found)
        if answered is None:
            found.unsettled.add(turn.number)
            return turn
        return await self._compared(turn, answered, found, gone=gone, shown=shown)

    def _standing(self, latest: Reply | None, found: _Round) -> tuple[bool, bool]:
        """Whether something that an answer quotes is gone, and whether it may be shown; neither where there is none."""
        if latest is None:
            return False, False
        gone = self._evidence.gone(latest, found.holder, found.revision)
        return gone, self._evidence.shown(latest, found.holder, found.revision)

    def _untold(self, turn: Turn, found: _Round) -> Turn:
        """A turn that is not asked again; it is told once that what it said was purged."""
        if not turn.purged:
            return turn
        found.changed.append(_changed(turn, None, None, gone=True))
        return replace(turn, purged=False)

    async def _compared(self, turn: Turn, now: Reply, found: _Round, *, gone: bool, shown: bool) -> Turn:
        """A turn with what holds now, where that is something else."""
        before = turn.latest
        if before is None and not turn.purged:  # what it said went because of a word, and may hold as well as not
            return turn.with_reply(now, now.revision)
        if before is not None:
            new = await self._in_thread(partial(self._evidence.new, now.citations, found.holder, turn.seen))
            if still_holds(before, now, gone=gone, is_new=new.__contains__):
                return turn.renewed(now if gone or not shown else before, now.revision)
        found.changed.append(_changed(turn, before if shown else None, now, gone=gone))
        return turn.with_reply(now, now.revision)

    async def _finds_new(self, turn: Turn, found: _Round) -> bool:
        """Whether a search for its question finds a passage that was not there when it was last looked at."""
        stream = self._questions.stream(turn.to_search(found.holder))
        async with aclosing(stream) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, EvidenceFound):
                    ids = [item.placed.chunk.id for item in event.evidence]
                    return await self._in_thread(partial(self._evidence.new_passages, ids, found.holder, turn.seen))
        return False

    async def _asked_again(self, turn: Turn, found: _Round) -> Reply | None:
        """What is said to its question now; None where that cannot be told."""
        if not found.may_ask(turn):
            return None
        sources: set[str] = set()
        try:
            stream = self._questions.stream(turn.to_question(found.holder))
            async with aclosing(stream) as events:  # type: ignore[type-var]
                async for event in events:
                    if isinstance(event, EvidenceFound):
                        sources |= {item.placed.document.id for item in event.evidence}
                    elif isinstance(event, Answer):
                        found.asked.append(event)
                        return reply_of(event, sources)
        except QuipuError as error:
            found.degraded.append(f"{UNASKED}: {error}")
        return None

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)


def _changed(turn: Turn, was: Reply | None, now: Reply | None, *, gone: bool) -> ChangedTurn:
    """What is told of a turn; ``was`` is None where what it cites is gone altogether."""
    return ChangedTurn(
        turn=turn.number, question=turn.question or turn.standalone or "", was=was.text if was else None,
        now=now.text if now and not now.abstained else None,
        reason=reason_of(turn.standalone or "", purged=turn.purged, away=was is None, gone=gone),
    )  # fmt: skip
