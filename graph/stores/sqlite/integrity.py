"""Whether a SQLite file is whole, and holds what was written."""

import struct
import zlib

from typing_extensions import override

from graph.errors import NotFoundError, StoreDamaged
from graph.ports.reading import IntegrityReader
from graph.stores.integrity import damage_of, digest_of
from graph.stores.sqlite.aliases import SqliteAliasReading

_KEPT_VERSIONS = """
SELECT v.id, v.version, max(v.valid_from, :horizon), k.digest
FROM versions v LEFT JOIN version_checks k ON k.version=v.id
WHERE v.workspace=:w AND v.document_id=:d AND v.valid_to > :horizon ORDER BY v.valid_from
"""
_BROKEN_HEADINGS = "SELECT chunk_id FROM chunks WHERE workspace=:w AND document_id=:d AND NOT json_valid(headings)"
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
        for number, version, revision, kept in self._file.read(_KEPT_VERSIONS, bindings):
            try:
                change = self.contribution(workspace, document_id, revision)
                found += damage_of(change, kept or digest_of(change))
                if kept is None:
                    self._keep(number, digest_of(change))
            except NotFoundError:
                continue  # purged or swept meanwhile
            except (ValueError, TypeError, LookupError, struct.error, StoreDamaged) as error:
                found.append(f"{document_id!r} version {version} cannot be read: {error}")
        # what cannot be read is read as no headings at all, which is what many a chunk has
        broken = self._file.read(_BROKEN_HEADINGS, bindings)
        found += [f"{document_id!r}: the headings of chunk {chunk} cannot be read" for (chunk,) in broken]
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
