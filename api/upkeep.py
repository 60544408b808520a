"""What commands do to a data folder as a whole: back it up, restore it, repair it."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from api.admission.keys import Keys
from api.admission.model import Workspace
from api.graph_stores import graph_beside, graph_store
from api.settings import Settings
from api.tables.keys import SqliteKeys
from api.tables.workspaces import SqliteWorkspaces
from graph import release
from graph.disk import PRIVATE
from graph.errors import ConfigurationError, ConflictError
from graph.operations.database import OperationsDatabase
from graph.operations.folder_lock import LOCK_FILE, FolderLock
from graph.operations.jobs import SqliteJobQueue
from graph.operations.quotas import SqliteQuotaBook
from graph.operations.witness import SqliteGraphWitness
from ingest.blobs.folder import FolderBlobStore
from ingest.tables.checks import SqliteCheckRegister
from ingest.tables.extractions import SqliteExtractionCache
from ingest.tables.holdings import SqliteHoldings
from ingest.tables.places import SqliteLinePlaces
from ingest.tables.rules_read import SqliteReadRules
from ingest.tables.uploads import SqliteUploadRegister
from ingest.upkeep.backing_up import BackedUpState, Backup, BackupReport
from ingest.upkeep.backup_folder import BackupFolder, Manifest
from ingest.upkeep.rebuilding import Rebuilt, RegisterRebuilder
from ingest.upkeep.restoring import Restored, check_empty, checked, restore_graph
from ingest.upkeep.restoring import restore as lay_out
from retrieval.tables.sessions import SqliteSessions
from retrieval.tables.watches import SqliteWatches

OPERATIONS, BLOBS, EVALUATIONS = "operations.sqlite", "blobs", "evals"


def back_up(settings: Settings, folder: Path) -> BackupReport:
    """Bring a backup up to now, whether or not a service uses the data folder. Errors as :meth:`Backup.write`."""
    settings.check()
    data = settings.data_dir
    if not (data / OPERATIONS).exists():
        raise ConfigurationError(f"{data} holds no {OPERATIONS}: set QUIPU_DATA_DIR to the folder to back up")
    os.umask(PRIVATE)
    with ExitStack() as opened:
        BackupFolder(folder).begin()
        opened.callback(FolderLock(folder).release)
        graph = opened.enter_context(graph_beside(settings))
        database = OperationsDatabase(data / OPERATIONS)
        opened.callback(database.close)
        state = BackedUpState(
            owner=SqliteGraphWitness(database).owner, copy=database.copy, digests=_digests,
            refers=SqliteUploadRegister(database).refers,
        )  # fmt: skip
        return Backup(
            graph=graph, state=state, blobs=FolderBlobStore(data / BLOBS), others=data / EVALUATIONS,
            quipu=release(),
        ).write(folder)  # fmt: skip


def restore(settings: Settings, folder: Path) -> Restored:
    """Make an empty data folder from a backup, and its graph in the store that the settings name.

    Raises:
        InputError: the backup is damaged or incomplete.
        ConflictError: the data folder, or the graph store, is not empty.
        ConfigurationError: a newer Quipu wrote the backup, or a service runs.
        DependencyError: the disk is full, or the graph cannot be reached.
    """
    settings.check()
    manifest = checked(folder)
    with ExitStack() as opened:
        opened.callback(FolderLock(settings.data_dir).release)
        check_empty(settings.data_dir, frozenset({LOCK_FILE}))
        return lay_out(folder, settings.data_dir, manifest, lambda stage: _fill(settings, folder, manifest, stage))


def repair(settings: Settings) -> tuple[Rebuilt, Path | None]:
    """Rebuild a lost register of uploads from the graph, while no service runs; and where the new first key lies.

    Whoever could come in by a key that is lost now must not come in without one: a first key is made, so that every
    request needs one from now on. There is none where a key is known.

    Raises:
        ConflictError: it is not lost.
        ConfigurationError: a service runs.
        DependencyError: the graph cannot be reached.
    """
    settings.check()
    with ExitStack() as opened:
        opened.callback(FolderLock(settings.data_dir).release)
        database = OperationsDatabase(settings.data_dir / OPERATIONS)
        opened.callback(database.close)
        graph = graph_store(settings)
        opened.callback(graph.close)
        register, witness = SqliteUploadRegister(database), SqliteGraphWitness(database)
        if register.workspaces():
            raise ConflictError("the register of uploads is there: nothing to rebuild")
        if (owner := graph.owner()) is not None:
            witness.adopt(owner)
        graph.open(witness.owner)
        keys = Keys(SqliteKeys(database))
        first = None if keys.ever else keys.create_first(settings.data_dir)
        rebuilt = RegisterRebuilder(
            graph=graph, state=database, register=register, holdings=SqliteHoldings(database),
            jobs=SqliteJobQueue(database), blobs=FolderBlobStore(settings.data_dir / BLOBS),
        ).rebuild()  # fmt: skip
        _name_workspaces(SqliteWorkspaces(database), graph.workspaces())
        return rebuilt, first


def _name_workspaces(register: SqliteWorkspaces, names: Sequence[str]) -> None:
    """Let every workspace of the graph be there."""
    known = {one.name for one in register.all()}
    for name in names:
        if name not in known:
            register.add(Workspace(name=name, created_at=datetime.now(UTC)))


def _fill(settings: Settings, folder: Path, manifest: Manifest, stage: Path) -> None:
    """Check the operational state, and make the graph."""
    with ExitStack() as opened:
        database = OperationsDatabase(stage / OPERATIONS)
        opened.callback(database.close)
        _open_tables(database)
        graph = graph_store(settings.model_copy(update={"data_dir": stage}))
        opened.callback(graph.close)
        graph.open(manifest.owner)
        restore_graph(graph, folder, manifest)
        graph.claim(manifest.owner)


def _open_tables(database: OperationsDatabase) -> None:
    """Bring every table of ours up to date. Raises ConfigurationError where a newer Quipu wrote one, or one more."""
    register = SqliteUploadRegister(database)
    SqliteGraphWitness(database)
    SqliteJobQueue(database)
    SqliteExtractionCache(database, register)
    SqliteLinePlaces(database, register)
    SqliteWatches(database)
    SqliteSessions(database)
    SqliteCheckRegister(database)
    SqliteReadRules(database)
    SqliteKeys(database)
    SqliteWorkspaces(database)
    SqliteQuotaBook(database)
    SqliteHoldings(database)
    if foreign := database.foreign_schemas():
        raise ConfigurationError(
            f"the backup was written by a newer Quipu (tables {', '.join(foreign)}); use that version"
        )


def _digests(path: Path) -> list[str]:
    """The bytes that a copy of the operational state refers to."""
    database = OperationsDatabase(path)
    try:
        return list(SqliteUploadRegister(database).digests())
    finally:
        database.close()
