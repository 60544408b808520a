"""A data folder with documents in it, as a service would leave it; none runs."""

from datetime import UTC, datetime
from pathlib import Path

from graph_changes import make_change

from api.settings import Settings
from graph.jobs import JobProgress, NewJob
from graph.operations.database import OperationsDatabase
from graph.operations.jobs import SqliteJobQueue
from graph.operations.witness import SqliteGraphWitness
from graph.stores.sqlite.store import SqliteGraphStore
from ingest.blobs.folder import FolderBlobStore
from ingest.model import Upload
from ingest.tables.uploads import SqliteUploadRegister

W = "default"


class WrittenFolder:
    """A data folder, written to as a service would, without one."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data_dir=folder, graph_url="sqlite")
        self.graph = SqliteGraphStore(folder / "graph.sqlite")
        self.database = OperationsDatabase(folder / "operations.sqlite")
        self.register = SqliteUploadRegister(self.database)
        self.jobs = SqliteJobQueue(self.database)
        self.blobs = FolderBlobStore(folder / "blobs")
        self.graph.claim(SqliteGraphWitness(self.database).owner)

    def put(self, document_id: str, version: int, text: str) -> str:
        digest = self.blobs.put(text.encode())
        job = self.jobs.submit([NewJob(workspace=W, kind="ingest", document_id=document_id, version=version)])[0]
        self.jobs.update(job.id, state="done", progress=JobProgress())
        now = datetime.now(UTC)
        upload = Upload(
            workspace=W, document_id=document_id, version=version, title=None, source="", media_type="text/plain",
            metadata={}, content_hash=digest, created_at=now, updated_at=now,
        )  # fmt: skip
        self.register.add(upload, deleted=False, job_id=job.id)
        self.graph.apply(W, [make_change(document_id, version, [text])])
        return digest

    def purge(self, document_id: str, version: int) -> None:
        self.graph.purge(W, document_id, version)
        for digest in self.register.forget(W, document_id, version):
            self.blobs.delete(digest)
        self.database.erase_freed_pages()

    def close(self) -> None:
        self.graph.close()
        self.database.close()
