"""Watching: registering a standing question, reading how its answer changed, dropping it."""

from collections.abc import Sequence
from dataclasses import replace

from graph.errors import NotFoundError
from graph.ports.reading import RightsReader
from retrieval.pipeline import check_question
from retrieval.standing.model import HeldAnswer, Watch, Watcher, WatchUpdate
from retrieval.standing.ports import Courier, WatchRegister


class Watches:
    """The watches of every workspace. They are answered by the runner, in the background.

    A watch exists for who made it, and for who may read everything. An answer that was written from a document that
    its watcher may not read any more is shown no more.
    """

    def __init__(self, register: WatchRegister, courier: Courier, rights: RightsReader) -> None:
        self._register = register
        self._courier = courier
        self._rights = rights

    def add(self, watch: Watch) -> Watch:
        """Register a question. Its first answer is its first update.

        Raises:
            InputError: the question cannot be asked, or updates may not be sent to its webhook.
            ConflictError: the workspace has as many watches as it may have.
        """
        check_question(watch.to_question())
        if watch.webhook is not None:
            self._courier.check(watch.webhook)
        self._register.add(watch)
        return watch

    def get(self, workspace: str, watch_id: str, watcher: Watcher) -> Watch:
        """One watch with its present answer. Raises NotFoundError."""
        return self._shown(self._theirs(workspace, watch_id, watcher))

    def page(self, workspace: str, watcher: Watcher, *, after: str = "", limit: int = 100) -> Sequence[Watch]:
        """Watches in order of id, those after the id ``after``, at most ``limit``."""
        found: list[Watch] = []
        while page := self._register.page(workspace, after=after, limit=limit):
            found += [watch for watch in page if watcher.sees(watch)]
            after = page[-1].id
            if len(found) >= limit or len(page) < limit:
                break
        return [self._shown(watch) for watch in found[:limit]]

    def updates(
        self, workspace: str, watch_id: str, watcher: Watcher, *, after: int, limit: int
    ) -> Sequence[WatchUpdate]:  # fmt: skip
        """How its answer changed, oldest first, after the update ``after``. Raises NotFoundError."""
        watch = self._theirs(workspace, watch_id, watcher)
        found = self._register.updates(watch.id, after=after, limit=limit)
        readable = (readable_update(update, watch, self._rights) for update in found)
        return [update for update in readable if update is not None]

    def delete(self, workspace: str, watch_id: str, watcher: Watcher) -> None:
        """Drop a watch and its updates. Raises NotFoundError."""
        self._register.delete(workspace, self._theirs(workspace, watch_id, watcher).id)

    def _theirs(self, workspace: str, watch_id: str, watcher: Watcher) -> Watch:
        watch = self._register.get(workspace, watch_id)
        if not watcher.sees(watch):
            raise NotFoundError(f"no watch {watch_id!r}")
        return watch

    def _shown(self, watch: Watch) -> Watch:
        return watch if _may_read(watch.answer, watch, self._rights) else replace(watch, answer=None)


def readable_update(update: WatchUpdate, watch: Watch, rights: RightsReader) -> WatchUpdate | None:
    """An update as its watcher may read it now; None where they may not read what it says."""
    if not _may_read(update.after, watch, rights):
        return None
    return update if _may_read(update.before, watch, rights) else replace(update, before=None)


def _may_read(answer: HeldAnswer | None, watch: Watch, rights: RightsReader) -> bool:
    """Whether the watcher may read every document that an answer was written from."""
    audience = watch.watcher.audience
    if answer is None or audience.unrestricted:
        return True
    held = rights.rights(watch.workspace, answer.sources)
    return all(audience.may_read(one.readers) for one in held.values())
