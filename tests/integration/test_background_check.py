"""The slow check finds a flipped bit wherever it is, goes on where it stopped, and forgets what was mended."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from progress import wait_until
from written_folder import WrittenFolder

from graph.operations.database import OperationsDatabase
from ingest.tables.checks import SqliteCheckRegister
from ingest.upkeep import background_check
from ingest.upkeep.background_check import BackgroundCheck


class Parts:
    """What is checked of a data folder."""

    def __init__(self, folder: WrittenFolder) -> None:
        self.graph, self.database, self.uploads, self.blobs = (
            folder.graph, folder.database, folder.register, folder.blobs,
        )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[WrittenFolder]:
    folder = WrittenFolder(tmp_path / "data")
    for number in range(20):
        folder.put(f"d{number}", 1, f"Ada Bea {number}")
    folder.put("d3", 2, "Ada Cid, the second")
    yield folder
    folder.close()


def whole_pass(folder: WrittenFolder) -> list[str]:
    register = SqliteCheckRegister(folder.database)
    check = BackgroundCheck(Parts(folder), register, 0.0)
    assert check.step()
    while register.position().phase:
        check.step()
    return list(register.problems())


def change(folder: WrittenFolder, sql: str) -> None:
    """As a disk would: behind everybody's back."""
    connection = apsw.Connection(str(folder.settings.data_dir / "graph.sqlite"))
    connection.execute("DROP TRIGGER vector_changed")
    connection.execute(sql)
    connection.close()


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE versions SET text=replace(text, 'Bea 7', 'Bea 8') WHERE document_id='d7'", "'d7'"),
        ("UPDATE versions SET text=replace(text, 'Bea 3', 'Bea 4') WHERE document_id='d3' AND version=1", "'d3' ver"),
        ("UPDATE versions SET title='Another' WHERE document_id='d7'", "'d7' version 1 is not what was written"),
        ("UPDATE chunks SET text=replace(text, 'Bea', 'Eve') WHERE document_id='d7'", "'d7'"),
        ("UPDATE chunks SET headings='[\"No\"]' WHERE document_id='d7'", "headings of chunk"),
        ("UPDATE chunks SET headings='[\"No' WHERE document_id='d7'", "cannot be read"),
        ("UPDATE mentions SET name='Eve' WHERE reading=8", "is not what was written"),
        ("UPDATE chunks SET vector=vector || x'' , vector=zeroblob(length(vector)) WHERE document_id='d7'", "vector"),
    ],
)
def test_a_change_on_the_disk_is_found(folder: WrittenFolder, sql: str, says: str) -> None:
    assert whole_pass(folder) == []
    change(folder, sql)
    found = whole_pass(folder)
    assert len(found) == 1, found
    assert says in found[0]


def test_one_flipped_bit_of_a_vector_is_found(folder: WrittenFolder) -> None:
    connection = apsw.Connection(str(folder.settings.data_dir / "graph.sqlite"))
    number, vector = connection.execute("SELECT id, vector FROM chunks WHERE document_id='d7'").fetchall()[0]
    connection.execute("DROP TRIGGER vector_changed")
    flipped = bytearray(vector)
    flipped[0] ^= 1
    connection.execute("UPDATE chunks SET vector=? WHERE id=?", (bytes(flipped), number))
    connection.close()
    found = whole_pass(folder)
    assert len(found) == 1
    assert "the vector of chunk" in found[0]


def test_damage_to_the_operational_state_is_found_and_verify_names_it(folder: WrittenFolder) -> None:
    assert not folder.database.verify("w").wrong
    connection = apsw.Connection(str(folder.database.path))
    ((version,),) = connection.execute("PRAGMA schema_version").fetchall()
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute("UPDATE sqlite_schema SET sql=replace(sql, 'title TEXT,', 'title TEXT NOT NULL,')")
    connection.execute(f"PRAGMA schema_version={version + 1}")
    connection.close()
    found = whole_pass(folder)
    assert found
    assert all("operations.sqlite, table uploads: NULL value in uploads.title" in one for one in found)
    named = folder.database.verify("w")
    assert (named.wrong, set(named.problems)) == (len(found), set(found))


def test_damaged_bytes_are_found_and_forgotten_once_mended(folder: WrittenFolder) -> None:
    digest = folder.put("x", 1, "Eve")
    path = folder.settings.data_dir / "blobs" / digest[:2] / digest
    path.write_bytes(b"Eva")
    assert whole_pass(folder) == [f"the uploaded bytes {digest} are damaged on disk"]
    path.write_bytes(b"Eve")
    assert whole_pass(folder) == []
    path.write_bytes(b"Eva")
    assert whole_pass(folder) != []
    folder.purge("x", 2)
    assert whole_pass(folder) == []


def test_nobody_has_to_ask(folder: WrittenFolder) -> None:
    change(folder, "UPDATE versions SET title='Another' WHERE document_id='d7'")
    register = SqliteCheckRegister(folder.database)
    check = BackgroundCheck(Parts(folder), register, 1.0)
    check.start()
    try:
        wait_until(check.count, "what was changed on the disk", seen=register.position)
    finally:
        check.stop()
    assert ["1 damaged things" in one for one in check.problems()] == [True]


def test_it_goes_on_where_it_stopped(folder: WrittenFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background_check, "SLICE", 1)
    looked_at: list[str] = []
    damage = folder.graph.damage

    def seen(workspace: str, document_id: str) -> tuple[str, ...]:
        looked_at.append(document_id)
        return damage(workspace, document_id)

    monkeypatch.setattr(folder.graph, "damage", seen)
    while len(looked_at) < 7:
        BackgroundCheck(Parts(folder), SqliteCheckRegister(folder.database), 1.0).step()  # each a new process
    other = OperationsDatabase(folder.database.path)
    register = SqliteCheckRegister(other)
    check = BackgroundCheck(Parts(folder), register, 1.0)
    while register.position().phase:
        check.step()
    assert sorted(looked_at) == sorted(f"d{number}" for number in range(20))
    assert not check.step(), "the next pass is not due"
    other.close()
