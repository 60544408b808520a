"""Whether the file of the embedded store, and what it holds, are what was written."""

import struct
import zlib

from typing_extensions import override

from graph.errors import NotFoundError, StoreDamaged
from graph.ports.reading import IntegrityReader
from graph.stores.integrity import damage_of
from graph.stores.sqlite.aliases import SqliteAliasReading

MIGRATIONS = (
    """
    CREATE TABLE vector_checks(chunk INTEGER PRIMARY KEY, crc INTEGER NOT NULL);
    CREATE TRIGGER vector_gone AFTER DELETE ON chunks BEGIN DELETE FROM vector_checks WHERE chunk=old.id; END;
    CREATE TRIGGER vector_changed AFTER UPDATE OF vector ON chunks
      BEGIN DELETE FROM vector_checks WHERE chunk=old.id; END;
    """,
)
"""A checksum of each vector. One that an older Quipu wrote, or a new embedder, gets its own at the first look."""
KEEP_CHECK = "INSERT OR IGNORE INTO vector_checks VALUES(?, ?)"
_VERSIONS = """
SELECT version, max(valid_from, :horizon), digest FROM versions
WHERE workspace=:w AND document_id=:d AND valid_to > :horizon ORDER BY valid_from
"""
_VECTORS = """
SELECT c.id, c.chunk_id, c.vector, v.crc FROM chunks c LEFT JOIN vector_checks v ON v.chunk=c.id
WHERE c.workspace=:w AND c.document_id=:d ORDER BY c.id
"""


class SqliteIntegrity(SqliteAliasReading, IntegrityReader):
    """Checks over one file."""

    @override
    def parts(self) -> tuple[str, ...]:
        return self._file.parts()

    @override
    def part_damage(self, part: str) -> tuple[str, ...]:
        return self._file.part_damage(part)

    @override
    def damage(self, workspace: str, document_id: str) -> tuple[str, ...]:
        rows = self._file.read("SELECT horizon FROM workspaces WHERE name=?", (workspace,))
        bindings = {"w": self._number(workspace), "d": document_id, "horizon": rows[0][0] if rows else 0}
        found: list[str] = []
        for version, revision, digest in self._file.read(_VERSIONS, bindings):
            try:
                found += damage_of(self.contribution(workspace, document_id, revision), digest)
            except NotFoundError:
                continue  # purged or swept meanwhile
            except (ValueError, TypeError, LookupError, struct.error, StoreDamaged) as error:
                found.append(f"{document_id!r} version {version} cannot be read: {error}")
        return tuple(found) or self._vector_damage(document_id, bindings)

    def _vector_damage(self, document_id: str, bindings: dict[str, object]) -> tuple[str, ...]:
        found: list[str] = []
        new: list[tuple[int, int]] = []
        for number, chunk, vector, kept in self._file.read(_VECTORS, bindings):
            crc = zlib.crc32(vector)
            if kept is None:
                new.append((number, crc))
            elif kept != crc:
                found.append(f"{document_id!r}: the vector of chunk {chunk} is not what was written")
        if new:
            with self._file.transaction() as connection:
                connection.executemany(
                    "INSERT OR IGNORE INTO vector_checks SELECT id, ? FROM chunks WHERE id=?",
                    [(crc, number) for number, crc in new],
                )
        return tuple(found)
