"""What the benchmarks share: a data set taken through the real ingestion into a real store, in a temporary folder."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from evals.dataset import CorpusDocument
from graph.knowledge_view import KnowledgeViews
from graph.model import DEFAULT_WORKSPACE, FloatArray
from graph.names import norm
from graph.sentence_embedder import SentenceEmbedder
from graph.stores.sqlite_store import SqliteGraphStore
from ingest.blobs import BlobStore
from ingest.light_extractor import LightExtractor
from ingest.loading import Loading
from ingest.model import ChunkText, ExtractedName, Extraction, Upload
from ingest.parser_process import ParserProcess
from ingest.pipeline import Failure, IngestPipeline
from ingest.ports import Extractor

BATCH = 256


def shared_data() -> Path:
    """The folder of evaluation data."""
    return Path(os.environ.get("QUIPU_SHARED_DATA", "../shared/data")).resolve()


class CachingEmbedder:
    """Keeps vectors in a temporary folder by embedder and text, so that settings can be tried quickly."""

    def __init__(self, inner: SentenceEmbedder) -> None:
        self._inner = inner
        self._folder = (
            Path(tempfile.gettempdir())
            / "quipu-benchmark-vectors"
            / hashlib.sha256(inner.identity.encode()).hexdigest()[:16]
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        self.identity = inner.identity
        self.dimension = inner.dimension

    def embed_passages(self, texts: Sequence[str]) -> FloatArray:
        """See Embedder."""
        paths = [self._path(text) for text in texts]
        missing = [place for place, path in enumerate(paths) if not path.exists()]
        for place, vector in zip(missing, self._inner.embed_passages([texts[place] for place in missing]), strict=True):
            paths[place].parent.mkdir(exist_ok=True)
            vector.tofile(paths[place])
        return np.stack([np.fromfile(path, dtype=np.float32) for path in paths])

    def _path(self, text: str) -> Path:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / digest[:2] / digest

    def embed_question(self, text: str) -> FloatArray:
        """See Embedder."""
        return self.embed_passages([text])[0]

    def reads(self, text: str) -> bool:
        """See Embedder."""
        return self._inner.reads(text)


class TitleBlind:
    """Hides titles from an extractor: what is found without them?"""

    def __init__(self, inner: Extractor) -> None:
        self._inner = inner
        self.identity = inner.identity + "/untitled"

    def extract(self, title: str, chunks: Sequence[ChunkText]) -> tuple[Extraction, ...]:
        """See Extractor."""
        del title
        return self._inner.extract("", chunks)


class RecordedExtractor:
    """Adds the entities that a language model was recorded to read; names by rule stay, as in the service."""

    identity = "light+recorded"

    def __init__(self, path: Path) -> None:
        rows = [json.loads(line) for line in path.open(encoding="utf-8")]
        self._names = {row["_id"]: [entity["name"] for entity in row["entities"]] for row in rows}
        self._rules = LightExtractor()
        self.document_id = ""

    def extract(self, title: str, chunks: Sequence[ChunkText]) -> tuple[Extraction, ...]:
        """See Extractor. ``document_id`` names the document at hand."""
        found = []
        for chunk, extraction in zip(chunks, self._rules.extract(title, chunks), strict=True):
            known = {norm(name.name) for name in extraction.names}
            more = tuple(
                self._place(name, chunk) for name in self._names.get(self.document_id, ()) if norm(name) not in known
            )
            found.append(
                Extraction(
                    extractor=self.identity, names=extraction.names + tuple(name for name in more if name),
                    relations=extraction.relations,
                )
            )  # fmt: skip
        return tuple(found)

    def _place(self, name: str, chunk: ChunkText) -> ExtractedName | None:
        place = chunk.text.find(name)
        if place < 0 or not norm(name):
            return None
        sentence = next((n for n, span in enumerate(chunk.sentences) if span.start <= place < span.end), 0)
        return ExtractedName(name=name, type="", sentence=sentence, start=place, end=place + len(name), is_name=True)


@dataclass(frozen=True, slots=True)
class Bench:
    """An ingested corpus."""

    store: SqliteGraphStore
    views: KnowledgeViews
    embedder: CachingEmbedder
    seconds: dict[str, float]


@contextmanager
def ingested(corpus: Sequence[CorpusDocument], extractor: Extractor, embedder: CachingEmbedder) -> Iterator[Bench]:
    """The corpus in a store of its own; ``seconds`` sums what each step of ingestion took."""
    with tempfile.TemporaryDirectory(prefix="quipu-bench-") as folder:
        root = Path(folder)
        store, blobs, parser = SqliteGraphStore(root / "graph.sqlite"), BlobStore(root / "blobs"), ParserProcess()
        pipeline = IngestPipeline(
            blobs=blobs, loader=Loading(parser), extractor=extractor, embedder=embedder, reader=store, writer=store
        )
        seconds: dict[str, float] = {}
        now = datetime.now(UTC)
        uploads = [
            Upload(
                workspace=DEFAULT_WORKSPACE, document_id=document.id, version=1, title=document.title,
                source=document.id, media_type="text/plain", metadata={},
                content_hash=blobs.put(document.text.encode("utf-8", "replace")),
                created_at=now, updated_at=now,
            )
            for document in corpus
            if document.text.strip()
        ]  # fmt: skip
        size = 1 if isinstance(extractor, RecordedExtractor) else BATCH
        for start in range(0, len(uploads), size):
            if isinstance(extractor, RecordedExtractor):
                extractor.document_id = uploads[start].document_id
            for outcome in pipeline.run(uploads[start : start + size], lambda *_: None):
                if isinstance(outcome, Failure):
                    continue  # a document without a letter, say; counted by its absence
                for step, spent in outcome.seconds.items():
                    seconds[step] = seconds.get(step, 0.0) + spent
        yield Bench(store, KnowledgeViews(store), embedder, seconds)
        parser.close()
        store.close()
