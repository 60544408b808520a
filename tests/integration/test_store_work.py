"""What a store does for one document must not grow with the number of the others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graph_changes import make_change
from neo4j_fixtures import neo4j_store
from neo4j_server import Neo4jServer

from graph.model import DEFAULT_WORKSPACE
from graph.stores.neo4j.connection import Neo4jDatabase, Row, Statements
from graph.stores.neo4j.store import Neo4jGraphStore
from graph.stores.sqlite.store import SqliteGraphStore

Store = SqliteGraphStore | Neo4jGraphStore

STEPS = 20
"""Instructions of SQLite's virtual machine between two counts."""


def work_of(store: SqliteGraphStore, act: Callable[[], object]) -> int:
    """Instructions that an act takes, in hundreds."""
    counted = 0

    def count() -> bool:
        nonlocal counted
        counted += STEPS
        return False

    with store._file.transaction() as connection, store._file._reader() as reader:  # the one that is idle next
        for one in (connection, reader):
            one.set_progress_handler(count, STEPS)
    act()
    for one in (connection, reader):
        one.set_progress_handler(None, STEPS)
    return counted


def acts(store: Store, number: int) -> dict[str, Callable[[], object]]:
    """One of each kind, all on one document."""
    name = f"d{number}"

    def since() -> int:
        return store.revision(DEFAULT_WORKSPACE) - 1

    return {
        "apply": lambda: store.apply(DEFAULT_WORKSPACE, [make_change(name, 1, [f"Alfa{number} Common"])]),
        "replace": lambda: store.apply(DEFAULT_WORKSPACE, [make_change(name, 2, [f"Beta{number} Common"])]),
        "delta": lambda: store.delta(DEFAULT_WORKSPACE, since(), since() + 1),
        "read": lambda: store.document(DEFAULT_WORKSPACE, name, since() + 1),
        "chunks": lambda: store.document_chunks(DEFAULT_WORKSPACE, name, since() + 1),
        "counts": lambda: store.document_counts(DEFAULT_WORKSPACE, name, since() + 1),
        "remove": lambda: store.remove(DEFAULT_WORKSPACE, name, 3),
        "purge": lambda: store.purge(DEFAULT_WORKSPACE, name, 4),
    }


def fill(store: Store, until: int) -> None:
    """All these documents name something in common."""
    numbers = range(store.revision(DEFAULT_WORKSPACE), until)
    for start in numbers[::100]:
        some = [
            make_change(f"f{number}", 1, [f"Filler{number} Common"]) for number in range(start, min(start + 100, until))
        ]
        store.apply(DEFAULT_WORKSPACE, some)


def test_work_on_one_document_is_the_same_among_ten_times_as_many(tmp_path: Path) -> None:
    store = SqliteGraphStore(tmp_path / "graph.sqlite")
    fill(store, 100)
    few = {name: work_of(store, act) for name, act in acts(store, 1).items()}
    fill(store, 1000)
    many = {name: work_of(store, act) for name, act in acts(store, 2).items()}
    store.close()
    assert all(few.values())
    grown = {name: (few[name], many[name]) for name in few if many[name] > 2 * few[name] + 500}
    assert not grown, grown


class DatabaseHits:
    """What each statement costs in Neo4j, as its own profile counts it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.by_statement: dict[str, int] = {}
        hits = self.by_statement

        async def run(self: Statements, statement: str, **values: object) -> list[Row]:
            result = await self._transaction.run("PROFILE " + statement, values)
            rows = await result.values()
            hits[statement] = hits.get(statement, 0) + _hits((await result.consume()).profile)
            return rows

        def read(self: Neo4jDatabase, statement: str, **values: object) -> list[Row]:
            return self.read_together(lambda statements: statements.run(statement, **values))

        monkeypatch.setattr(Statements, "run", run)
        monkeypatch.setattr(Neo4jDatabase, "read", read)

    def of(self, act: Callable[[], object]) -> dict[str, int]:
        self.by_statement.clear()
        act()
        return dict(self.by_statement)


def plan_anew(server: Neo4jServer) -> None:
    """By the statistics of now: a plan that was made for an empty graph scans, and is kept for ten seconds."""
    with server.driver() as driver:
        driver.execute_query("CALL db.clearQueryCaches()")


def _hits(profile: Any) -> int:
    return int(profile.get("dbHits", 0)) + sum(_hits(child) for child in profile.get("children", ()))


def test_work_on_one_document_is_the_same_in_neo4j(neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with neo4j_store(neo4j_server) as store:
        counted = DatabaseHits(monkeypatch)
        fill(store, 100)
        plan_anew(neo4j_server)
        few = {name: counted.of(act) for name, act in acts(store, 1).items()}
        fill(store, 1000)
        plan_anew(neo4j_server)
        many = {name: counted.of(act) for name, act in acts(store, 2).items()}
    assert all(sum(hits.values()) for hits in few.values())
    grown = {
        (name, statement.strip()[:100]): (few[name].get(statement, 0), hits)
        for name, statements in many.items()
        for statement, hits in statements.items()
        if hits > 2 * few[name].get(statement, 0) + 50
    }
    assert not grown, grown
