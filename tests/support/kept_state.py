"""Everything that work keeps, over each adapter: the ones that are shipped, and plain ones in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from in_memory_ingest import (
    InMemoryAcknowledgedChanges,
    InMemoryBlobStore,
    InMemoryExtractionCache,
    InMemoryHoldings,
    InMemoryLinePlaces,
    InMemoryUploadRegister,
)
from in_memory_operations import InMemoryJobQueue, InMemoryQuotaBook, InMemoryState, InMemoryWitness
from in_memory_watches import InMemoryWatches

from graph.operations.database import OperationsDatabase
from graph.operations.jobs import SqliteJobQueue
from graph.operations.quotas import SqliteQuotaBook
from graph.operations.witness import SqliteGraphWitness
from graph.ports.operations import GraphWitness, OperationalState
from graph.ports.quotas import QuotaBook
from graph.quotas import Limits
from ingest.acknowledged import AcknowledgedChanges
from ingest.acknowledging.quota import StorageQuota
from ingest.blobs.folder import FolderBlobStore
from ingest.ports import BlobStore, ExtractionCache, Holdings, UploadRegister
from ingest.reading_reports import LinePlaces
from ingest.tables.acknowledged import SqliteAcknowledgedChanges
from ingest.tables.extractions import SqliteExtractionCache
from ingest.tables.holdings import SqliteHoldings
from ingest.tables.places import SqliteLinePlaces
from ingest.tables.uploads import SqliteUploadRegister
from retrieval.tables.watches import SqliteWatches

KINDS = ("sqlite", "memory")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    state: OperationalState
    jobs: SqliteJobQueue | InMemoryJobQueue
    witness: GraphWitness
    register: UploadRegister
    changes: AcknowledgedChanges
    cache: ExtractionCache
    blobs: BlobStore
    watches: SqliteWatches | InMemoryWatches
    book: QuotaBook
    holdings: Holdings
    places: LinePlaces


@contextmanager
def kept_state(kind: str, folder: Path) -> Iterator[Kept]:
    if kind == "memory":
        yield in_memory()
        return
    database = OperationsDatabase(folder / "operations.sqlite")
    register = SqliteUploadRegister(database)
    yield Kept(
        state=database, jobs=SqliteJobQueue(database), witness=SqliteGraphWitness(database), register=register,
        changes=SqliteAcknowledgedChanges(database),
        cache=SqliteExtractionCache(database, register), blobs=FolderBlobStore(folder / "blobs"),
        watches=SqliteWatches(database), book=SqliteQuotaBook(database), holdings=SqliteHoldings(database),
        places=SqliteLinePlaces(database, register),
    )  # fmt: skip
    database.close()


def in_memory() -> Kept:
    state = InMemoryState()
    register, jobs = InMemoryUploadRegister(state), InMemoryJobQueue(state)
    return Kept(
        state=state, jobs=jobs, changes=InMemoryAcknowledgedChanges(register, jobs),
        witness=InMemoryWitness(state), register=register,
        cache=InMemoryExtractionCache(state, register), blobs=InMemoryBlobStore(), watches=InMemoryWatches(state),
        book=InMemoryQuotaBook(state), holdings=InMemoryHoldings(state), places=InMemoryLinePlaces(register),
    )  # fmt: skip


def unlimited() -> StorageQuota:
    """A quota that bounds nothing."""
    kept = in_memory()
    return StorageQuota(kept.book, kept.holdings, Limits())
