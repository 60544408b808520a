"""From one store to another: everything that is live is the same there, and work goes on without repeating any."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graph_changes import dump, make_change
from neo4j_fixtures import neo4j_store
from neo4j_server import Neo4jServer

from graph.errors import ConflictError, InputError
from graph.identity import entity_id
from graph.model import Verdict
from graph.stores.sqlite_store import SqliteGraphStore
from ingest.moving import export_graph, import_graph

W = "w"


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[SqliteGraphStore]:
    store = SqliteGraphStore(tmp_path / "graph.sqlite")
    yield store
    store.close()


def fill(store: Any) -> None:
    store.stamp_embedder("test/4")
    store.apply(W, [make_change("a", 1, ["Ada Bea", "Cid"]), make_change("b", 1, ["Bea Cid", "Bea Cid"], reading=1)])
    store.apply(W, [make_change("a", 2, ["Ada Bea", "Dan Bea"], reading=1), make_change("c", 1, ["Cid"], year=3)])
    store.remove(W, "c", 2)
    first, second = sorted([entity_id(W, "ada"), entity_id(W, "cid")])
    store.decide(W, [Verdict(first_id=first, second_id=second, same=True, reason="by hand")])
    first, second = sorted([entity_id(W, "cid"), entity_id(W, "bea")])
    store.decide(W, [Verdict(first_id=first, second_id=second, same=False, reason="by hand")])


def test_there_and_back_again(embedded: SqliteGraphStore, neo4j_server: Neo4jServer, tmp_path: Path) -> None:
    fill(embedded)
    expected = dump(embedded, W, embedded.revision(W))
    assert export_graph(embedded, W, tmp_path / "one") == 2
    with neo4j_store(neo4j_server) as store:
        assert import_graph(store, tmp_path / "one") == 2
        assert dump(store, W, store.revision(W)) == expected
        # the same contributions once more are no work: what was begun there is finished here
        assert store.apply(W, [embedded.contribution(W, "a", embedded.revision(W))]) == (1,)
        export_graph(store, W, tmp_path / "two")
    back = SqliteGraphStore(tmp_path / "back.sqlite")
    import_graph(back, tmp_path / "two")
    assert dump(back, W, back.revision(W)) == expected
    back.close()
    one, two = ((tmp_path / name / "vectors.f32").read_bytes() for name in ("one", "two"))
    assert one == two


def test_only_into_what_is_empty(embedded: SqliteGraphStore, tmp_path: Path) -> None:
    fill(embedded)
    export_graph(embedded, W, tmp_path / "one")
    with pytest.raises(ConflictError):
        export_graph(embedded, W, tmp_path / "one")
    with pytest.raises(ConflictError):
        import_graph(embedded, tmp_path / "one")


@pytest.mark.parametrize("damage", ["nothing", "header", "vectors", "lines"])
def test_what_is_no_export(embedded: SqliteGraphStore, tmp_path: Path, damage: str) -> None:
    fill(embedded)
    folder = tmp_path / "one"
    export_graph(embedded, W, folder)
    lines = (folder / "graph.jsonl").read_text().splitlines()
    if damage == "nothing":
        (folder / "graph.jsonl").unlink()
    elif damage == "header":
        (folder / "graph.jsonl").write_text("\n".join([json.dumps({"format": 99}), *lines[1:]]))
    elif damage == "vectors":
        (folder / "vectors.f32").write_bytes(b"\0" * 8)
    else:
        (folder / "graph.jsonl").write_text("\n".join([lines[0], lines[1][:50]]))
    empty = SqliteGraphStore(tmp_path / "empty.sqlite")
    with pytest.raises(InputError):
        import_graph(empty, folder)
    empty.close()
