"""Whether the file of the embedded store, and what it holds, are what was written."""

import struct
import zlib

from typing_extensions import override

from graph.errors import NotFoundError, StoreDamaged
from graph.ports.reading import IntegrityReader
from graph.stores.integrity import damage_of, digest_of
from graph.stores.sqlite.aliases import SqliteAliasReading

MIGRATIONS = (
    """
    CREATE TABLE vector_checks(chunk INTEGER PRIMARY KEY, crc INTEGER NOT NULL);
    CREATE TRIGGER vector_gone AFTER DELETE ON chunks BEGIN DELETE FROM vector_checks WHERE chunk=old.id; END;
    CREATE TRIGGER vector_changed AFTER UPDATE OF vector ON chunks
      BEGIN DELETE FROM vector_checks WHERE chunk=old.id; END;
    CREATE TABLE version_checks(version INTEGER PRIMARY KEY, digest TEXT NOT NULL);
    CREATE TRIGGER version_gone AFTER DELETE ON versions BEGIN DELETE FROM version_checks WHERE version=old.id; END;
    """,
)
"""A checksum of each vector and version. What an older Quipu wrote, or a new embedder, gets its own at the first look:
the digests of versions that the first releases wrote were made in another way."""
KEEP_CHECK = "INSERT OR IGNORE INTO vector_checks VALUES(?, ?)"
KEEP_DIGEST = "INSERT OR IGNORE INTO version_checks VALUES(?, ?)"
_VERSIONS = """
SELECT v.id, v.version, max(v.valid_from, :horizon), k.digest
FROM versions v LEFT JOIN version_checks k ON k.version=v.id
WHERE v.workspace=:w AND v.document_id=:d AND v.valid_to > :horizon ORDER BY v.valid_from
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
        for number, version, revision, kept in self._file.read(_VERSIONS, bindings):
            try:
                change = self.contribution(workspace, document_id, revision)
                found += damage_of(change, kept or digest_of(change))
                if kept is None:
                    self._keep(number, digest_of(change))
            except NotFoundError:
                continue  # purged or swept meanwhile
            except (ValueError, TypeError, LookupError, struct.error, StoreDamaged) as error:
                found.append(f"{document_id!r} version {version} cannot be read: {error}")
        return tuple(found) or self._vector_damage(document_id, bindings)

    def _keep(self, number: int, digest: str) -> None:
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO version_checks SELECT id, ? FROM versions WHERE id=?", (digest, number)
            )

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
