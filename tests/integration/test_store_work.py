"""What the embedded store does for one document must not grow with the number of the others."""

from collections.abc import Callable
from pathlib import Path

import pytest
from graph_changes import make_change

from graph.model import DEFAULT_WORKSPACE
from graph.stores.sqlite_store import SqliteGraphStore

STEPS = 20
"""Instructions of SQLite's virtual machine between two counts."""


def work_of(store: SqliteGraphStore, act: Callable[[], object]) -> int:
    """Instructions that an act takes, in hundreds."""
    counted = 0

    def count() -> bool:
        nonlocal counted
        counted += STEPS
        return False

    with store._file.transaction() as connection:
        reader = store._file._reader()
        for one in (connection, reader):
            one.set_progress_handler(count, STEPS)
    act()
    for one in (connection, reader):
        one.set_progress_handler(None, STEPS)
    return counted


def acts(store: SqliteGraphStore, number: int) -> dict[str, Callable[[], object]]:
    """One of each kind, all on one document."""
    name = f"d{number}"

    def since() -> int:
        return store.revision(DEFAULT_WORKSPACE) - 1

    return {
        "apply": lambda: store.apply(DEFAULT_WORKSPACE, [make_change(name, 1, f"Alfa{number} Common")]),
        "replace": lambda: store.apply(DEFAULT_WORKSPACE, [make_change(name, 2, f"Beta{number} Common")]),
        "delta": lambda: store.delta(DEFAULT_WORKSPACE, since(), since() + 1),
        "read": lambda: store.document(DEFAULT_WORKSPACE, name, since() + 1),
        "chunks": lambda: store.document_chunks(DEFAULT_WORKSPACE, name, since() + 1),
        "counts": lambda: store.document_counts(DEFAULT_WORKSPACE, name, since() + 1),
        "remove": lambda: store.remove(DEFAULT_WORKSPACE, name, 3),
        "purge": lambda: store.purge(DEFAULT_WORKSPACE, name, 4),
    }


@pytest.fixture
def store(tmp_path: Path) -> SqliteGraphStore:
    return SqliteGraphStore(tmp_path / "graph.sqlite")


def test_work_on_one_document_is_the_same_among_ten_times_as_many(store: SqliteGraphStore) -> None:
    def fill(until: int) -> None:
        numbers = range(store.revision(DEFAULT_WORKSPACE), until)
        store.apply(DEFAULT_WORKSPACE, [make_change(f"f{number}", 1, f"Filler{number} Common") for number in numbers])

    fill(100)
    few = {name: work_of(store, act) for name, act in acts(store, 1).items()}
    fill(1000)
    many = {name: work_of(store, act) for name, act in acts(store, 2).items()}
    store.close()
    assert all(few.values())
    grown = {name: (few[name], many[name]) for name in few if many[name] > 2 * few[name] + 500}
    assert not grown, grown
