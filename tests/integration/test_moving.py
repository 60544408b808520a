"""From one store to another and back: every revision is the same there, and work goes on where it was."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graph_changes import dump, make_change, operation, readable
from neo4j_fixtures import neo4j_store
from neo4j_server import Neo4jServer

from graph.errors import ConflictError, InputError, NotFoundError, Superseded
from graph.stores.sqlite.store import SqliteGraphStore
from ingest.upkeep.moving import export_graph, import_graph

W = "w"


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[SqliteGraphStore]:
    store = SqliteGraphStore(tmp_path / "graph.sqlite")
    yield store
    store.close()


def fill(store: Any, seed: int = 0, steps: int = 25) -> dict[str, int]:
    """Random writes of every kind; the newest version of each document."""
    store.stamp_embedder("test/4")
    generator, versions = random.Random(seed), dict[str, int]()
    for _ in range(steps):
        name, arguments = operation(generator, versions, store.revision(W))
        getattr(store, name)(W, *arguments)
    return versions


def assert_same(one: Any, other: Any) -> None:
    newest = one.revision(W)
    assert other.revision(W) == newest
    assert (other.horizon(W), other.embedder()) == (one.horizon(W), one.embedder())
    assert other.log(W, 0, newest) == one.log(W, 0, newest)
    assert dict(other.rights(W)) == dict(one.rights(W))
    for revision in range(newest + 1):
        assert readable(other, W, revision) == readable(one, W, revision)
        if readable(one, W, revision):
            assert dump(other, W, revision) == dump(one, W, revision), revision
    for document in "abcd":
        mine, theirs = (
            [row for row in store.versions(W, document) if row[2] is None or row[2] > one.horizon(W)]
            for store in (one, other)
        )
        assert mine == theirs


@pytest.mark.parametrize("seed", [3, 7])
def test_there_and_back_again(embedded: SqliteGraphStore, neo4j_server: Neo4jServer, tmp_path: Path, seed: int) -> None:
    versions = fill(embedded, seed, steps=30)
    newest = embedded.revision(W)
    assert {record.kind for record in embedded.log(W, 0, newest)} == {
        "apply", "remove", "purge", "sweep", "merge", "rights",
    }  # fmt: skip
    assert embedded.rights(W)
    assert export_graph(embedded, W, tmp_path / "one") == newest
    back = SqliteGraphStore(tmp_path / "back.sqlite")
    with neo4j_store(neo4j_server) as store:
        assert import_graph(store, tmp_path / "one") == newest
        assert_same(embedded, store)
        export_graph(store, W, tmp_path / "two")
        import_graph(back, tmp_path / "two")
        assert_same(embedded, back)
        one, two = ((tmp_path / name / "vectors.f32").read_bytes() for name in ("one", "two"))
        assert one == two
        # all three go on alike; what was there is recognised, and an older version stays barred
        for document in embedded.documents(W, newest):
            change = embedded.contribution(W, document.id, newest)
            assert store.apply(W, [change]) == back.apply(W, [change]) == embedded.apply(W, [change])
        for other in (embedded, store, back):
            with pytest.raises(Superseded):
                other.apply(W, [make_change("a", versions["a"] - 1, ["Old"])])
            other.apply(W, [make_change("a", versions["a"] + 1, ["Ada Eve"], reading=1)])
        last = embedded.revision(W)
        assert dump(store, W, last) == dump(back, W, last) == dump(embedded, W, last)
    back.close()


def test_what_was_cut_off_goes_on(embedded: SqliteGraphStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.upkeep.moving.TOGETHER", 5)
    fill(embedded)
    newest = export_graph(embedded, W, tmp_path / "one")
    target = SqliteGraphStore(tmp_path / "target.sqlite")
    restore, calls = target.restore, list[int]()

    def tiring(*arguments: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        restore(*arguments)

    monkeypatch.setattr(target, "restore", tiring)
    with pytest.raises(KeyboardInterrupt):
        import_graph(target, tmp_path / "one")
    assert target.revision(W) == 10
    assert import_graph(target, tmp_path / "one") == newest - 10
    assert_same(embedded, target)
    assert import_graph(target, tmp_path / "one") == 0
    target.close()


def test_a_store_that_was_left_is_brought_up(
    embedded: SqliteGraphStore, neo4j_server: Neo4jServer, tmp_path: Path
) -> None:
    """Back into the store that the export came from: it gets what happened meanwhile, purges included."""
    embedded.stamp_embedder("test/4")
    embedded.apply(
        W, [make_change("a", 1, ["Ada Bea"]), make_change("b", 1, ["Bea Cid"]), make_change("c", 1, ["Eve"])]
    )
    export_graph(embedded, W, tmp_path / "one")
    with neo4j_store(neo4j_server) as store:
        import_graph(store, tmp_path / "one")
        store.purge(W, "b", 2)
        store.apply(W, [make_change("b", 3, ["Bea"]), make_change("a", 2, ["Ada Dan"])])
        store.remove(W, "c", 2)
        export_graph(store, W, tmp_path / "two")
        assert import_graph(embedded, tmp_path / "two") == 4
        assert_same(store, embedded)
        with pytest.raises(NotFoundError):
            embedded.text(W, "b", 3)
        export_graph(embedded, W, tmp_path / "three")
        embedded.purge(W, "a", 3)
        export_graph(embedded, W, tmp_path / "four")
        import_graph(store, tmp_path / "four")
        assert_same(embedded, store)
        store.sweep(W, 5)
        export_graph(store, W, tmp_path / "five")
    with pytest.raises(ConflictError):
        import_graph(embedded, tmp_path / "five")  # what was swept would stay in its bytes


def test_only_into_what_is_empty(embedded: SqliteGraphStore, tmp_path: Path) -> None:
    fill(embedded)
    export_graph(embedded, W, tmp_path / "one")
    with pytest.raises(ConflictError):
        export_graph(embedded, W, tmp_path / "one")
    other = SqliteGraphStore(tmp_path / "other.sqlite")
    other.apply(W, [make_change("x", 1, ["Somebody"])])
    with pytest.raises(ConflictError, match="import into an empty one"):
        import_graph(other, tmp_path / "one")
    assert other.revision(W) == 1
    with pytest.raises(NotFoundError):
        other.document(W, "a", 1)
    other.close()


@pytest.mark.parametrize("damage", ["nothing", "header", "vectors", "lines", "footer", "line", "names"])
def test_what_is_no_export_leaves_the_store_empty(embedded: SqliteGraphStore, tmp_path: Path, damage: str) -> None:
    embedded.apply(W, [make_change("a", 1, ["Ada Bea", "Cid"]), make_change("b", 1, ["Bea"])])
    folder = tmp_path / "one"
    export_graph(embedded, W, folder)
    lines = (folder / "graph.jsonl").read_text().splitlines()
    damaged = {
        "header": [json.dumps({"format": 99}), *lines[1:]], "lines": lines[:2], "footer": lines[:-1],
        "line": [*lines[:2], lines[2][:50], lines[3]],
        "names": [lines[0], lines[1].replace('"kind": "apply"', '"kind": "merge"'), *lines[2:]],
    }  # fmt: skip
    if damage == "nothing":
        (folder / "graph.jsonl").unlink()
    elif damage == "vectors":
        (folder / "vectors.f32").write_bytes(b"\0" * 8)
    else:
        (folder / "graph.jsonl").write_text("\n".join(damaged[damage]) + "\n")
    empty = SqliteGraphStore(tmp_path / "empty.sqlite")
    with pytest.raises(InputError):
        import_graph(empty, folder)
    assert empty.revision(W) == 0
    empty.close()
