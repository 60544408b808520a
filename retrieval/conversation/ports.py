"""What conversations ask of whatever keeps them."""

from collections.abc import Callable, Sequence
from typing import Protocol

from retrieval.conversation.model import Holder, Session, SessionEntry, Turn

Turns = tuple[Turn, ...]


class SessionRegister(Protocol):
    """Sessions with their turns, durably, within bounds. Thread-safe. What is older than its bound is not there."""

    @property
    def purges(self) -> int:
        """How many documents were purged since the start. Read it before an answer is begun, for :meth:`append`."""
        ...

    def add(self, session: Session) -> None:
        """Keep a new session. Where its holder has too many, those that were not used for longest go."""
        ...

    def get(self, workspace: str, session_id: str) -> Session:
        """One session with its turns, oldest first. Raises NotFoundError."""
        ...

    def page(self, holder: Holder, *, after: str = "", limit: int = 100) -> Sequence[SessionEntry]:
        """Sessions of one holder, the newest first, beginning after the one with the id ``after``."""
        ...

    def delete(self, holder: Holder, session_id: str) -> None:
        """Drop a session of a holder with its turns. Raises NotFoundError."""
        ...

    def append(self, session: Session, turn: Turn, looked: Sequence[Turn], purges: int) -> bool:
        """Keep a new turn, whole or not at all, and with it earlier turns as they were found.

        It is given the next number. Nothing is kept, and the result is False, where a document was purged since
        ``purges`` was read, because the answer may quote it; and where the session has been deleted.
        """
        ...


class SessionEraser(Protocol):
    """How conversations are forgotten. Thread-safe; every step may be repeated."""

    def rewrite(self, workspace: str, document_id: str, change: Callable[[Holder, Turns], Turns]) -> None:
        """Put in the place of the turns of every session that rests on a document what ``change`` makes of them
        for their holder.

        The steps of all turns of the workspace go. Part of purging the document: it counts as a purge.
        """
        ...

    def forget_workspace(self, workspace: str) -> None:
        """Drop the sessions of a workspace."""
        ...

    def forget_key(self, key_id: str) -> None:
        """Drop the sessions that were held with a key."""
        ...

    def key_ids(self) -> Sequence[str]:
        """The keys with which sessions are held, sorted."""
        ...

    def sweep(self) -> None:
        """Drop what is older than its bound."""
        ...
