"""Deleted rows leave no copy in the unused stretches of pages, where balancing a tree puts some."""

import random
from pathlib import Path

import apsw
import numpy as np
import pytest

from graph.stores.sqlite.connection import SqliteFile
from graph.stores.sqlite_pages import scrubbing
from graph.stores.sqlite_pages.unused import Layout, leftovers

_TABLE = ["CREATE TABLE texts(id TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID"]


class Churn:
    """Rows of many lengths that come and go; seeds 0, 1 and 6 leave a copy in 600 steps unless it is overwritten."""

    def __init__(self, file: SqliteFile, seed: int) -> None:
        self._file, self._random = file, random.Random(seed)
        self.live: list[str] = []
        self.gone: list[str] = []

    def step(self) -> None:
        """One row comes or goes."""
        with self._file.transaction() as connection:
            if len(self.live) < 40 or self._random.random() < 0.5:
                word = f"word{self._random.randrange(10**6):06}"
                body = word + " x" * self._random.randrange(0, 300)
                connection.execute("INSERT OR REPLACE INTO texts VALUES(?, ?)", (word, body))
                self.live.append(word)
            else:
                word = self.live.pop(self._random.randrange(len(self.live)))
                connection.execute("DELETE FROM texts WHERE id=?", (word,))
                self.gone.append(word)

    def left(self) -> list[str]:
        """The deleted words that stand in the file."""
        raw = self._file.path.read_bytes()
        return [word for word in self.gone if word.encode() in raw and word not in self.live]


@pytest.mark.parametrize("seed", [0, 1, 6, 13])
@pytest.mark.parametrize("erased_every", [600, 50])
def test_nothing_of_deleted_rows_is_left(tmp_path: Path, seed: int, erased_every: int) -> None:
    file = SqliteFile(tmp_path / "rows.sqlite")
    file.ensure_schema("texts", _TABLE)
    churn = Churn(file, seed)
    for number in range(600):
        churn.step()
        if (number + 1) % erased_every == 0:
            file.erase_freed_pages()
            assert not churn.left(), number
    assert len(file.read("SELECT id FROM texts")) == len(set(churn.live))
    assert not [damage for part in file.parts() for damage in file.part_damage(part)]
    file.close()


def test_pages_folded_in_before_are_looked_at_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scrubbing, "CHECKPOINT_PAGES", 5)
    file = SqliteFile(tmp_path / "rows.sqlite")
    file.ensure_schema("texts", _TABLE)
    file.erase_freed_pages()  # from here on only what is written is looked at
    churn = Churn(file, 0)
    for _ in range(600):
        churn.step()
    file.erase_freed_pages()
    assert not churn.left()
    file.close()


def test_what_an_earlier_process_left_goes_with_the_first_purge(tmp_path: Path) -> None:
    path = tmp_path / "rows.sqlite"
    file = SqliteFile(path)
    file.ensure_schema("texts", _TABLE)
    churn = Churn(file, 0)
    for _ in range(600):
        churn.step()
    file.close()
    assert churn.left()
    again = SqliteFile(path)
    again.erase_freed_pages()
    assert not churn.left()
    again.close()


def test_pointer_maps_and_rows_are_left_alone(tmp_path: Path) -> None:
    """A file of over 820 pages has a second pointer map; whatever is overwritten, every row stays as it was."""
    file = SqliteFile(tmp_path / "rows.sqlite")
    file.ensure_schema("texts", _TABLE)
    rows = [(f"id{number:06}", f"text {number} " * (number % 400)) for number in range(4000)]
    with file.transaction() as connection:
        connection.executemany("INSERT INTO texts VALUES(?, ?)", rows)
    file.erase_freed_pages()
    with file.transaction() as connection:
        connection.execute("DELETE FROM texts WHERE substr(id, 8)='7'")
    file.erase_freed_pages()
    kept = [row for row in rows if row[0][-1] != "7"]
    assert sorted(file.read("SELECT id, body FROM texts")) == kept
    assert not [damage for part in file.parts() for damage in file.part_damage(part)]
    raw = file.path.read_bytes()
    file.close()
    layout = Layout.of(raw[:100])
    assert layout.has_pointer_maps
    assert len(raw) // layout.page > 820
    pages = np.frombuffer(raw, dtype=np.uint8).reshape(-1, layout.page)
    assert not leftovers(pages, np.arange(1, len(pages) + 1), layout)
    with apsw.Connection(str(tmp_path / "rows.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
