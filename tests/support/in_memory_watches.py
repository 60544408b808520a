"""Standing questions without a database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from in_memory_operations import InMemoryState

from graph.errors import ConflictError, NotFoundError
from retrieval.standing.model import (
    MAX_UPDATES,
    MAX_WATCHES,
    UNSEEN,
    HeldAnswer,
    PendingUpdate,
    Watch,
    WatchUpdate,
    delivery_after,
)
from retrieval.standing.ports import DueWatches, UpdateOutbox, WatchRegister


class InMemoryWatches(WatchRegister, DueWatches, UpdateOutbox):
    def __init__(self, state: InMemoryState) -> None:
        self._state = state
        self._watches: dict[str, Watch] = state.table()
        self._updates: dict[int, WatchUpdate] = state.table()
        self._number = 0
        self._purges = 0

    @property
    def purges(self) -> int:
        return self._purges

    def add(self, watch: Watch) -> None:
        with self._state.transaction():
            count = sum(other.workspace == watch.workspace for other in self._watches.values())
            if count >= MAX_WATCHES:
                raise ConflictError(f"there are {count} watches; {MAX_WATCHES} is the limit: delete one first")
            self._watches[watch.id] = watch

    def get(self, workspace: str, watch_id: str) -> Watch:
        found = self._watches.get(watch_id)
        if found is None or found.workspace != workspace:
            raise NotFoundError(f"no watch {watch_id!r}")
        return found

    def page(self, workspace: str, *, after: str = "", limit: int = 100) -> Sequence[Watch]:
        found = sorted(self._watches.values(), key=lambda watch: watch.id)
        return [watch for watch in found if watch.workspace == workspace and watch.id > after][:limit]

    def delete(self, workspace: str, watch_id: str) -> None:
        self.get(workspace, watch_id)
        with self._state.transaction():
            del self._watches[watch_id]
            for update in self._of(watch_id):
                del self._updates[update.id]

    def updates(self, watch_id: str, *, after: int = 0, limit: int = MAX_UPDATES) -> Sequence[WatchUpdate]:
        return [update for update in self._of(watch_id) if update.id > after][:limit]

    def forget(self, workspace: str, document_id: str) -> None:
        with self._state.transaction():
            self._purges += 1
            for watch in list(self._watches.values()):
                if watch.workspace == workspace:
                    self._forget_in(watch, document_id)

    def _forget_in(self, watch: Watch, document_id: str) -> None:
        if watch.answer and document_id in watch.answer.sources:
            self._watches[watch.id] = replace(watch, answer=None, evidence="", revision=UNSEEN)
        for update in self._of(watch.id):
            if any(document_id in held.sources for held in (update.before, update.after) if held):
                del self._updates[update.id]

    def workspaces(self) -> Sequence[str]:
        return sorted({watch.workspace for watch in self._watches.values()})

    def due(self, workspace: str, revision: int) -> Sequence[Watch]:
        found = sorted(self._watches.values(), key=lambda watch: (watch.revision, watch.id))
        return [watch for watch in found if watch.workspace == workspace and watch.revision < revision]

    def seen(self, watch: Watch, revision: int) -> None:
        self._replace(watch, revision=revision, problem=None)

    def failed(self, watch: Watch, problem: str) -> None:
        self._replace(watch, problem=problem)

    def _replace(self, watch: Watch, **changed: object) -> None:
        if watch.id in self._watches:
            self._watches[watch.id] = replace(self._watches[watch.id], **changed)  # type: ignore[arg-type]

    def record(self, watch: Watch, answer: HeldAnswer, evidence: str, purges: int) -> bool:
        with self._state.transaction():
            held = self._watches.get(watch.id)
            if purges != self._purges or held is None:
                return False
            self._replace(watch, revision=answer.revision, evidence=evidence, answer=answer, problem=None)
            if held.answer is None or not held.answer.says_the_same(answer):
                self._number += 1
                self._updates[self._number] = WatchUpdate(
                    id=self._number, watch_id=watch.id, at=datetime.now(UTC), before=held.answer, after=answer,
                    delivery="pending" if watch.webhook else "none",
                )  # fmt: skip
                for old in self._of(watch.id)[:-MAX_UPDATES]:
                    del self._updates[old.id]
            return True

    def to_send(self) -> Sequence[PendingUpdate]:
        first: dict[str, WatchUpdate] = {}
        for update in self._updates.values():
            if update.delivery == "pending":
                first.setdefault(update.watch_id, update)
        return [PendingUpdate(watch=self._watches[update.watch_id], update=update) for update in first.values()]

    def sent(self, update: WatchUpdate, problem: str | None = None) -> None:
        held = self._updates.get(update.id)
        if held is not None:
            self._updates[update.id] = replace(
                held, delivery=delivery_after(update, problem), tries=update.tries + 1, delivery_problem=problem
            )  # fmt: skip

    def _of(self, watch_id: str) -> list[WatchUpdate]:
        return [update for update in self._updates.values() if update.watch_id == watch_id]
