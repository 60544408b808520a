"""A store, a pipeline and a question pipeline over a temporary folder, without a model or a server."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import anyio
from hashing_embedder import HashingEmbedder

from graph.model import DEFAULT_WORKSPACE
from graph.stores.neo4j.store import Neo4jGraphStore
from graph.stores.sqlite.store import SqliteGraphStore
from graph.view.knowledge_view import KnowledgeViews
from ingest.blobs.folder import FolderBlobStore
from ingest.extraction.light_extractor import LightExtractor
from ingest.extraction.transcribing import BlindTranscriber
from ingest.loaders.loading import Loading
from ingest.loaders.parser_process import ParserProcess
from ingest.model import Upload
from ingest.outcomes import Failure, IngestReport
from ingest.pipeline import Extractors, IngestPipeline
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.finding.search import PassageRetriever
from retrieval.pipeline import QuestionPipeline
from retrieval.ports import AnswerGenerator


class SmallWorld:
    """Documents go in by ``put``; ``questions`` answers."""

    def __init__(self, folder: Path, store: SqliteGraphStore | Neo4jGraphStore | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.store = store or SqliteGraphStore(folder / "graph.sqlite")
        self.blobs = FolderBlobStore(folder / "blobs")
        self.parser = ParserProcess()
        self.embedder = HashingEmbedder()
        self.pipeline = IngestPipeline(
            blobs=self.blobs, loader=Loading(self.parser),
            extractors=Extractors(chunks=LightExtractor(), pictures=BlindTranscriber()), embedder=self.embedder,
            reader=self.store, writer=self.store,
        )  # fmt: skip
        self.views = KnowledgeViews(self.store)
        self.questions = self.asking(ExtractiveGenerator())
        self._versions: dict[str, int] = {}

    def asking(self, generator: AnswerGenerator, instead: AnswerGenerator | None = None) -> QuestionPipeline:
        return QuestionPipeline(
            views=self.views, retriever=PassageRetriever(self.embedder), generator=generator,
            limiter=anyio.CapacityLimiter(2), instead=instead,
        )  # fmt: skip

    def upload(self, document_id: str, text: str | bytes, *, media_type: str = "text/plain", title: str | None = None,
               metadata: Mapping[str, str] | None = None) -> Upload:  # fmt: skip
        self._versions[document_id] = self._versions.get(document_id, 0) + 1
        now = datetime.now(UTC)
        data = text if isinstance(text, bytes) else text.encode()
        return Upload(
            workspace=DEFAULT_WORKSPACE, document_id=document_id, version=self._versions[document_id], title=title,
            source=document_id, media_type=media_type, metadata=metadata or {}, content_hash=self.blobs.put(data),
            created_at=now, updated_at=now,
        )  # fmt: skip

    def put(self, document_id: str, text: str | bytes, **more: str) -> IngestReport:
        report = self.pipeline.run([self.upload(document_id, text, **more)], lambda *_: True)[0]  # type: ignore[arg-type]
        assert not isinstance(report, Failure), report
        return report

    def put_all(self, uploads: Sequence[Upload]) -> None:
        """Take all of them through the pipeline, slice by slice."""
        while uploads:
            outcomes = self.pipeline.run(uploads, lambda *_: True)
            assert not any(isinstance(one, Failure) for one in outcomes), outcomes
            uploads = uploads[len(outcomes) :]

    def remove(self, document_id: str) -> int:
        self._versions[document_id] += 1
        return self.store.remove(DEFAULT_WORKSPACE, document_id, self._versions[document_id]).revision

    def purge(self, document_id: str) -> int:
        self._versions[document_id] += 1
        return self.store.purge(DEFAULT_WORKSPACE, document_id, self._versions[document_id]).revision


@contextmanager
def small_world(folder: Path, store: Neo4jGraphStore | None = None) -> Iterator[SmallWorld]:
    """A world over a store that is given, or over an embedded one of its own."""
    world = SmallWorld(folder, store)
    try:
        yield world
    finally:
        world.parser.close()
        world.store.close()
