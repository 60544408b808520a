"""The running system: it starts, becomes ready, works in the background, and ends."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import anyio
import structlog

from api.admission.housekeeping import Housekeeping
from api.admission.last_call import LastCall
from api.admission.opening import Admission
from api.audit.trail import AuditTrail
from api.footprint.rehearsal import rehearse
from api.footprint.resident_memory import FreedMemory, set_aside
from api.graph_link import GraphLink, GraphStore
from api.settings import Settings
from evals.evaluations import Evaluations
from graph.errors import DependencyError, QuipuError
from graph.job_thread import JobThread
from graph.ports.jobs import JobQueue
from graph.ports.models import Embedder, LanguageModel, ModelStanding
from graph.ports.operations import StorageRoom
from graph.ports.own_writes import OwnWrites
from graph.view.knowledge_view import KnowledgeViews
from ingest.acknowledging.quota import Quotas
from ingest.documents import Documents
from ingest.intake import Intake
from ingest.loaders.page_views import PageDrawer
from ingest.reading_reports import LinePlaces
from ingest.resolving.merges import EntityMerging
from ingest.under_way.reading_ends import ReadingEnds
from ingest.upkeep.background_check import BackgroundCheck
from ingest.upkeep.rereading import Rereading
from ingest.upkeep.verifying import Verifier
from retrieval.asking import Questions
from retrieval.communities.mode import GlobalMode
from retrieval.conversation.conversations import Conversations
from retrieval.facts.asking import FactQuestions
from retrieval.standing.runner import WatchRunner
from retrieval.standing.watches import Watches

_log = structlog.get_logger()


class ProbedModel(LanguageModel, Protocol):
    """A language model whose server can be asked about it."""

    async def probe(self) -> None:
        """Ask the server about the model, once. Raises DependencyError."""
        ...


@runtime_checkable
class Interruptible(Protocol):
    """Work that a worker waits for, and that can be told to end early."""

    def stop(self) -> None:
        """End soon."""
        ...


class ConfinedParser(PageDrawer, Protocol):
    """What reads files that strangers send, and draws their pages."""

    def held(self) -> str:
        """How it is confined, in one line. Raises DependencyError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCases:
    """Everything that can be asked of Quipu. Ways in call these and own none of their steps."""

    intake: Intake
    documents: Documents
    questions: Questions
    conversations: Conversations
    facts: FactQuestions
    communities: GlobalMode
    watches: Watches
    merges: EntityMerging
    evaluations: Evaluations
    verifier: Verifier
    rereading: Rereading
    reading_ends: ReadingEnds
    admission: Admission
    quotas: Quotas
    places: LinePlaces
    own_writes: OwnWrites


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The graph store, the link that holds it open, what questions see of it, and the models.

    ``models`` tells how each language model does.
    """

    graph: GraphStore
    link: GraphLink
    views: KnowledgeViews
    embedder: Embedder
    model: ProbedModel | None
    models: Callable[[], tuple[ModelStanding, ...]] = tuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What works while requests are answered. ``slow`` is told to end before the workers that wait for it.

    ``check`` looks for damage, ``room`` for what the disk has left.
    """

    jobs: JobQueue
    workers: tuple[JobThread, ...]
    watch_runner: WatchRunner
    check: BackgroundCheck
    room: StorageRoom
    audit: AuditTrail
    housekeeping: Housekeeping
    parser: ConfinedParser
    slow: tuple[Interruptible, ...] = ()


class Service:
    """Everything that runs in one process over one data folder.

    Args:
        settings: as read from the environment.
        cases: what can be asked of it.
        knowledge: the graph and the models.
        background: workers and watches.
        limiter: bounds the threads that requests use.
        resources: closed, in reverse order of opening, once nothing works any more.
    """

    def __init__(
        self, settings: Settings, *, cases: UseCases, knowledge: Knowledge, background: Background,
        limiter: anyio.CapacityLimiter, resources: ExitStack,
    ) -> None:  # fmt: skip
        self.settings = settings
        self.cases = cases
        self.graph = knowledge.graph
        self.views = knowledge.views
        self.jobs = background.jobs
        self.watch_runner = background.watch_runner
        self.audit = background.audit
        self.parser = background.parser
        self.models = knowledge.models
        self.limiter = limiter
        self._knowledge = knowledge
        self._background = background
        self._resources = resources
        self.winding_down = threading.Event()
        self.last_call = LastCall()
        self._stopping = threading.Event()
        self._started = time.time()
        self._loaded = threading.Event()
        self._freed_memory = FreedMemory()
        self._load_error: str | None = None
        self.rehearses = True
        """Whether the embedding model is loaded before the first request; else by the first that needs it."""

    @property
    def graph_problem(self) -> str | None:
        """Why the graph cannot be used; None where it can."""
        return self._knowledge.link.problem

    def jobs_waiting(self) -> int:
        """How many documents wait to be read, in all workspaces."""
        return sum(number for (_, state), number in self.jobs.counts().items() if state in {"queued", "waiting"})

    def start(self) -> None:
        """Load the model and the views in the background, then begin to work."""
        threading.Thread(target=self._warm_up, name="warm-up", daemon=True).start()

    def wind_down(self) -> None:
        """Take no new requests, and let those that follow events end: soon everything stops."""
        self.winding_down.set()

    def stop(self) -> None:
        """End the work in hand and close everything."""
        self._stopping.set()
        for work in self._background.slow:
            work.stop()
        for worker in self._background.workers:
            worker.stop()
        self._background.check.stop()
        self._background.housekeeping.stop()
        self._freed_memory.stop()
        self._resources.close()

    def not_ready(self) -> str | None:
        """Why the service cannot answer yet, or no more; None while it can."""
        if self.winding_down.is_set():
            return "the service is being stopped"
        if problem := self._load_error or self.graph_problem:
            return problem
        if not self._loaded.is_set():
            return "the embedding model is being loaded"
        stuck = (problem for worker in self._background.workers if (problem := _stuck(worker)))
        return next(stuck, None) or self._watches_stuck()

    def _watches_stuck(self) -> str | None:
        if not self.watch_runner.alive:
            return "the watches are looked after no more"
        problem = self.watch_runner.problem
        return f"the watches cannot be looked after: {problem}" if problem else None

    def degraded(self) -> tuple[str, ...]:
        """What does not work as it should while questions are answered, one sentence each."""
        return (*self._background.room.problems(), *self._background.check.problems())

    def damage(self) -> int:
        """How many things are known to be damaged on the disk."""
        return self._background.check.count()

    def _warm_up(self) -> None:
        try:
            if self.rehearses:
                rehearse(self._knowledge.embedder)
            self._knowledge.link.await_graph(self._stopping)
            if self._stopping.is_set():
                return
        except (QuipuError, OSError, ImportError, ValueError, RuntimeError) as error:
            self._load_error = f"the service could not warm up: {error}"
            _log.error(self._load_error)
            return
        set_aside()
        self._freed_memory.start()
        self._forget_cut_off()
        self._loaded.set()
        for worker in reversed(self._background.workers):
            worker.start()  # the evaluations, which ask this service itself, once all others work
        self._background.check.start()
        self._background.housekeeping.start()
        self._probe_model()
        _log.info("ready", url=f"http://{self.settings.host}:{self.settings.port}")

    def _forget_cut_off(self) -> None:
        """Remove what an earlier process did not live to acknowledge, before workers need any of it."""
        try:
            if gone := self.cases.intake.forget_cut_off(time.time() - self._started):
                _log.info("bytes of uploads that were cut off were removed", files=gone)
        except QuipuError as error:
            _log.warning("bytes of uploads that were cut off were not removed", cause=str(error))

    def _probe_model(self) -> None:
        """Learn the model's window and whether it sees; if it is down now, the first call asks again."""
        model = self._knowledge.model
        if model is None:
            return
        model.count_tokens("ready")  # loads the tokenizer here and not while a question waits
        try:
            anyio.run(model.probe)
        except DependencyError as error:
            _log.warning("the language model does not answer yet", model=model.identity, cause=str(error))


def _stuck(worker: JobThread) -> str | None:
    if not worker.alive:
        return f"the {worker.kind} worker has ended"
    return f"the {worker.kind} worker cannot get on: {worker.problem}" if worker.problem else None
