"""A store on the session's Neo4j server, emptied before each use."""

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j_server import Neo4jServer

from graph.stores.neo4j.connection import Neo4jAddress
from graph.stores.neo4j.store import Neo4jGraphStore


def address(server: Neo4jServer) -> Neo4jAddress:
    return Neo4jAddress(url=server.url, user=server.user, password=server.password)


@contextmanager
def neo4j_store(server: Neo4jServer, owner: str = "tests") -> Iterator[Neo4jGraphStore]:
    """An empty store."""
    server.empty()
    store = Neo4jGraphStore(address(server))
    try:
        store.open(owner)
        yield store
    finally:
        store.close()
