"""Writes to Neo4j whose commit gets no reply, and a migration that is cut off: each happens once, whatever happened."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cutting_proxy import Cut, CuttingProxy, cutting_proxy
from graph_changes import dump, make_change
from neo4j_fixtures import address
from neo4j_server import Neo4jServer

from graph.errors import DependencyError
from graph.stores.cypher import administration
from graph.stores.neo4j.connection import Neo4jDatabase
from graph.stores.neo4j.store import Neo4jGraphStore
from graph.stores.sqlite.store import SqliteGraphStore

W = "w"
START = (make_change("a", 1, ["Ada Bea", "Cid"]), make_change("b", 1, ["Bea Cid"]))
WRITES: dict[str, Callable[[Any], Any]] = {
    "apply": lambda store: store.apply(W, [make_change("a", 2, ["Ada Eve"]), make_change("c", 1, ["Cid Dan"])]),
    "remove": lambda store: store.remove(W, "a", 2),
    "purge": lambda store: store.purge(W, "b", 2),
}


@pytest.fixture
def proxy(neo4j_server: Neo4jServer) -> Iterator[CuttingProxy]:
    port = int(neo4j_server.url.rsplit(":", 1)[1])
    with cutting_proxy(port) as made:
        yield made


@pytest.fixture
def store(neo4j_server: Neo4jServer, proxy: CuttingProxy) -> Iterator[Neo4jGraphStore]:
    """Two documents, seen through the proxy."""
    neo4j_server.empty()
    made = Neo4jGraphStore(replace(address(neo4j_server), url=f"bolt://127.0.0.1:{proxy.port}"))
    made.open("tests")
    made.apply(W, START)
    yield made
    made.close()


@pytest.mark.parametrize("cut", ["reply lost", "commit lost"])
@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_there_once(
    store: Neo4jGraphStore, proxy: CuttingProxy, tmp_path: Path, name: str, cut: Cut
) -> None:
    """As in a store that answers."""
    expected = SqliteGraphStore(tmp_path / "graph.sqlite")
    expected.apply(W, START)
    proxy.cut_next(cut)
    assert WRITES[name](store) == WRITES[name](expected)
    assert not proxy.waits, "nothing was cut"
    revision = expected.revision(W)
    assert store.revision(W) == revision
    for each in (2, revision):
        assert dump(store, W, each) == dump(expected, W, each)
    assert [(r.revision, r.kind) for r in store.log(W, 0, 99)] == [(r.revision, r.kind) for r in expected.log(W, 0, 99)]
    expected.close()


@pytest.mark.parametrize("last", [5, -1])
def test_a_migration_that_was_cut_off_is_done_again(
    neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    """Cut off after some statements, or when all but the schema's number was written."""
    neo4j_server.empty(schema=True)
    statements = administration.MIGRATIONS[0]
    ran: list[str] = []
    change = Neo4jDatabase.change_schema

    def cut_off(self: Neo4jDatabase, statement: str) -> None:
        change(self, statement)
        ran.append(statement)
        if statement == statements[last] and len(ran) > 1:
            raise DependencyError("the server went away")

    store = Neo4jGraphStore(address(neo4j_server))
    monkeypatch.setattr(Neo4jDatabase, "change_schema", cut_off)
    with pytest.raises(DependencyError):
        store.open("tests")
    assert store._database.read(administration.READ_STORE)[0][1] == 0
    monkeypatch.undo()
    store.open("tests")
    assert store._database.read(administration.READ_STORE)[0][1] == len(administration.MIGRATIONS)
    names = {row[0] for row in store._database.read("SHOW INDEXES YIELD name WHERE name STARTS WITH 'quipu_'")}
    assert len(names) == sum(len(migration) for migration in administration.MIGRATIONS)
    assert store.apply(W, [make_change("a", 1, ["Ada"])]) == (1,)
    store.close()
