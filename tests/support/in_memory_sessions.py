"""Conversations without a database."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from in_memory_operations import InMemoryState

from graph.errors import NotFoundError
from retrieval.conversation.model import MAX_SESSION_BYTES, USUAL, Bounds, Holder, Session, SessionEntry, Turn
from retrieval.conversation.ports import SessionEraser, SessionRegister, Turns
from retrieval.conversation.wording import no_session
from retrieval.tables.session_rows import turn_text


class InMemorySessions(SessionRegister, SessionEraser):
    def __init__(self, state: InMemoryState, bounds: Bounds = USUAL) -> None:
        self._state = state
        self._bounds = bounds
        self._sessions: dict[str, Session] = state.table()
        self._purges = 0

    @property
    def purges(self) -> int:
        return self._purges

    def add(self, session: Session) -> None:
        with self._state.transaction():
            self._sessions[session.id] = session
            theirs = [one for one in self._sessions.values() if one.holder == session.holder]
            for one in sorted(theirs, key=lambda one: one.used_at, reverse=True)[self._bounds.sessions :]:
                del self._sessions[one.id]
            self.sweep()

    def get(self, workspace: str, session_id: str) -> Session:
        found = self._sessions.get(session_id)
        if found is None or found.holder.workspace != workspace or self._is_old(found):
            raise NotFoundError(no_session(session_id))
        return found

    def page(self, holder: Holder, *, after: str = "", limit: int = 100) -> Sequence[SessionEntry]:
        newest_first = list(self._sessions.values())[::-1]
        if after:
            ids = [one.id for one in newest_first if one.holder == holder]
            newest_first = [one for one in newest_first if one.holder == holder]
            newest_first = newest_first[ids.index(after) + 1 :] if after in ids else []
        theirs = [one for one in newest_first if one.holder == holder and not self._is_old(one)]
        return [
            SessionEntry(
                id=one.id, created_at=one.created_at, used_at=one.used_at, turns=len(one.turns),
                question=one.turns[0].question if one.turns else None,
            )
            for one in theirs[:limit]
        ]  # fmt: skip

    def delete(self, holder: Holder, session_id: str) -> None:
        if self.get(holder.workspace, session_id).holder != holder:
            raise NotFoundError(f"no session {session_id!r}")
        with self._state.transaction():
            del self._sessions[session_id]

    def append(self, session: Session, turn: Turn, looked: Sequence[Turn], purges: int) -> bool:
        with self._state.transaction():
            held = self._sessions.get(session.id)
            if purges != self._purges or held is None:
                return False
            newer = {one.number: one for one in looked}
            number = held.dropped + len(held.turns) + 1
            turns = (*(newer.get(one.number, one) for one in held.turns), replace(turn, number=number))
            kept = self._within(turns)
            self._sessions[session.id] = replace(
                held, turns=kept, dropped=held.dropped + len(turns) - len(kept), used_at=datetime.now(UTC)
            )
            return True

    def rewrite(self, workspace: str, document_id: str, change: Callable[[Holder, Turns], Turns]) -> None:
        with self._state.transaction():
            self._purges += 1
            for one in list(self._sessions.values()):
                rests = any(document_id in reply.sources for turn in one.turns for reply in turn.replies)
                if one.holder.workspace == workspace:
                    bare = tuple(replace(turn, steps=()) for turn in one.turns)
                    self._sessions[one.id] = replace(one, turns=change(one.holder, bare) if rests else bare)

    def forget_workspace(self, workspace: str) -> None:
        self._drop(lambda one: one.holder.workspace == workspace)

    def forget_key(self, key_id: str) -> None:
        self._drop(lambda one: one.holder.key_id == key_id)

    def key_ids(self) -> Sequence[str]:
        return sorted({one.holder.key_id for one in self._sessions.values() if one.holder.key_id})

    def sweep(self) -> None:
        self._drop(self._is_old)

    def _drop(self, chosen: Callable[[Session], bool]) -> None:
        with self._state.transaction():
            for one in [one for one in self._sessions.values() if chosen(one)]:
                del self._sessions[one.id]

    def _is_old(self, session: Session) -> bool:
        return session.used_at < datetime.now(UTC) - timedelta(days=self._bounds.days)

    def _within(self, turns: Turns) -> Turns:
        kept, size = [turns[-1]], len(turn_text(turns[-1]).encode())
        for turn in turns[-self._bounds.turns : -1][::-1]:
            size += len(turn_text(turn).encode())
            if size > MAX_SESSION_BYTES:
                break
            kept.insert(0, turn)
        return tuple(kept)
