"""A backup grows by what is new, forgets what was purged, and is restored whole or refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from written_folder import W, WrittenFolder

from api.settings import Settings
from api.upkeep import back_up, restore
from graph.errors import ConfigurationError, ConflictError, InputError
from graph.stores.sqlite.store import SqliteGraphStore
from ingest.blobs.folder import FolderBlobStore


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WrittenFolder]:
    world = WrittenFolder(tmp_path / "data")
    yield world
    world.close()


def texts(folder: Path, revisions: int) -> list[dict[str, str]]:
    """What can be read at each revision."""
    store = SqliteGraphStore(folder / "graph.sqlite")
    try:
        return [
            {one.id: store.text(W, one.id, revision) for one in store.documents(W, revision)}
            for revision in range(1, revisions + 1)
        ]  # fmt: skip
    finally:
        store.close()


def restored(backup: Path, folder: Path) -> Path:
    restore(Settings(data_dir=folder, graph_url="sqlite"), backup)
    return folder


def holds(folder: Path, word: str) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def test_what_is_restored_is_the_same_at_every_revision(world: WrittenFolder, tmp_path: Path) -> None:
    digests = [world.put("a", 1, "Ada Bea"), world.put("b", 1, "Bea Cid"), world.put("a", 2, "Ada Dan")]
    report = back_up(world.settings, tmp_path / "backup")
    assert (report.revisions, report.missing) == ({W: 3}, ())
    folder = restored(tmp_path / "backup", tmp_path / "new")
    assert texts(folder, 3) == texts(world.settings.data_dir, 3)
    blobs = FolderBlobStore(folder / "blobs")
    assert [blobs.get(digest) for digest in digests] == [b"Ada Bea", b"Bea Cid", b"Ada Dan"]
    assert not (folder / "restoring").exists()


def test_a_second_backup_writes_what_is_new(world: WrittenFolder, tmp_path: Path) -> None:
    for number in range(50):
        world.put(f"d{number}", 1, f"Ada Bea number {number} " + "and more " * 300)
    first = back_up(world.settings, tmp_path / "backup")
    unchanged = back_up(world.settings, tmp_path / "backup")
    assert unchanged.bytes_written == 0
    world.put("d7", 2, "Cid")
    second = back_up(world.settings, tmp_path / "backup")
    graph_and_bytes = second.bytes_written - (tmp_path / "data" / "operations.sqlite").stat().st_size
    assert graph_and_bytes < first.bytes_written / 20
    folder = restored(tmp_path / "backup", tmp_path / "new")
    assert texts(folder, 51) == texts(world.settings.data_dir, 51)


def test_what_was_purged_leaves_the_backup_with_the_next_one(world: WrittenFolder, tmp_path: Path) -> None:
    world.put("a", 1, "Ada Secretword")
    world.put("b", 1, "Bea")
    back_up(world.settings, tmp_path / "backup")
    world.put("b", 2, "Bea Cid")
    back_up(world.settings, tmp_path / "backup")
    assert holds(tmp_path / "backup", "Secretword")
    world.purge("a", 2)
    back_up(world.settings, tmp_path / "backup")
    assert holds(tmp_path / "backup", "Secretword") == []
    folder = restored(tmp_path / "backup", tmp_path / "new")
    assert texts(folder, 4) == texts(world.settings.data_dir, 4)


def test_every_flipped_bit_is_refused(world: WrittenFolder, tmp_path: Path) -> None:
    world.put("a", 1, "Ada Bea")
    backup = tmp_path / "backup"
    back_up(world.settings, backup)
    files = [path for path in backup.rglob("*") if path.is_file() and path.name not in {"quipu-backup", "owner.lock"}]
    assert len(files) >= 5
    for path in files:
        data = path.read_bytes()
        for place in {0, len(data) // 3, len(data) // 2, len(data) - 1}:
            damaged = bytearray(data)
            damaged[place] ^= 0b100
            path.write_bytes(damaged)
            with pytest.raises(InputError, match=r"damaged|cannot be used"):
                restored(backup, tmp_path / "new")
        path.unlink()
        with pytest.raises(InputError):
            restored(backup, tmp_path / "new")
        path.write_bytes(data)
    restored(backup, tmp_path / "new")


def test_a_backup_that_is_broken_off_leaves_the_last_one(
    world: WrittenFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "backup"
    world.put("a", 1, "Ada")
    back_up(world.settings, backup)
    world.put("a", 2, "Ada Bea")
    monkeypatch.setattr("ingest.upkeep.backup_folder.BackupFolder.commit", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        back_up(world.settings, backup)
    monkeypatch.undo()
    assert texts(restored(backup, tmp_path / "one"), 1) == [{"a": "Ada\n"}]
    back_up(world.settings, backup)
    assert texts(restored(backup, tmp_path / "two"), 2) == [{"a": "Ada\n"}, {"a": "Ada Bea\n"}]


def test_bytes_that_are_damaged_here_are_told(world: WrittenFolder, tmp_path: Path) -> None:
    digest = world.put("a", 1, "Ada")
    (world.settings.data_dir / "blobs" / digest[:2] / digest).write_bytes(b"Eve")
    assert back_up(world.settings, tmp_path / "backup").missing == (digest,)


def test_what_is_not_its_own_is_left_alone(world: WrittenFolder, tmp_path: Path) -> None:
    world.put("a", 1, "Ada")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("Dear Ada")
    with pytest.raises(ConflictError, match="something else"):
        back_up(world.settings, tmp_path / "mine")
    other = WrittenFolder(tmp_path / "other")
    other.put("b", 1, "Bea")
    back_up(other.settings, tmp_path / "backup")
    other.close()
    with pytest.raises(ConflictError, match="another data folder"):
        back_up(world.settings, tmp_path / "backup")
    with pytest.raises(ConflictError, match="not empty"):
        restored(tmp_path / "backup", tmp_path / "mine")
    with pytest.raises(ConfigurationError, match="holds no operations"):
        back_up(Settings(data_dir=tmp_path / "nowhere", graph_url="sqlite"), tmp_path / "backup")


def test_one_that_a_newer_program_wrote_is_refused(world: WrittenFolder, tmp_path: Path) -> None:
    world.put("a", 1, "Ada")
    world.database.ensure_schema("dreams", ("CREATE TABLE dreams(id)",))
    back_up(world.settings, tmp_path / "backup")
    with pytest.raises(ConfigurationError, match="newer Quipu"):
        restored(tmp_path / "backup", tmp_path / "new")
