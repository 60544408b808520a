"""What the benchmarks share: a data set taken through the real ingestion into a real store, in a temporary folder."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
import structlog
from typing_extensions import override

from api.language_models import build_language_model
from api.settings import Settings
from evals.dataset import CorpusDocument
from graph.model import DEFAULT_WORKSPACE, FloatArray
from graph.operations.database import OperationsDatabase
from graph.ports.models import Embedder
from graph.stores.neo4j.store import Neo4jGraphStore
from graph.stores.sqlite.store import SqliteGraphStore
from graph.view.knowledge_view import KnowledgeViews
from ingest.blobs.folder import FolderBlobStore
from ingest.extraction.llm_extractor import LlmExtractor
from ingest.extraction.transcribing import BlindTranscriber
from ingest.loaders.loading import Loading
from ingest.loaders.parser_process import ParserProcess
from ingest.model import Extraction, Passages, Upload
from ingest.model_reading import ExtractionSchema
from ingest.outcomes import Failure
from ingest.pipeline import Extractors, IngestPipeline
from ingest.ports import Extractor, Tell
from ingest.tables.extractions import SqliteExtractionCache
from ingest.tables.uploads import SqliteUploadRegister

BATCH = 256

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # what benchmarks print is JSON


def shared_data() -> Path:
    """The folder of evaluation data."""
    return Path(os.environ.get("QUIPU_SHARED_DATA", "../shared/data")).resolve()


def hashing_embedder() -> Embedder:
    """Words hashed into buckets, as in tests: where vectors are of no account, they take no time."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
    from hashing_embedder import HashingEmbedder

    return cast(Embedder, HashingEmbedder())


class CachingEmbedder(Embedder):
    """Keeps vectors in a temporary folder, by embedder and text, so that a second run need not embed again."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self._folder = (
            Path(tempfile.gettempdir())
            / "quipu-benchmark-vectors"
            / hashlib.sha256(inner.identity.encode()).hexdigest()[:16]
        )
        self._folder.mkdir(parents=True, exist_ok=True)

    @property
    @override
    def identity(self) -> str:
        return self._inner.identity

    @property
    @override
    def dimension(self) -> int:
        return self._inner.dimension

    @override
    def embed_passages(self, texts: Sequence[str]) -> FloatArray:
        return self._kept(texts, "", self._inner.embed_passages)

    @override
    def embed_question(self, text: str) -> FloatArray:
        vectors: FloatArray = self._kept([text], "question\0", lambda _: self._inner.embed_question(text)[None])[0]
        return vectors

    def _kept(self, texts: Sequence[str], kind: str, embed: Callable[[Sequence[str]], FloatArray]) -> FloatArray:
        paths = [self._path(kind + text) for text in texts]
        missing = [place for place, path in enumerate(paths) if not path.exists()]
        if missing:
            for place, vector in zip(missing, embed([texts[place] for place in missing]), strict=True):
                paths[place].parent.mkdir(exist_ok=True)
                vector.tofile(paths[place])
        return np.stack([np.fromfile(path, dtype=np.float32) for path in paths])

    def _path(self, key: str) -> Path:
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / digest[:2] / digest

    @override
    def reads(self, text: str) -> bool:
        return self._inner.reads(text)


class TitleBlind(Extractor):
    """Hides titles from an extractor, to measure what it finds without them."""

    def __init__(self, inner: Extractor) -> None:
        self._inner = inner

    @property
    @override
    def identity(self) -> str:
        return self._inner.identity + "/untitled"

    @override
    def extract(self, documents: Sequence[Passages], tell: Tell) -> tuple[tuple[Extraction, ...], ...]:
        hidden = [replace(each, document=replace(each.document, title="")) for each in documents]
        return self._inner.extract(hidden, tell)


@contextmanager
def recorded_extractor(
    folder: Path, extractions: str = "extractions.jsonl"
) -> Iterator[tuple[Extractor, list[Any]]]:  # fmt: skip
    """An extractor that replays recorded answers on the real path: over HTTP, by the service's own extractor.

    Yields the extractor, and the list of requests that the model server receives.
    """
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
    from model_server import ModelServer
    from replay import Recording

    with (
        ModelServer(Recording(folder, extractions=extractions)) as server,
        tempfile.TemporaryDirectory(prefix="quipu-bench-") as scratch,
    ):
        model = build_language_model("openai/recorded", Settings(llm="openai/recorded", llm_url=server.url))
        assert model is not None
        database = OperationsDatabase(Path(scratch) / "operations.sqlite")
        cache = SqliteExtractionCache(database, SqliteUploadRegister(database))
        extractor = LlmExtractor(model=model, cache=cache, schema=ExtractionSchema())
        yield extractor, server.asked
        extractor.close()
        database.close()


@dataclass(frozen=True, slots=True)
class IngestedCorpus:
    """A corpus that has been ingested; ``seconds`` says how long each step took. ``put`` changes or adds a document."""

    store: SqliteGraphStore | Neo4jGraphStore
    views: KnowledgeViews
    embedder: CachingEmbedder
    seconds: dict[str, float]
    put: Callable[[CorpusDocument, int], None]


@contextmanager
def ingested(
    corpus: Sequence[CorpusDocument], extractor: Extractor, embedder: CachingEmbedder,
    given: Neo4jGraphStore | SqliteGraphStore | None = None,
) -> Iterator[IngestedCorpus]:  # fmt: skip
    """Ingest a corpus into a store of its own, or into the one given."""
    with tempfile.TemporaryDirectory(prefix="quipu-bench-") as folder:
        root = Path(folder)
        store = given or SqliteGraphStore(root / "graph.sqlite")
        blobs, parser = FolderBlobStore(root / "blobs"), ParserProcess()
        pipeline = IngestPipeline(
            blobs=blobs, loader=Loading(parser), extractors=Extractors(chunks=extractor, pictures=BlindTranscriber()),
            embedder=embedder, reader=store, writer=store,
        )  # fmt: skip
        seconds: dict[str, float] = {}
        now = datetime.now(UTC)

        def uploaded(document: CorpusDocument, version: int) -> Upload:
            return Upload(
                workspace=DEFAULT_WORKSPACE, document_id=document.id, version=version, title=document.title,
                source=document.id, media_type="text/plain", metadata={},
                content_hash=blobs.put(document.text.encode("utf-8", "replace")),
                created_at=now, updated_at=now,
            )  # fmt: skip

        uploads = [uploaded(document, 1) for document in corpus if document.text.strip()]
        while uploads:
            outcomes = pipeline.run(uploads[:BATCH], lambda *_: True)
            uploads = uploads[len(outcomes) :]
            for outcome in outcomes:
                if isinstance(outcome, Failure):
                    continue  # such as a document without a letter; it is missing from what is counted
                for step, spent in outcome.seconds.items():
                    seconds[step] = seconds.get(step, 0.0) + spent

        def put(document: CorpusDocument, version: int) -> None:
            pipeline.run([uploaded(document, version)], lambda *_: True)

        yield IngestedCorpus(store, KnowledgeViews(store), embedder, seconds, put)
        parser.close()
        store.close()
