"""The composition root: the only place that picks concrete classes and puts them together."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

import anyio
import structlog

from api.language_models import build_judge, build_language_model
from api.outbound.client import QuipuClient
from api.outbound.evaluated_service import RestService
from api.outbound.webhooks import Webhooks
from api.settings import Settings
from evals.requests import EvaluationFolders
from evals.worker import EvaluationWorker
from graph.errors import DependencyError, QuipuError
from graph.operations.database import OperationsDatabase
from graph.operations.folder_lock import FolderLock
from graph.operations.jobs import SqliteJobQueue
from graph.operations.witness import SqliteGraphWitness
from graph.sentence_embedder import SentenceEmbedder
from graph.stores.neo4j.connection import Neo4jAddress
from graph.stores.neo4j.store import Neo4jGraphStore
from graph.stores.sqlite.store import SqliteGraphStore
from graph.view.knowledge_view import KnowledgeViews
from ingest.blobs.folder import FolderBlobStore
from ingest.extraction.light_extractor import LightExtractor
from ingest.extraction.llm_extractor import LlmExtractor
from ingest.extraction.transcribing import BlindTranscriber, ModelTranscriber
from ingest.intake import Intake
from ingest.loaders.loading import Loading
from ingest.loaders.parser_process import ParserProcess
from ingest.model import ExtractionSchema
from ingest.pipeline import Extractors, IngestPipeline
from ingest.ports import ExtractionCache
from ingest.tables.extractions import SqliteExtractionCache
from ingest.tables.uploads import SqliteUploadRegister
from ingest.upkeep.catching_up import catch_up
from ingest.upkeep.retention import Retention
from ingest.upkeep.verifying import Verifier
from ingest.worker import Line, Worker
from retrieval.answering.extractive_generator import ExtractiveGenerator
from retrieval.answering.generation_cache import GenerationCache
from retrieval.answering.llm_generator import LlmGenerator
from retrieval.finding.search import PassageRetriever
from retrieval.pipeline import QuestionPipeline
from retrieval.standing.runner import WatchRunner
from retrieval.tables.watches import SqliteWatches

THREADS = 8
"""Synchronous work of requests that runs at the same time; more would only wait for the processor."""
BATCH = 256
MODEL_BATCH = 16
"""Documents read at once by rule, and by a model: their chunks go together, in one embedding call and one commit."""
GRAPH_RETRY_SECONDS = 2.0
_log = structlog.get_logger()


class Service:
    """Everything that runs in one process over one data folder."""

    def __init__(self, settings: Settings) -> None:
        """Open the data folder. Raises ConfigurationError, in one line, where that must not be."""
        settings.check()
        self.settings = settings
        self._lock = FolderLock(settings.data_dir)
        self._warned = False
        self.embedder = SentenceEmbedder(settings.embedder, offline=settings.offline)
        self.operations = OperationsDatabase(settings.data_dir / "operations.sqlite")
        self.graph = _graph_store(settings)
        self._witness = SqliteGraphWitness(self.operations)
        self.graph_problem: str | None = None
        self._open_graph()
        self.jobs = SqliteJobQueue(self.operations)
        self.jobs.recover()
        self._register = SqliteUploadRegister(self.operations)
        self._blobs = FolderBlobStore(settings.data_dir / "blobs")
        self._parser = ParserProcess()
        self._walk = _walked(settings, self.graph)
        self.views = KnowledgeViews(self.graph, self._walk)
        cache = SqliteExtractionCache(self.operations, self._register)
        self.watches = SqliteWatches(self.operations)
        self.webhooks = Webhooks(settings.webhook_hosts)
        self.evaluations = EvaluationFolders(settings.data_dir / "evals", settings.datasets_dir)

        answers = GenerationCache()

        def forget(workspace: str, document_id: str) -> None:
            answers.purge(workspace, document_id)
            cache.forget(workspace, document_id)
            self.evaluations.forget(document_id)
            self.watches.forget(workspace, document_id)

        self.intake = Intake(
            state=self.operations, register=self._register, blobs=self._blobs, jobs=self.jobs, graph=self.graph,
            max_bytes=settings.max_document_mib * 1024 * 1024, forget=forget,
            committed=self._witness.note,
        )  # fmt: skip
        self._model = build_language_model(settings.llm, settings)
        self._reading: LlmExtractor | None = None
        self.model_worker: Worker | None = None
        self.worker = self._build_workers(cache)
        self.questions = QuestionPipeline(
            views=self.views, retriever=PassageRetriever(self.embedder),
            generator=LlmGenerator(self._model, answers) if self._model else ExtractiveGenerator(),
            limiter=lambda: self.limiter,
        )  # fmt: skip
        self.watching = WatchRunner(
            watches=self.watches, questions=self.questions, views=self.views, courier=self.webhooks
        )
        self.verifier = Verifier(
            graph=self.graph, views=self.views, register=self._register, blobs=self._blobs, jobs=self.jobs,
            intake=self.intake, wake=self.wake,
        )  # fmt: skip
        self.evaluation_worker = EvaluationWorker(
            jobs=self.jobs, folders=self.evaluations, service=RestService(_own_client(settings)),
            judge=lambda: build_judge(settings), token_price=settings.token_price,
        )  # fmt: skip
        self._stopping = threading.Event()
        self._loaded = threading.Event()
        self._load_error: str | None = None

    def _build_workers(self, cache: ExtractionCache) -> Worker:
        """The worker that reads by rule; before it, where a model is set, the one that reads with it afterwards."""
        retention = Retention(
            days=self.settings.retention_days, graph=self.graph, register=self._register, discard=self.intake.discard,
            committed=self._committed,
        )  # fmt: skip

        def settle() -> None:
            self.intake.finish_withdrawals()
            retention.keep()

        rules = Extractors(chunks=LightExtractor(), pictures=BlindTranscriber())
        model = build_language_model(self.settings.extract_llm or self.settings.llm, self.settings)
        if model is not None:
            self._reading = LlmExtractor(model=model, cache=cache, schema=_schema(self.settings))
            line = Line(kind="extract", batch=MODEL_BATCH, first=settle, ended=cache.forget_failures)
            seeing = ModelTranscriber(model=model, cache=cache, picture=self._parser.picture)
            self.model_worker = self._worker(line, Extractors(chunks=self._reading, pictures=seeing))
            rules = Extractors(chunks=self._reading.from_cache(), pictures=seeing.from_cache())
        return self._worker(Line(kind="ingest", batch=BATCH, first=settle, after=self.model_worker), rules)

    def _worker(self, line: Line, extractors: Extractors) -> Worker:
        pipeline = IngestPipeline(
            blobs=self._blobs, loader=Loading(self._parser), extractors=extractors, embedder=self.embedder,
            reader=self.graph, writer=self.graph,
        )  # fmt: skip
        return Worker(
            line=line, jobs=self.jobs, register=self._register, pipeline=pipeline,
            state=self.operations, committed=self._committed,
        )  # fmt: skip

    @cached_property
    def limiter(self) -> anyio.CapacityLimiter:
        """Bounds the threads that requests use; first asked for within the event loop."""
        return anyio.CapacityLimiter(THREADS)

    @property
    def _workers(self) -> tuple[Worker | EvaluationWorker, ...]:
        readers = (self.worker,) if self.model_worker is None else (self.worker, self.model_worker)
        return (self.evaluation_worker, *readers)

    def wake(self) -> None:
        """Let the workers look for jobs now."""
        for worker in self._workers:
            worker.wake()

    def start(self) -> None:
        """Load the model and the views in the background, then begin to ingest."""
        threading.Thread(target=self._warm_up, name="warm-up", daemon=True).start()

    def stop(self) -> None:
        """End the batch in hand and close everything."""
        self._stopping.set()
        if self._reading is not None:
            self._reading.stop()
        for worker in self._workers:
            worker.stop()
        if self._reading is not None:
            self._reading.close()
        self._parser.close()
        self.graph.close()
        self.operations.close()
        self._lock.release()

    def not_ready(self) -> str | None:
        """Why the service cannot answer yet; None once it can."""
        if self._load_error:
            return self._load_error
        if self.graph_problem:
            return self.graph_problem
        if not self._loaded.is_set():
            return "the embedding model is being loaded"
        for worker in self._workers:
            if not worker.alive:
                return f"the {worker.kind} worker has ended"
        if not self.watching.alive:
            return "the watches are looked after no more"
        return None

    def note_language(self, text: str) -> None:
        """Say once that the embedder does not read a text's script."""
        if not self._warned and not self.embedder.reads(text):
            self._warned = True
            _log.warning(
                "the embedder reads little Chinese: keywords and names carry it;"
                " set QUIPU_EMBEDDER to a multilingual model such as BAAI/bge-m3 for more",
                embedder=self.settings.embedder,
            )

    def _open_graph(self) -> None:
        """Open the graph store, or note why it cannot be used now.

        Raises:
            ConfigurationError: it never can.
        """
        try:
            self.graph.open(self._witness.owner)
            self.graph.stamp_embedder(self.embedder.identity)
            self.graph_problem = None
        except DependencyError as error:
            self.graph_problem = str(error)

    def _meet_graph(self) -> None:
        """Try until the graph can be used, what it lost is ordered again, and the views stand."""
        while not self._stopping.is_set():
            if self.graph_problem:
                self._open_graph()
            try:
                if not self.graph_problem:
                    self._catch_up()
                    return
            except DependencyError as error:
                self.graph_problem = str(error)
            _log.warning("the graph is tried again", cause=self.graph_problem)
            self._stopping.wait(GRAPH_RETRY_SECONDS)

    def _catch_up(self) -> None:
        """Compare the graph with the register, and bring the views up."""
        if self._walk is not None:
            self._walk.prepare_walk()
        for workspace in self._register.workspaces():
            revision, seen = self.graph.revision(workspace), self._witness.seen(workspace)
            if revision < seen:
                done = catch_up(workspace, self._register, self.graph, self.jobs)
                _log.warning(
                    "the graph is older than the data folder, and catches up", workspace=workspace, revision=revision,
                    seen=seen, documents_to_read=done.read, documents_to_withdraw=done.withdrawn,
                )  # fmt: skip
            self._witness.note(workspace, revision)
        self.intake.finish_withdrawals()
        for workspace in self.graph.workspaces():
            self.views.catch_up(workspace)

    def _committed(self, workspace: str) -> None:
        self._witness.note(workspace, self.views.catch_up(workspace))

    def _warm_up(self) -> None:
        try:
            self.embedder.load()
            self.embedder.embed_question("ready")
            self._meet_graph()
            if self._stopping.is_set():
                return
        except (QuipuError, OSError, ImportError, ValueError, RuntimeError) as error:
            self._load_error = f"the service could not warm up: {error}"
            _log.error(self._load_error)
            return
        for worker in self._workers:
            worker.start()
        self._loaded.set()
        self._meet_model()
        _log.info("ready", url=f"http://{self.settings.host}:{self.settings.port}")

    def _meet_model(self) -> None:
        """Learn the model's window and whether it sees; if it is down now, the first call asks again."""
        if self._model is None:
            return
        self._model.count_tokens("ready")  # loads the tokenizer here and not while a question waits
        try:
            anyio.run(self._model.probe)
        except DependencyError as error:
            _log.warning("the language model does not answer yet", model=self._model.identity, cause=str(error))


@contextmanager
def graph_alone(settings: Settings) -> Iterator[SqliteGraphStore | Neo4jGraphStore]:
    """The graph of a data folder that no service uses.

    Raises:
        ConfigurationError: a service runs, or the graph belongs to another data folder.
        DependencyError: the graph cannot be reached.
    """
    settings.check()
    lock = FolderLock(settings.data_dir)
    try:
        with graph_beside(settings) as graph:
            yield graph
    finally:
        lock.release()


@contextmanager
def graph_beside(settings: Settings) -> Iterator[SqliteGraphStore | Neo4jGraphStore]:
    """The graph of a data folder, whether or not a service uses it: for what no reader of it sees. Errors as above."""
    operations = OperationsDatabase(settings.data_dir / "operations.sqlite")
    graph = _graph_store(settings)
    try:
        graph.open(SqliteGraphWitness(operations).owner)
        yield graph
    finally:
        graph.close()
        operations.close()


def _graph_store(settings: Settings) -> SqliteGraphStore | Neo4jGraphStore:
    if settings.graph_url == "sqlite":
        return SqliteGraphStore(settings.data_dir / "graph.sqlite")
    password = settings.neo4j_password.get_secret_value() if settings.neo4j_password else ""
    return Neo4jGraphStore(
        Neo4jAddress(
            url=settings.graph_url, user=settings.neo4j_user, password=password, database=settings.neo4j_database
        )
    )


def _walked(settings: Settings, graph: SqliteGraphStore | Neo4jGraphStore) -> Neo4jGraphStore | None:
    """The store, where questions walk the graph inside it."""
    return graph if settings.graph_walk == "neo4j" and isinstance(graph, Neo4jGraphStore) else None


def _schema(settings: Settings) -> ExtractionSchema:
    return ExtractionSchema(
        entity_types=_listed(settings.entity_types), relation_types=_listed(settings.relation_types)
    )


def _listed(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def _own_client(settings: Settings) -> QuipuClient:
    """The service's own public face: an evaluation asks as anybody does, so that it measures what they get."""
    host = settings.host.strip("[]")
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - never bound here
    key = settings.api_key.get_secret_value() if settings.api_key else None
    return QuipuClient(f"http://{f'[{host}]' if ':' in host else host}:{settings.port}", key=key)
