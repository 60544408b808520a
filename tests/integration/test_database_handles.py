"""What is open of a database does not grow with the threads that ever read it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from graph.errors import DependencyError
from graph.stores.sqlite.connection import IDLE_READERS, SqliteFile

AT_ONCE = 40


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SqliteFile]:
    made = SqliteFile(tmp_path / "numbers.sqlite")
    with made.transaction() as connection:
        connection.execute("CREATE TABLE numbers(n)")
        connection.executemany("INSERT INTO numbers VALUES(?)", [(n,) for n in range(1000)])
    yield made
    made.close()


def burst(file: SqliteFile) -> None:
    """Many threads that read at the same time, and end."""
    together = threading.Barrier(AT_ONCE)
    found: list[int] = []

    def read() -> None:
        together.wait()
        for _ in range(5):
            found.append(file.read("SELECT count(*) FROM numbers, numbers m WHERE m.n < 20")[0][0])

    threads = [threading.Thread(target=read) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [20_000] * 5 * AT_ONCE


def open_here(file: SqliteFile) -> int:
    return len([one for one in psutil.Process().open_files() if one.path.startswith(str(file.path))])


def test_bursts_of_short_lived_threads_leave_few_handles(file: SqliteFile) -> None:
    """SQLite keeps the handle of a closed connection for the next one, as long as others are open: so many at most."""
    for _ in range(7):
        burst(file)
    assert open_here(file) <= AT_ONCE + 2 * IDLE_READERS


def test_a_reader_sees_what_was_committed_before(file: SqliteFile) -> None:
    burst(file)
    for number in range(50):
        with file.transaction() as connection:
            connection.execute("DELETE FROM numbers WHERE n = ?", (number,))
        assert file.read("SELECT count(*) FROM numbers") == [(999 - number,)]


def test_readers_that_rest_keep_no_deleted_bytes(file: SqliteFile) -> None:
    burst(file)
    with file.transaction() as connection:
        connection.execute("DELETE FROM numbers")
    file.erase_freed_pages()


def test_a_failed_statement_gives_its_connection_back(file: SqliteFile) -> None:
    for _ in range(100):
        with pytest.raises(DependencyError):
            file.read("SELECT nothing FROM nowhere")
    assert open_here(file) <= 6  # of the writer and of one reader
    assert file.read("SELECT 1") == [(1,)]


def test_a_closed_file_says_so(file: SqliteFile) -> None:
    file.read("SELECT 1")
    file.close()
    assert open_here(file) == 0
    with pytest.raises(DependencyError, match="closed"):
        file.read("SELECT 1")
