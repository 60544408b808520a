"""Watching: registering a standing question, reading how its answer changed, dropping it."""

from collections.abc import Sequence
from typing import Any

from retrieval.model import Mode
from retrieval.pipeline import check_question
from retrieval.standing.model import Watch, WatchUpdate, new_watch
from retrieval.standing.ports import Courier, WatchRegister


class Watches:
    """The watches of every workspace. They are answered by the runner, in the background."""

    def __init__(self, register: WatchRegister, courier: Courier) -> None:
        self._register = register
        self._courier = courier

    def add(
        self, workspace: str, question: str, *, mode: Mode, filters: dict[str, Any], webhook: str | None = None
    ) -> Watch:
        """Register a question. Its first answer is its first update.

        Raises:
            InputError: the question cannot be asked, or updates may not be sent to ``webhook``.
            ConflictError: the workspace has as many watches as it may have.
        """
        watch = new_watch(workspace, question, mode=mode, filters=filters, webhook=webhook)
        check_question(watch.to_question())
        if webhook is not None:
            self._courier.check(webhook)
        self._register.add(watch)
        return watch

    def get(self, workspace: str, watch_id: str) -> Watch:
        """One watch with its present answer. Raises NotFoundError."""
        return self._register.get(workspace, watch_id)

    def page(self, workspace: str, *, after: str = "", limit: int = 100) -> Sequence[Watch]:
        """Watches in order of id, those after the id ``after``, at most ``limit``."""
        return self._register.page(workspace, after=after, limit=limit)

    def updates(self, workspace: str, watch_id: str, *, after: int, limit: int) -> Sequence[WatchUpdate]:
        """How its answer changed, oldest first, after the update ``after``. Raises NotFoundError."""
        watch = self._register.get(workspace, watch_id)
        return self._register.updates(watch.id, after=after, limit=limit)

    def delete(self, workspace: str, watch_id: str) -> None:
        """Drop a watch and its updates. Raises NotFoundError."""
        self._register.delete(workspace, watch_id)
