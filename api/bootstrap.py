"""The composition root: the only place that picks concrete classes and puts them together."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import anyio

from api.admission.erasure import Erasure
from api.admission.housekeeping import Housekeeping
from api.admission.opening import open_admission
from api.audit.trail import open_trail
from api.event_log import log_harmlessly
from api.graph_link import GraphLink, LinkedState
from api.graph_stores import graph_store
from api.language_models import LanguageModels, build_judge
from api.outbound.collector import tell_collector
from api.outbound.evaluated_service import own_face
from api.outbound.watched_courier import WatchedCourier
from api.outbound.webhooks import Webhooks
from api.parts.data_folder import open_data_folder
from api.parts.own_writes import open_own_writes
from api.parts.pictures import picture_reader, switched_off
from api.parts.questions import open_communities, open_pipeline, open_questions
from api.parts.quotas import open_quotas
from api.parts.sessions import open_conversations, open_sessions
from api.service import Background, Interruptible, Knowledge, Service, UseCases
from api.settings import MIB, Settings, listed
from api.tables.keys import SqliteKeys
from api.tables.workspaces import SqliteWorkspaces
from evals.evaluations import Evaluations
from evals.requests import EvaluationFolders
from evals.worker import EvaluationWorker
from graph.embedders.choosing import build_embedder
from graph.operations.database import text_check
from graph.operations.jobs import SqliteJobQueue
from graph.operations.witness import SqliteGraphWitness
from graph.stores.neo4j.store import Neo4jGraphStore
from graph.view.commits import Commits
from graph.view.knowledge_view import KnowledgeViews
from ingest.blobs.folder import FolderBlobStore
from ingest.documents import Documents
from ingest.extraction.light_extractor import LightExtractor
from ingest.extraction.llm_extractor import LlmExtractor
from ingest.extraction.transcribing import BlindTranscriber, ModelTranscriber
from ingest.intake import Intake
from ingest.loaders.loading import Loading
from ingest.loaders.parser_process import ParserProcess
from ingest.loaders.unpacking import UNKEPT
from ingest.model_reading import ExtractionSchema
from ingest.outcomes import IngestReport
from ingest.pipeline import Extractors, IngestPipeline
from ingest.resolving.merges import EntityMerging
from ingest.tables.checks import SqliteCheckRegister
from ingest.tables.extractions import SqliteExtractionCache
from ingest.tables.places import SqliteLinePlaces
from ingest.tables.rules_read import SqliteReadRules
from ingest.tables.uploads import SqliteUploadRegister
from ingest.under_way.expected_end import ExpectedEnd
from ingest.under_way.reading_ends import ReadingEnds
from ingest.upkeep.background_check import BackgroundCheck
from ingest.upkeep.rereading import Rereading
from ingest.upkeep.retention import Retention
from ingest.upkeep.verifying import Verifier
from ingest.worker import Line, Worker
from retrieval.answering.generation_cache import GenerationCache
from retrieval.facts.asking import FactQuestions
from retrieval.standing.runner import WatchRunner
from retrieval.standing.watches import Watches
from retrieval.tables.watches import SqliteWatches

THREADS = 8
"""Synchronous work of requests that runs at the same time; more would only wait for the processor."""
BATCH = 256
MODEL_BATCH = 16
"""Documents read at once by rule, and by a model: their chunks go together, in one embedding call and one commit."""


def build_service(settings: Settings) -> Service:
    """Everything that runs in one process over one data folder, opened and not yet started.

    Raises:
        ConfigurationError: in one line, where that must not be; what was opened is closed again.
    """
    log_harmlessly()
    settings.check()
    with ExitStack() as opened:
        tell_collector(settings.otlp_endpoint, opened)
        parts = _Parts(settings, opened)
        parts.link.open()
        parts.parser.start()  # after whatever refuses to start has been said, in one line
        background = _background(parts)
        return Service(
            settings,
            cases=_use_cases(parts),
            knowledge=Knowledge(
                graph=parts.graph, link=parts.link, views=parts.views, embedder=parts.embedder, model=parts.model,
                models=parts.models.standing,
            ),
            background=background, limiter=parts.limiter, resources=opened.pop_all(),
        )  # fmt: skip


class _Parts:
    """What is made once and shared, in the order in which it needs one another."""

    def __init__(self, settings: Settings, opened: ExitStack) -> None:
        self.settings, self.opened = settings, opened
        self.room, self.database = open_data_folder(settings, opened)
        self.audit, self.quotas = open_trail(settings, opened), open_quotas(settings, self.database, opened)
        self.witness, self.uploads = SqliteGraphWitness(self.database), SqliteUploadRegister(self.database)
        self.jobs = SqliteJobQueue(self.database)
        self.jobs.recover()
        self.admission = open_admission(
            settings, SqliteKeys(self.database), SqliteWorkspaces(self.database), self.jobs.costs
        )
        self.extractions = SqliteExtractionCache(self.database, self.uploads)
        self.places = SqliteLinePlaces(self.database, self.uploads)
        self.watches, self.checks = SqliteWatches(self.database), SqliteCheckRegister(self.database)
        self.sessions, self.sweep = open_sessions(settings, self.database, self.admission.keys)
        self.blobs = FolderBlobStore(settings.data_dir / "blobs")
        self.evaluations = EvaluationFolders(settings.data_dir / "evals", settings.datasets_dir)
        self.graph = graph_store(settings, self.room.give_back)
        opened.callback(self.graph.close)
        walk = self.graph if settings.graph_walk == "neo4j" and isinstance(self.graph, Neo4jGraphStore) else None
        self.views = KnowledgeViews(self.graph, walk)
        self.commits = Commits(self.views, self.witness.note)
        self.embedder = build_embedder(settings.embedder, offline=settings.offline)
        self.answers = GenerationCache()
        self.intake = _intake(self)
        self.link = _link(self, walk.prepare_walk if walk else lambda: None)
        self.parser = ParserProcess(settings.reading_limits())
        opened.callback(self.parser.close)
        self.pictures = picture_reader(settings, self.extractions, self.parser, opened)
        self.limiter = anyio.CapacityLimiter(THREADS)
        self.models = LanguageModels(settings, self.quotas.tokens)
        self.model = self.models.named(settings.llm)
        self.reading_model = self.models.named(settings.extract_llm or settings.llm)
        self.extractor, self.expected_end = _extractor(self), ExpectedEnd()
        self.courier = WatchedCourier(Webhooks(settings.webhook_hosts), self.audit)
        self.own_writes = open_own_writes(self.database, self.jobs, self.graph, self.limiter)
        self.pipeline = open_pipeline(self)
        self.communities = open_communities(self, self.pipeline)
        self.questions = open_questions(self, self.pipeline, self.communities)
        self.conversations = open_conversations(self.sessions, self.questions, self.graph, self.views, self.limiter)


def _link(parts: _Parts, prepare: Callable[[], None]) -> GraphLink:
    state = LinkedState(
        witness=parts.witness, uploads=parts.uploads, jobs=parts.jobs, intake=parts.intake,
        rules=SqliteReadRules(parts.database),
    )  # fmt: skip
    return GraphLink(parts.graph, embedder=parts.embedder.identity, views=parts.views, state=state, prepare=prepare)


def _intake(parts: _Parts) -> Intake:
    def forget(workspace: str, document_id: str) -> None:
        parts.answers.purge(workspace, document_id)
        parts.communities.forget(workspace)
        for kept in (parts.extractions, parts.evaluations, parts.watches, parts.conversations):
            kept.forget(workspace, document_id)

    parts.quotas.count_once(parts.uploads, parts.blobs)
    return Intake(
        quota=parts.quotas.storage,
        state=parts.database, register=parts.uploads, blobs=parts.blobs, jobs=parts.jobs, graph=parts.graph,
        room=parts.room, max_bytes=parts.settings.max_document_mib * MIB, forget=forget, committed=parts.commits.follow,
    )  # fmt: skip


def _extractor(parts: _Parts) -> LlmExtractor | None:
    """What reads chunks with a language model; None where none is set."""
    settings = parts.settings
    if parts.reading_model is None:
        return None
    schema = ExtractionSchema(
        entity_types=listed(settings.entity_types), relation_types=listed(settings.relation_types)
    )
    extractor = LlmExtractor(model=parts.reading_model, cache=parts.extractions, schema=schema)
    parts.opened.callback(extractor.close)
    return extractor


def _use_cases(parts: _Parts) -> UseCases:
    return UseCases(
        intake=parts.intake,
        documents=Documents(
            store=parts.graph, views=parts.views, register=parts.uploads, jobs=parts.jobs, blobs=parts.blobs
        ),
        questions=parts.questions,
        conversations=parts.conversations,
        facts=FactQuestions(parts.pipeline),
        communities=parts.communities,
        watches=Watches(parts.watches, parts.courier, parts.graph),
        merges=EntityMerging(parts.graph, parts.embedder, parts.commits.follow),
        evaluations=Evaluations(parts.evaluations, parts.jobs),
        verifier=Verifier(
            graph=parts.graph, views=parts.views, register=parts.uploads, blobs=parts.blobs, jobs=parts.jobs,
            intake=parts.intake, more=(
                parts.database.verify, parts.jobs.verify, parts.uploads.verify, parts.watches.verify,
                parts.sessions.verify, text_check(parts.database, parts.graph),
            ),
        ),
        rereading=Rereading(
            state=parts.database, register=parts.uploads, jobs=parts.jobs, by_model=parts.extractor is not None
        ),
        reading_ends=ReadingEnds(parts.jobs, parts.expected_end, MODEL_BATCH),
        quotas=parts.quotas.cases,
        admission=parts.admission,
        places=parts.places,
        own_writes=parts.own_writes,
    )  # fmt: skip


def _background(parts: _Parts) -> Background:
    evaluations = EvaluationWorker(
        jobs=parts.jobs, folders=parts.evaluations,
        service=lambda workspace: own_face(parts.settings, parts.admission.access.own_key, workspace),
        judge=lambda workspace: build_judge(parts.settings, parts.models, workspace),
        token_price=parts.settings.token_price,
    )  # fmt: skip
    return Background(
        jobs=parts.jobs,
        workers=(evaluations, *_reading_workers(parts)),
        watch_runner=WatchRunner(
            watches=parts.watches, questions=parts.pipeline, views=parts.views, courier=parts.courier,
            rights=parts.graph, counts=parts.admission.keys.counts,
        ),
        audit=parts.audit, parser=parts.parser,
        slow=tuple(each for each in (parts.extractor, parts.pictures) if isinstance(each, Interruptible)),
        check=BackgroundCheck(parts, parts.checks, parts.settings.check_hours),
        room=parts.room,
        housekeeping=Housekeeping(parts.admission.keys, parts.admission.workspaces, _erasure(parts), parts.sweep),
    )  # fmt: skip


def _erasure(parts: _Parts) -> Erasure:
    parts.admission.workspaces.on_created(parts.graph.readmit)
    return Erasure(
        in_hand=parts.admission.in_hand, state=parts.database, jobs=parts.jobs, graph=parts.graph,
        uploads=parts.uploads, blobs=parts.blobs, watches=parts.watches,
        forget=(
            parts.extractions.forget_workspace, parts.evaluations.forget_workspace, parts.answers.purge_workspace,
            parts.witness.forget, parts.admission.keys.forget, parts.views.forget, parts.communities.forget,
            parts.quotas.forget, parts.sessions.forget_workspace,
        ),
    )  # fmt: skip


def _reading_workers(parts: _Parts) -> tuple[Worker, ...]:
    """The worker that reads by rule, and one more for what takes long: reading by a model, and pictures."""
    retention = Retention(
        days=parts.settings.retention_days, graph=parts.graph, register=parts.uploads,
        discard=parts.intake.discard, committed=parts.commits.follow,
        swept=lambda workspace: parts.audit.note("background:retention", workspace),
    )  # fmt: skip

    def settle() -> None:
        parts.intake.finish_withdrawals()
        retention.keep()
        parts.room.check()

    def keep(workspace: str, report: IngestReport) -> None:
        parts.places.set_places(workspace, report.document_id, report.version, report.places)

    cache, pictures = parts.extractions, parts.pictures
    if parts.extractor is not None and parts.reading_model is not None:
        pictures = ModelTranscriber(
            model=parts.reading_model, cache=cache, picture=parts.parser.picture, otherwise=pictures
        )  # fmt: skip
    slow = Extractors(chunks=parts.extractor or LightExtractor(), pictures=pictures)
    quick = Extractors(
        chunks=parts.extractor.from_cache() if parts.extractor else LightExtractor(), pictures=pictures.from_cache()
    )  # fmt: skip
    at_once = Line(kind="ingest", batch=BATCH, first=settle, after="extract", keep=keep)
    blind = isinstance(pictures, BlindTranscriber)
    afterwards = Line(
        kind="extract", batch=MODEL_BATCH if parts.extractor else 1, first=settle,
        check=parts.quotas.tokens.check if parts.extractor else lambda _: None, ended=cache.forget_failures,
        keep=keep, refuse=partial(switched_off, model=parts.reading_model is not None, blind=blind),
        expected=parts.expected_end,
    )  # fmt: skip
    at_once = replace(at_once, after=None) if blind else at_once
    return (_worker(parts, at_once, quick), _worker(parts, afterwards, slow))


def _worker(parts: _Parts, line: Line, extractors: Extractors) -> Worker:
    keeper = parts.intake.members if line.kind == "ingest" else UNKEPT
    pipeline = IngestPipeline(
        blobs=parts.blobs, loader=Loading(parts.parser), extractors=extractors, embedder=parts.embedder,
        reader=parts.graph, writer=parts.graph, keeper=keeper, aside=parts.settings.data_dir,
    )  # fmt: skip
    return Worker(
        line=line, jobs=parts.jobs, register=parts.uploads, pipeline=pipeline,
        state=parts.database, committed=parts.commits.follow,
    )  # fmt: skip
