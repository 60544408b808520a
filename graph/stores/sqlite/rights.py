"""Who may read documents, in the embedded graph store: RightsReader, and what transactions write of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from graph.ports.reading import RightsReader
from graph.rights import Readers, Rights, applied, given, purged, readers_text, stored_readers
from graph.stores.sqlite.reading import SqliteReading
from graph.stores.sqlite.rows import batches, marks
from graph.stores.sqlite.schema import LIVE

_RIGHTS = "SELECT document_id, readers, coming, version, waits FROM rights WHERE workspace=?"
_LIVE_VERSION = "SELECT version FROM versions WHERE workspace=? AND document_id=? AND +valid_to=?"


class SqliteRights(SqliteReading, RightsReader):
    """Rights as they stand now."""

    @override
    def rights(self, workspace: str, document_ids: Sequence[str] | None = None) -> Mapping[str, Rights]:
        number = self._number(workspace)
        if document_ids is None:
            return {row[0]: _read(row) for row in self._file.read(_RIGHTS, (number,))}
        found: dict[str, Rights] = {}
        for batch in batches(sorted(set(document_ids))):
            rows = self._file.read(f"{_RIGHTS} AND document_id IN ({marks(batch)})", (number, *batch))
            found |= {row[0]: _read(row) for row in rows}
        return found


class RightsTable:
    """The rights of one workspace within a transaction."""

    def __init__(self, connection: Any, workspace: int) -> None:
        self._connection = connection
        self._workspace = workspace

    def give(self, document_id: str, version: int, readers: Readers) -> bool:
        """Give readers with a version; whether that changes anything."""
        live = self._connection.execute(_LIVE_VERSION, (self._workspace, document_id, LIVE)).fetchone()
        before = self._one(document_id)
        after = given(before, version, readers, None if live is None else int(live[0]))
        self._write(document_id, after)
        return (before.readers, before.coming, before.waits) != (after.readers, after.coming, after.waits)

    def apply(self, document_id: str, version: int) -> None:
        """A version can be read now."""
        before = self._one(document_id)
        if before.waits:
            self._write(document_id, applied(before, version))

    def purge(self, document_id: str, version: int) -> None:
        """A document is purged."""
        self._write(document_id, purged(self._one(document_id), version))

    def replace(self, rights: Mapping[str, Rights]) -> None:
        """Put these in the place of all."""
        self._connection.execute("DELETE FROM rights WHERE workspace=?", (self._workspace,))
        for document_id, one in rights.items():
            self._write(document_id, one)

    def _one(self, document_id: str) -> Rights:
        row = self._connection.execute(f"{_RIGHTS} AND document_id=?", (self._workspace, document_id)).fetchone()
        return Rights() if row is None else _read(row)

    def _write(self, document_id: str, rights: Rights) -> None:
        key = (self._workspace, document_id)
        if rights.plain:
            self._connection.execute("DELETE FROM rights WHERE workspace=? AND document_id=?", key)
            return
        values = (rights.version, readers_text(rights.readers), readers_text(rights.coming), rights.waits)
        self._connection.execute("INSERT OR REPLACE INTO rights VALUES(?, ?, ?, ?, ?, ?)", (*key, *values))


def _read(row: Sequence[Any]) -> Rights:
    return Rights(readers=stored_readers(row[1]), coming=stored_readers(row[2]), version=row[3], waits=bool(row[4]))
