"""What standing questions ask of the parts that can be exchanged."""

from collections.abc import Sequence
from typing import Protocol

from retrieval.standing.model import MAX_UPDATES, HeldAnswer, PendingUpdate, Watch, WatchUpdate


class WatchRegister(Protocol):
    """Watches and how their answers changed, for those who asked. Thread-safe."""

    def add(self, watch: Watch) -> None:
        """Keep a new watch. Raises ConflictError where there are ``MAX_WATCHES`` of its workspace."""
        ...

    def get(self, workspace: str, watch_id: str) -> Watch:
        """One watch. Raises NotFoundError."""
        ...

    def page(self, workspace: str, *, after: str = "", limit: int = 100) -> Sequence[Watch]:
        """Watches in order of their ids, beginning after the id ``after``."""
        ...

    def delete(self, workspace: str, watch_id: str) -> None:
        """Drop a watch and its updates. Raises NotFoundError."""
        ...

    def updates(self, watch_id: str, *, after: int = 0, limit: int = MAX_UPDATES) -> Sequence[WatchUpdate]:
        """Updates of a watch that are kept, oldest first, beginning after the id ``after``.

        The newest ``MAX_UPDATES`` of each watch are kept.
        """
        ...

    def forget(self, workspace: str, document_id: str) -> None:
        """Drop every answer that was written from a document: part of purging it.

        A watch whose present answer is dropped is due again at every revision.
        """
        ...


class DueWatches(Protocol):
    """Watches for the one who answers them again. Thread-safe."""

    @property
    def purges(self) -> int:
        """How many documents were purged since the start. Read it before an answer is begun, for :meth:`record`."""
        ...

    def workspaces(self) -> Sequence[str]:
        """The workspaces that have watches, sorted."""
        ...

    def due(self, workspace: str, revision: int) -> Sequence[Watch]:
        """Watches that were looked at before this revision only, or never; the longest waiting first."""
        ...

    def seen(self, watch: Watch, revision: int) -> None:
        """Note that a watch rests on the same evidence at a revision."""
        ...

    def failed(self, watch: Watch, problem: str) -> None:
        """Note why a watch could not be answered again. It stays due."""
        ...

    def record(self, watch: Watch, answer: HeldAnswer, evidence: str, purges: int) -> bool:
        """Keep a new answer, and an update where it says something else.

        Nothing is kept, and the result is False, where a document was purged since ``purges`` was read, because the
        answer may quote it; and where the watch has been deleted.
        """
        ...


class UpdateOutbox(Protocol):
    """Updates on their way to webhooks."""

    def to_send(self) -> Sequence[PendingUpdate]:
        """Updates that have to be sent, oldest first; of each watch the first one only, so that they go in order."""
        ...

    def sent(self, update: WatchUpdate, problem: str | None = None) -> None:
        """Note that an update was delivered, or why it was not.

        It is to be sent again then, until ``DELIVERY_TRIES`` tries have failed.
        """
        ...


class Courier(Protocol):
    """Brings an update of a watch to whoever asked for it."""

    def check(self, address: str) -> None:
        """Raise InputError unless updates may be sent there."""
        ...

    async def deliver(self, watch: Watch, update: WatchUpdate) -> None:
        """Send an update at least once. Raises QuipuError where it was not taken."""
        ...
