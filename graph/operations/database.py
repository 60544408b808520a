"""The operational SQLite file: register of uploads, jobs, caches, watches. Separate from knowledge.

Each room keeps its own tables in it through ``ensure_schema``; what must be committed together
(an upload's register entry and its job) shares one re-entrant ``transaction()``.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import apsw
from typing_extensions import override

from graph.ports.operations import OperationalState
from graph.stores.sqlite.connection import Bindings, SqliteFile, TextAtRest
from graph.view.verification import Check, check


class OperationsDatabase(SqliteFile, OperationalState):
    """The OperationalState port over a SQLite file. Adapters that keep tables in it get its connection as well."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._local = threading.local()
        self._ours: set[str] = set()

    @override
    def ensure_schema(self, name: str, migrations: Sequence[str]) -> None:
        super().ensure_schema(name, migrations)
        self._ours.add(name)

    @override
    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with super().transaction() as connection:
            outermost = getattr(self._local, "writer", None) is None
            self._local.writer = connection
            try:
                yield connection
            finally:
                if outermost:
                    self._local.writer = None

    def copy(self, path: Path) -> None:
        """Write all that is committed now into a new file, while this one goes on. Raises DependencyError."""
        with self._translated(), self._reader() as source, closing(apsw.Connection(str(path))) as target:
            with target.backup("main", source, "main") as backup:
                backup.step(-1)
            target.execute("PRAGMA journal_mode=DELETE").fetchall()

    def foreign_schemas(self) -> Sequence[str]:
        """Names of tables that somebody else has made: nobody here has ensured a schema of theirs."""
        rows = self.read("SELECT name FROM schema_versions ORDER BY name")
        return [name for (name,) in rows if name not in self._ours]

    def verify(self, _workspace: str) -> Check:
        """Whether the pages of each table are whole, whichever workspace's they are."""
        parts = self.parts()
        return check("operational state", len(parts), (one for part in parts for one in self.part_damage(part)))

    @override
    def read(self, sql: str, bindings: Bindings = ()) -> list[tuple[Any, ...]]:
        """All rows of a query. Within a transaction of this thread they show what it has written so far."""
        writer = getattr(self._local, "writer", None)
        if writer is None:
            return super().read(sql, bindings)
        rows: list[tuple[Any, ...]] = writer.execute(sql, bindings).fetchall()
        return rows


def text_check(*kept: object) -> Callable[[str], Check]:
    """A check for ``verify``: whether the text in files is UTF-8, whichever workspace it is of."""

    def look(_: str) -> Check:
        files = [one for one in kept if isinstance(one, TextAtRest)]
        return check("files with text", len(files), (found for one in files for found in one.broken_text()))

    return look
