"""Whose a Neo4j database is, how far its history goes, and whether it holds what was written.

Its files are its own to check (``neo4j-admin database check``).
"""

from collections.abc import Mapping

from typing_extensions import override

from graph.errors import NotFoundError
from graph.ports.reading import IntegrityReader
from graph.stores.cypher import administration, reading
from graph.stores.integrity import damage_of
from graph.stores.neo4j.differences import Neo4jDifferences


class Neo4jIntegrity(Neo4jDifferences, IntegrityReader):
    """Checks over one database."""

    @override
    def parts(self) -> tuple[str, ...]:
        return ()

    @override
    def part_damage(self, part: str) -> tuple[str, ...]:
        return ()

    @override
    def damage(self, workspace: str, document_id: str) -> tuple[str, ...]:
        self.revision(workspace)
        horizon = self._horizons[workspace]
        found: list[str] = []
        for version, since, until, digest in self._database.read(reading.DIGESTS, w=workspace, id=document_id):
            if until is not None and until <= horizon:
                continue
            try:
                found += damage_of(self.contribution(workspace, document_id, max(since, horizon)), digest or "")
            except NotFoundError:
                continue  # purged or swept meanwhile
            except (ValueError, TypeError, LookupError) as error:
                found.append(f"{document_id!r} version {version} cannot be read: {error}")
        return tuple(found)

    def barriers(self, workspace: str) -> Mapping[str, int]:
        """As in :class:`graph.ports.writing.HistoryKeeper`."""
        rows = self._database.read(administration.BARRIERS, w=workspace)
        return {str(row[0]): int(row[1]) for row in rows}

    def horizon(self, workspace: str) -> int:
        """The oldest revision that can still be read."""
        self.revision(workspace)
        return self._horizons[workspace]

    def store_id(self) -> str:
        """The random identity this store got when it was created."""
        return str(self._database.read(administration.READ_STORE)[0][0])

    def claim(self, owner: str) -> None:
        """Nothing to do: ``open`` has claimed it."""
