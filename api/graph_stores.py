"""The graph store that the settings name: for a service, and for commands without one."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from api.settings import Settings
from graph.disk import PRIVATE
from graph.operations.database import OperationsDatabase
from graph.operations.folder_lock import FolderLock
from graph.operations.witness import SqliteGraphWitness
from graph.stores.neo4j.connection import Neo4jAddress, Neo4jDatabase
from graph.stores.neo4j.store import Neo4jGraphStore
from graph.stores.sqlite.store import SqliteGraphStore

GraphStore = SqliteGraphStore | Neo4jGraphStore


def graph_store(settings: Settings, on_full: Callable[[], object] = lambda: None) -> GraphStore:
    """The store that the settings name, not opened yet. A file that finds no room gives back the reserve."""
    if settings.graph_url == "sqlite":
        return SqliteGraphStore(settings.data_dir / "graph.sqlite", on_full)
    return Neo4jGraphStore(_address(settings))


def graph_server(settings: Settings) -> str:
    """Which server keeps the graph, for a person; nothing is read or made there.

    Raises:
        ConfigurationError: it refuses user, password or database.
        DependencyError: it cannot be reached.
    """
    if settings.graph_url == "sqlite":
        return "SQLite, in the data folder"
    with closing(Neo4jDatabase(_address(settings))) as database:
        return f"{database.server()} at {settings.graph_url}"


def _address(settings: Settings) -> Neo4jAddress:
    password = settings.neo4j_password.get_secret_value() if settings.neo4j_password else ""
    return Neo4jAddress(
        url=settings.graph_url, user=settings.neo4j_user, password=password, database=settings.neo4j_database
    )


@contextmanager
def graph_alone(settings: Settings) -> Iterator[GraphStore]:
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
def graph_beside(settings: Settings) -> Iterator[GraphStore]:
    """The graph of a data folder, whether or not a service uses it: for what no reader of it sees. Errors as above."""
    os.umask(PRIVATE)
    operations = OperationsDatabase(settings.data_dir / "operations.sqlite")
    graph = graph_store(settings)
    try:
        graph.open(SqliteGraphWitness(operations).owner)
        yield graph
    finally:
        graph.close()
        operations.close()
