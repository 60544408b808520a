"""Tokens of language models, counted in memory as they are spent and written down a moment later."""

import threading
from collections import Counter
from collections.abc import Callable

import structlog
from typing_extensions import override

from graph.errors import DependencyError, TokensUsedUp
from graph.ports.quotas import QuotaBook, TokenMeter
from graph.quotas import Limits, next_day, today

WRITE_SECONDS = 1.0
"""How long what was spent may be in memory alone: a ``kill -9`` forgets no more than that."""
_log = structlog.get_logger()

Told = Callable[[str, int, int], object]
"""Called with (workspace, tokens of a prompt, tokens of an answer)."""

ToldCut = Callable[[str, bool], object]
"""Called with (workspace, whether the answer looped) for an answer that did not end of itself."""


class BookedTokens(TokenMeter):
    """The TokenMeter port over a QuotaBook.

    A call that begins while something is left is brought to its end: use can go over the limit by the calls in hand.

    Args:
        book: what is kept; read once, here.
        defaults: the limits of workspaces that have none of their own.
        told: learns of everything spent, for metrics; ``told_cut`` of answers that were cut.
    """

    def __init__(
        self, book: QuotaBook, defaults: Limits, *, told: Told = lambda *_: None, told_cut: ToldCut = lambda *_: None
    ) -> None:  # fmt: skip
        self._book = book
        self._defaults = defaults
        self.told = told
        self.told_cut = told_cut
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._day = today()
        self._spent = Counter(book.spent(self._day))
        self._unwritten: Counter[tuple[str, str]] = Counter()
        self._limits: dict[str, int | None] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._write_on, name="token-meter", daemon=True)
        self._thread.start()

    def used(self, workspace: str) -> int:
        """Tokens spent today."""
        with self._lock:
            return self._today()[workspace]

    def limit_changed(self, workspace: str) -> None:
        """Look up the limit again: another one has been set."""
        with self._lock:
            self._limits.pop(workspace, None)

    @override
    def check(self, workspace: str) -> None:
        limit = self._limit(workspace)
        if limit is not None and (used := self.used(workspace)) >= limit:
            raise TokensUsedUp(used=used, limit=limit, free_at=next_day())

    @override
    def spend(self, workspace: str, prompt_tokens: int, completion_tokens: int) -> None:
        tokens = prompt_tokens + completion_tokens
        with self._lock:
            self._today()[workspace] += tokens
            self._unwritten[self._day, workspace] += tokens
        self.told(workspace, prompt_tokens, completion_tokens)

    @override
    def cut(self, workspace: str, *, looped: bool) -> None:
        self.told_cut(workspace, looped)

    def forget(self, workspace: str) -> None:
        """Know nothing of a workspace that is deleted, and write nothing more of it."""
        with self._writing, self._lock:
            self._spent.pop(workspace, None)
            self._limits.pop(workspace, None)
            for key in [key for key in self._unwritten if key[1] == workspace]:
                del self._unwritten[key]

    def write(self) -> None:
        """Make durable what was spent. Raises DependencyError, and keeps it."""
        with self._writing:
            self._write()

    def _write(self) -> None:
        with self._lock:
            unwritten, self._unwritten = self._unwritten, Counter()
        try:
            for day in sorted({day for day, _ in unwritten}):
                self._book.add_spent(day, {place: tokens for (at, place), tokens in unwritten.items() if at == day})
                for key in [key for key in unwritten if key[0] == day]:
                    del unwritten[key]
        finally:
            with self._lock:
                self._unwritten.update(unwritten)

    def close(self) -> None:
        """Write what is left, and count in memory alone from then on."""
        self._stopping.set()
        self._thread.join()
        self._try_to_write()

    def _limit(self, workspace: str) -> int | None:
        with self._lock:
            if workspace in self._limits:
                return self._limits[workspace]
        limit = self._book.limits(workspace).or_else(self._defaults).tokens
        with self._lock:
            self._limits[workspace] = limit
        return limit

    def _today(self) -> Counter[str]:
        """What was spent today; the lock is held."""
        if (day := today()) != self._day:
            self._day = day
            self._spent = Counter()
        return self._spent

    def _write_on(self) -> None:
        while not self._stopping.wait(WRITE_SECONDS):
            self._try_to_write()

    def _try_to_write(self) -> None:
        try:
            self.write()
        except DependencyError as error:
            _log.warning("spent tokens are not written down yet", cause=str(error))
