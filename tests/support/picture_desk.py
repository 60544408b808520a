"""Documents with pictures taken through the pipeline: by rule, then by whatever reads pictures."""

from datetime import UTC, datetime
from pathlib import Path

from hashing_embedder import HashingEmbedder
from model_server import ModelServer
from served_model import served_model

from graph.model import DEFAULT_WORKSPACE as W
from graph.operations.database import OperationsDatabase
from graph.operations.jobs import SqliteJobQueue
from graph.ports.spending import Tally
from graph.stores.sqlite.store import SqliteGraphStore
from ingest.blobs.folder import FolderBlobStore
from ingest.extraction.light_extractor import LightExtractor
from ingest.extraction.transcribing import BlindTranscriber, ModelTranscriber
from ingest.loaders.loading import Loading, media_type_of
from ingest.loaders.parser_process import ParserProcess
from ingest.model import Source, Upload
from ingest.outcomes import Failure, IngestReport
from ingest.pipeline import Extractors, IngestPipeline
from ingest.ports import PictureTranscriber
from ingest.tables.extractions import SqliteExtractionCache
from ingest.tables.uploads import SqliteUploadRegister


class PictureDesk:
    """Both passes over a document: by rule, then by a model."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteGraphStore(folder / "graph.sqlite")
        self.operations = OperationsDatabase(folder / "operations.sqlite")
        SqliteJobQueue(self.operations)
        self.register = SqliteUploadRegister(self.operations)
        self.cache = SqliteExtractionCache(self.operations, self.register)
        self.blobs = FolderBlobStore(folder / "blobs")
        self.parser = ParserProcess()
        self.otherwise: PictureTranscriber = BlindTranscriber()
        self._versions = 0
        self.spent = Tally()

    def upload(self, name: str, data: bytes) -> Upload:
        self._versions += 1
        now = datetime.now(UTC)
        made = Upload(
            workspace=W, document_id=name, version=self._versions, title=None, source=name, metadata={}, created_at=now,
            media_type=media_type_of(Source(name=name, media_type="", data=data)), content_hash=self.blobs.put(data),
            updated_at=now,
        )  # fmt: skip
        self.register.add(made, deleted=False, job_id="")
        return made

    def read(self, upload: Upload, pictures: PictureTranscriber) -> IngestReport | Failure:
        pipeline = IngestPipeline(
            blobs=self.blobs, loader=Loading(self.parser), embedder=HashingEmbedder(), reader=self.store,
            writer=self.store, extractors=Extractors(chunks=LightExtractor(), pictures=pictures),
        )  # fmt: skip
        return pipeline.run([upload], lambda *_: True, lambda _, cost: self.spent.add(cost))[0]

    def seeing(self, server: ModelServer) -> ModelTranscriber:
        model = served_model(server, llm_timeout_seconds=60)
        return ModelTranscriber(
            model=model, cache=self.cache, picture=self.parser.picture, otherwise=self.otherwise
        )  # fmt: skip

    def text(self, name: str) -> str:
        return self.store.text(W, name, self.store.revision(W))

    def close(self) -> None:
        """End the parser, close the databases."""
        self.parser.close()
        self.store.close()
        self.operations.close()
