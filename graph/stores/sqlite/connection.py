"""One SQLite file: a single writing connection, a few reading ones that threads borrow, errors translated.

``apsw`` brings its own SQLite: the one linked into Python here lies within the range of the
WAL-reset corruption bug. The two libraries must never open the same file in one process.

SQLite keeps any bytes as text, and a disk may change some. What is no UTF-8 is read with U+FFFD for what is broken, so
that one value keeps nobody from all others.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import apsw
from typing_extensions import override

from graph.errors import ConfigurationError, DependencyError, StorageFull, StoreDamaged
from graph.stores.sqlite_pages.scrubbing import Scrubber

BUSY_TIMEOUT_MS = 5000
ERASE_TRIES = 6
IDLE_READERS = 8
"""Reading connections that are kept for the next reads; more are opened while more threads read at once."""
CACHE_KIB = 512
"""Pages that one reading connection keeps for itself; the system's file cache holds them for all of them together."""
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=OFF",
    "PRAGMA temp_store=MEMORY",
)

_TABLES = "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
_COLUMNS = "SELECT name, pk FROM pragma_table_info(?)"

Bindings = Sequence[Any] | dict[str, Any]


@runtime_checkable
class TextAtRest(Protocol):
    """What keeps text in a file."""

    def broken_text(self) -> list[str]:
        """Where it is no UTF-8, one line a value."""
        ...


class MendingCursor(apsw.Cursor):
    """A cursor whose ``fetchall`` and ``fetchone`` give the rows of a SELECT, whatever bytes their text is.

    A loop over the cursor does not: whoever reads row by row casts text to BLOB.
    """

    _asked: tuple[str, Any] = ("", None)

    @override
    def execute(self, statements: str, bindings: Any = None, **more: Any) -> apsw.Cursor:
        self._asked = (statements, bindings)
        return super().execute(statements, bindings, **more)

    @override
    def fetchall(self) -> list[tuple[Any, ...]]:
        try:
            return super().fetchall()
        except UnicodeDecodeError:
            return self._mended()

    @override
    def fetchone(self) -> tuple[Any, ...] | None:
        """The first row; the others are let go."""
        return next(iter(self.fetchall()), None)

    def _mended(self) -> list[tuple[Any, ...]]:
        """All rows once more, text as bytes first, and told from other bytes by what it was."""
        sql, bindings = self._asked
        cursor = apsw.Cursor(self.connection)
        cursor.execute(sql, bindings)
        if not cursor.is_readonly:
            raise UnicodeError("what was written cannot be told: some of it is no text")
        names = [f"c{number}" for number in range(len(cursor.get_description()))]
        cursor.close(True)
        as_bytes = "typeof({0})='text', CASE typeof({0}) WHEN 'text' THEN CAST({0} AS BLOB) ELSE {0} END"
        shown = ", ".join(as_bytes.format(one) for one in names)
        cursor = apsw.Cursor(self.connection)
        rows = cursor.execute(
            f"WITH q({', '.join(names)}) AS ({sql.rstrip().rstrip(';')}) SELECT {shown} FROM q", bindings
        )
        return [tuple(_text(row[at + 1]) if row[at] else row[at + 1] for at in range(0, len(row), 2)) for row in rows]


class SqliteFile:
    """A WAL-mode SQLite file. ``transaction()`` is re-entrant within a thread: inner joins outer.

    ``on_full`` is called where the disk has no room, before StorageFull is raised.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.on_full: Callable[[], object] = lambda: None
        self._write_lock = threading.RLock()
        self._depth = 0
        self._idle_readers: list[apsw.Connection] = []
        self._readers_lock = threading.Lock()
        self._closed = False
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._translated():
            self._writer = apsw.Connection(str(path))
            self._writer.cursor_factory = MendingCursor
            self._writer.set_busy_timeout(BUSY_TIMEOUT_MS)
            self._writer.execute("PRAGMA auto_vacuum=INCREMENTAL")
            for pragma in _PRAGMAS:
                self._writer.execute(pragma)
        self._scrubber = Scrubber(path, self._writer)

    def close(self) -> None:
        """Close every connection; the write-ahead log is folded into the file."""
        with self._readers_lock, self._write_lock:
            self._closed = True
            for reader in self._idle_readers:
                reader.close(True)
            self._idle_readers.clear()
            self._writer.close(True)

    def ensure_schema(self, name: str, migrations: Sequence[str]) -> None:
        """Bring the tables of ``name`` to version ``len(migrations)``; each migration runs once.

        Raises:
            ConfigurationError: the file was written by a newer Quipu.
        """
        with self.transaction() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS schema_versions(name TEXT PRIMARY KEY, version INTEGER NOT NULL)"
            )
            found = connection.execute("SELECT version FROM schema_versions WHERE name=?", (name,)).fetchone()
            version = int(found[0]) if found else 0
            if version > len(migrations):
                raise ConfigurationError(
                    f"{self.path} was written by a newer Quipu ({name} schema {version});"
                    " use that version or another QUIPU_DATA_DIR"
                )
            if version == len(migrations):
                return  # nothing is written: a full disk must not keep a service from starting
            for statements in migrations[version:]:
                connection.execute(statements)
            connection.execute("INSERT OR REPLACE INTO schema_versions VALUES(?, ?)", (name, len(migrations)))

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """The writing connection inside one transaction, committed (and synced) at the outermost end."""
        with self._write_lock, self._translated():
            if self._depth:
                yield self._writer
                return
            self._depth = 1
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                except BaseException:
                    if self._writer.in_transaction:  # a full disk has rolled it back already
                        self._writer.execute("ROLLBACK")
                    raise
                self._writer.execute("COMMIT")
            finally:
                self._depth = 0

    def erase_freed_pages(self) -> None:
        """Deleted bytes leave the disk: the file loses its free pages, the log is emptied, leftovers are overwritten.

        Raises:
            DependencyError: a reader holds an old state of the file for longer than ``ERASE_TRIES`` busy timeouts.
        """
        with self._write_lock, self._translated():
            self._writer.execute("PRAGMA incremental_vacuum").fetchall()
            self._scrubber.note_written()
            for _ in range(ERASE_TRIES):
                if self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0] == 0:
                    self._scrubber.scrub(self._writer)
                    return
        raise DependencyError(f"deleted bytes are still in the write-ahead log of {self.path}: a reader holds them")

    def broken_text(self) -> list[str]:
        """Where text in the file is no UTF-8, of every workspace."""
        with self._translated(), self._reader() as reader:
            return list(_broken_text(reader))

    def read(self, sql: str, bindings: Bindings = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._translated(), self._reader() as reader:
            return reader.execute(sql, bindings).fetchall()

    def parts(self) -> tuple[str, ...]:
        """The tables, each of which can be looked at by itself."""
        return tuple(row[0] for row in self.read("SELECT name FROM sqlite_schema WHERE type='table' ORDER BY name"))

    def part_damage(self, part: str) -> tuple[str, ...]:
        """What SQLite finds wrong with the pages of one table and its indexes."""
        quoted = part.replace('"', '""')
        try:
            rows = self.read(f'PRAGMA quick_check("{quoted}")')
        except StoreDamaged as error:
            return (str(error),)
        return tuple(f"{self.path.name}, table {part}: {row[0]}" for row in rows if row[0] != "ok")

    @contextmanager
    def _reader(self) -> Iterator[apsw.Connection]:
        """A reading connection, for one thread at a time: threads come and go, and what they opened must not stay."""
        with self._readers_lock:
            if self._closed:
                raise DependencyError(f"{self.path} is closed")
            reader = self._idle_readers.pop() if self._idle_readers else None
        if reader is None:
            reader = apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READWRITE)
            reader.cursor_factory = MendingCursor
            reader.set_busy_timeout(BUSY_TIMEOUT_MS)
            reader.execute("PRAGMA query_only=ON").close()
            reader.execute(f"PRAGMA cache_size=-{CACHE_KIB}").close()
        try:
            yield reader
        finally:
            with self._readers_lock:
                keep = not self._closed and len(self._idle_readers) < IDLE_READERS
                if keep:
                    self._idle_readers.append(reader)
            if not keep:
                reader.close(True)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (apsw.NotADBError, apsw.CorruptError) as error:
            raise StoreDamaged(f"{self.path} is damaged ({error}); restore it from a backup") from error
        except apsw.FullError as error:
            self.on_full()
            raise StorageFull(f"the disk has no room for {self.path}: {error}") from error
        except apsw.Error as error:
            raise DependencyError(f"{self.path} cannot be used: {error}") from error


def _broken_text(connection: apsw.Connection) -> Iterator[str]:
    """Where in a file text is no UTF-8: table, column and key, one line a value. Every value is looked at."""
    connection.create_scalar_function("broken_utf8", _broken, 1, deterministic=True)
    for (table,) in connection.execute(_TABLES).fetchall():
        columns: list[tuple[Any, ...]] = connection.execute(_COLUMNS, (table,)).fetchall()
        keys = [f'CAST("{name}" AS BLOB)' for name, _ in sorted((c for c in columns if c[1]), key=lambda c: c[1])]
        for name, _ in columns:
            found = connection.execute(
                f'SELECT {", ".join(keys or ["rowid"])} FROM "{table}"'
                f""" WHERE typeof("{name}")='text' AND broken_utf8(CAST("{name}" AS BLOB))"""
            )
            for key in found:
                shown = ", ".join(_text(part) if isinstance(part, bytes) else str(part) for part in key)
                yield f"{table}.{name} of {shown} is no UTF-8"


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")


def _broken(*values: Any) -> bool:
    try:
        bytes(values[0] or b"").decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False
