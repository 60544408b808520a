"""Looks after standing questions: after a revision, those whose evidence changed are answered again, and sent.

To see whether evidence changed takes a search and no model. Of several revisions in a row only the newest is looked at.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from time import monotonic
from typing import Protocol, TypeVar

import anyio
import anyio.to_thread
import structlog

from graph.errors import DependencyError, NotFoundError, QuipuError
from graph.job_thread import unforeseen
from graph.ports.reading import RightsReader
from graph.view.knowledge_view import KnowledgeViews
from retrieval.answer import Answer, EvidenceFound
from retrieval.model import Evidence
from retrieval.pipeline import QuestionPipeline
from retrieval.standing.model import HeldAnswer, Watch, WatchUpdate
from retrieval.standing.ports import Courier, DueWatches, UpdateOutbox
from retrieval.standing.watches import readable_update

POLL_SECONDS = 0.25
"""How often the revision is looked at: one small read of the store, where there is a watch."""
RETRY_SECONDS = 5.0
"""Pause after something failed; before the n-th try to send an update it is ``2 ** n`` seconds."""
T = TypeVar("T")
_log = structlog.get_logger()


class StandingQuestions(DueWatches, UpdateOutbox, Protocol):
    """What is kept of standing questions, for the one who answers them and sends what changed."""


class WatchRunner:
    """Runs in the event loop of the service, one watch at a time.

    ``counts`` tells whether the key that a watch was made with counts still: nothing is asked or sent in the name of
    one that does not.
    """

    def __init__(
        self, *, watches: StandingQuestions, questions: QuestionPipeline, views: KnowledgeViews, courier: Courier,
        rights: RightsReader, counts: Callable[[str], bool] = lambda _: True,
    ) -> None:  # fmt: skip
        self._watches = watches
        self._rights = rights
        self._counts = counts
        self._questions = questions
        self._views = views
        self._courier = courier
        self._not_before: dict[int, float] = {}
        self._gave_up: dict[str, int] = {}
        self._problems: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look and send while the block runs. A receiver that is slow to take an update keeps no question waiting."""
        self._tasks = [asyncio.create_task(self._repeat(work)) for work in (self.look, self.send)]
        try:
            yield
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def alive(self) -> bool:
        """Whether looking and sending both go on; True before the start."""
        return not any(task.done() for task in self._tasks)

    @property
    def problem(self) -> str | None:
        """Why a round cannot be made at all, where that is no store or model that is down."""
        return next(iter(self._problems.values()), None)

    async def look(self) -> bool:
        """One round over all watches; whether a store or model that is down kept one from its answer.

        A watch that fails otherwise is tried again at the next revision. Raises DependencyError from the store.
        """
        well = True
        for watch in await anyio.to_thread.run_sync(self._due):
            try:
                await _outlived(self._answer(watch))
                self._gave_up.pop(watch.id, None)
            except DependencyError as error:
                await anyio.to_thread.run_sync(self._watches.failed, watch, str(error))
                well = False
            except QuipuError as error:
                await anyio.to_thread.run_sync(self._watches.failed, watch, str(error))
                revision = await anyio.to_thread.run_sync(self._views.revision, watch.workspace)
                self._gave_up[watch.id] = revision
        return well

    async def send(self) -> bool:
        """Send each pending update whose time has come. The result is always True: each waits for a time of its own."""
        for pending in await anyio.to_thread.run_sync(self._watches.to_send):
            if self._not_before.get(pending.update.id, 0.0) <= monotonic() and self._may_go_on(pending.watch):
                await self._send(pending.watch, pending.update)
        return True

    async def _repeat(self, work: Callable[[], Awaitable[bool]]) -> None:
        while True:
            try:
                well = await _outlived(work())
                self._problems.pop(work.__name__, None)
            except QuipuError as error:  # the store itself, or what nobody foresaw
                _log.warning("watches wait", cause=str(error))
                if not isinstance(error, DependencyError):
                    self._problems[work.__name__] = str(error)
                well = False
            await anyio.sleep(POLL_SECONDS if well else RETRY_SECONDS)

    def _due(self) -> Sequence[Watch]:
        revisions = {workspace: self._views.revision(workspace) for workspace in self._watches.workspaces()}
        return [
            watch
            for workspace, revision in revisions.items()
            for watch in self._watches.due(workspace, revision)
            if not watch.broken and self._gave_up.get(watch.id) != revision and self._may_go_on(watch)
        ]

    def _may_go_on(self, watch: Watch) -> bool:
        key_id = watch.watcher.key_id
        return key_id is None or self._counts(key_id)

    async def _answer(self, watch: Watch) -> None:
        purges = self._watches.purges
        found = EvidenceFound(evidence=(), revision=watch.revision)
        async with aclosing(self._questions.stream(watch.to_question())) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, EvidenceFound):
                    found = event
                    if watch.answer is not None and fingerprint(found.evidence) == watch.evidence:
                        await anyio.to_thread.run_sync(self._watches.seen, watch, found.revision)
                        return
                elif isinstance(event, Answer):
                    held = _held(event, found.evidence)
                    evidence = fingerprint(found.evidence)
                    await anyio.to_thread.run_sync(self._watches.record, watch, held, evidence, purges)

    async def _send(self, watch: Watch, update: WatchUpdate) -> None:
        problem = None
        try:
            readable = await anyio.to_thread.run_sync(readable_update, update, watch, self._rights)
            if readable is None:
                raise NotFoundError("it was written from documents that its watcher may not read any more")
            await _outlived(self._courier.deliver(watch, readable))
        except QuipuError as error:
            problem = str(error)
            self._not_before[update.id] = monotonic() + 2.0**update.tries
            _log.warning("an update could not be sent", watch=update.watch_id, update=update.id, cause=problem)
        else:
            self._not_before.pop(update.id, None)
        await anyio.to_thread.run_sync(self._watches.sent, update, problem)


async def _outlived(work: Awaitable[T]) -> T:
    """As :func:`graph.job_thread.foreseen`, for what is awaited."""
    try:
        return await work
    except QuipuError:
        raise
    except Exception as error:
        raise unforeseen(error) from error


def fingerprint(evidence: Sequence[Evidence]) -> str:
    """SHA-256 of passages in their order and the versions of their documents: what an answer may depend on."""
    passages = [(item.placed.chunk.id, item.placed.document.id, item.placed.document.version) for item in evidence]
    return hashlib.sha256(json.dumps(passages).encode("ascii")).hexdigest()


def _held(answer: Answer, evidence: Sequence[Evidence]) -> HeldAnswer:
    return HeldAnswer(
        revision=answer.revision, text=answer.text, abstained=answer.abstained, citations=answer.citations,
        sources=tuple(dict.fromkeys(item.placed.document.id for item in evidence)),
    )  # fmt: skip
