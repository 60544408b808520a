"""What commands do to a data folder as a whole: repair it."""

from contextlib import ExitStack

from api.bootstrap import graph_store
from api.settings import Settings
from graph.errors import ConflictError
from graph.operations.database import OperationsDatabase
from graph.operations.folder_lock import FolderLock
from graph.operations.jobs import SqliteJobQueue
from graph.operations.witness import SqliteGraphWitness
from ingest.blobs.folder import FolderBlobStore
from ingest.tables.uploads import SqliteUploadRegister
from ingest.upkeep.rebuilding import Rebuilt, RegisterRebuilder


def repair(settings: Settings) -> Rebuilt:
    """Rebuild a lost register of uploads from the graph, while no service runs.

    Raises:
        ConflictError: it is not lost.
        ConfigurationError: a service runs.
        DependencyError: the graph cannot be reached.
    """
    settings.check()
    with ExitStack() as opened:
        opened.callback(FolderLock(settings.data_dir).release)
        database = OperationsDatabase(settings.data_dir / "operations.sqlite")
        opened.callback(database.close)
        graph = graph_store(settings)
        opened.callback(graph.close)
        register, witness = SqliteUploadRegister(database), SqliteGraphWitness(database)
        if register.workspaces():
            raise ConflictError("the register of uploads is there: nothing to rebuild")
        if (owner := graph.owner()) is not None:
            witness.adopt(owner)
        graph.open(witness.owner)
        return RegisterRebuilder(
            graph=graph, state=database, register=register, jobs=SqliteJobQueue(database),
            blobs=FolderBlobStore(settings.data_dir / "blobs"),
        ).rebuild()  # fmt: skip
