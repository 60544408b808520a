"""The embedded graph store: what is known, by revision, in one SQLite file."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from typing_extensions import override

from graph.audience import Audience
from graph.errors import ConfigurationError
from graph.long_change import AnyChange
from graph.model import GraphCounts, PastRevision, Removal, Verdict
from graph.ports.reading import KnowledgeReader, SharedKnowledge
from graph.ports.writing import GraphMaintenance, GraphWriter, HistoryKeeper, RightsWriter, WorkspaceEraser
from graph.rights import Readers, Rights
from graph.stores.change_check import check_past, check_verdicts
from graph.stores.erased import ErasedWorkspaces
from graph.stores.sqlite.aliases import SqliteAliasReading
from graph.stores.sqlite.connection import SqliteFile
from graph.stores.sqlite.differences import SqliteDifferences
from graph.stores.sqlite.integrity import SqliteIntegrity
from graph.stores.sqlite.rights import SqliteRights
from graph.stores.sqlite.schema import CHECKS, MIGRATIONS
from graph.stores.sqlite.vectors import SqliteVectorExchange
from graph.stores.sqlite.writing import SqliteWriter, drop_unused, erase_workspace


class SqliteReader(SqliteAliasReading, SqliteDifferences, KnowledgeReader):
    """Every reading port over one file, for one audience."""


class SqliteGraphStore(
    SqliteIntegrity, SqliteReader, SqliteRights, SqliteVectorExchange, SharedKnowledge, GraphWriter, RightsWriter,
    GraphMaintenance, HistoryKeeper, WorkspaceEraser,
):  # fmt: skip
    """Every port of a graph store over one file.

    Raises DependencyError where the file cannot be used, ConfigurationError where a newer Quipu wrote it.
    """

    def __init__(self, path: Path, on_full: Callable[[], object] = lambda: None) -> None:
        super().__init__(SqliteFile(path))
        self._file.on_full = on_full
        self._erased = ErasedWorkspaces()
        self._file.ensure_schema("graph", MIGRATIONS)
        self._file.ensure_schema("integrity", CHECKS)
        with self._file.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO facts VALUES('store_id', ?)", (uuid.uuid4().hex,))

    def open(self, owner: str) -> None:
        """Raise ConfigurationError where the file belongs to another data folder, or to one whose register is lost."""
        if self.owner() not in {None, owner}:
            raise ConfigurationError(
                f"{self._file.path} and the operations.sqlite beside it do not belong together; put back the one that"
                " was lost, `quipu restore` a backup, or let `quipu repair` rebuild the register from the graph"
            )

    def owner(self) -> str | None:
        """The data folder that it belongs to; None as long as none has claimed it."""
        rows = self._file.read("SELECT value FROM facts WHERE name='owner'")
        return str(rows[0][0]) if rows else None

    def claim(self, owner: str) -> None:
        """Belong to a data folder, unless it does already."""
        if self.owner() is None:
            with self._file.transaction() as connection:
                connection.execute("INSERT OR IGNORE INTO facts VALUES('owner', ?)", (owner,))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def broken_text(self) -> list[str]:
        """Where text in the file is no UTF-8."""
        return self._file.broken_text()

    @override
    def read_as(self, audience: Audience) -> SqliteReader:
        return self if audience.unrestricted else SqliteReader(self._file, audience)

    # --- GraphWriter

    @override
    def apply(self, workspace: str, changes: Sequence[AnyChange]) -> tuple[int, ...]:
        with self._file.transaction() as connection:
            writer = self._writer(connection, workspace)
            revisions = tuple(writer.apply(change) for change in changes)
            writer.finish()
            return revisions

    @override
    def remove(self, workspace: str, document_id: str, version: int) -> Removal:
        with self._file.transaction() as connection:
            writer = self._writer(connection, workspace)
            gone = writer.withdraw(document_id)
            writer.bar(document_id, version, removed=True)
            counts = GraphCounts() if gone is None else self._counts_within(connection, gone)
            if gone is not None:
                writer.record("remove", document_id, version)
            writer.finish()
            return Removal(revision=writer.revision, gone=counts)

    # --- RightsWriter

    @override
    def set_readers(self, workspace: str, document_id: str, version: int, readers: Readers) -> int:
        with self._file.transaction() as connection:
            writer = self._writer(connection, workspace)
            if writer.rights.give(document_id, version, readers):
                writer.record("rights", document_id, version)
            writer.finish()
            return writer.revision

    @override
    def restore_rights(self, workspace: str, rights: Mapping[str, Rights]) -> None:
        with self._file.transaction() as connection:
            self._writer(connection, workspace).rights.replace(rights)

    # --- GraphMaintenance

    @override
    def purge(self, workspace: str, document_id: str, version: int) -> Removal:
        with self._file.transaction() as connection:
            writer = self._writer(connection, workspace)
            counts, versions = self._purge_within(connection, writer.workspace, document_id)
            writer.bar(document_id, version, removed=True)
            writer.rights.purge(document_id, version)
            if versions:
                writer.record("purge", document_id, version)
            writer.finish()
        self._file.erase_freed_pages()
        return Removal(revision=writer.revision, gone=counts)

    @override
    def sweep(self, workspace: str, keep_from: int) -> GraphCounts:
        with self._file.transaction() as connection:
            writer = self._writer(connection, workspace)
            horizon = min(keep_from, writer.revision)
            readings = connection.execute(
                "SELECT reading FROM lives WHERE workspace=? AND valid_to <= ?", (writer.workspace, horizon)
            ).fetchall()
            versions = connection.execute(
                "SELECT count(*) FROM versions WHERE workspace=? AND valid_to <= ?", (writer.workspace, horizon)
            ).fetchall()[0][0]
            counts = self._counts_within(connection, [row[0] for row in readings], documents=versions)
            for table in ("lives", "versions"):
                connection.execute(
                    f"DELETE FROM {table} WHERE workspace=? AND valid_to <= ?", (writer.workspace, horizon)
                )
            connection.execute(
                "DELETE FROM chunks WHERE workspace=? AND id NOT IN (SELECT chunk FROM lives)", (writer.workspace,)
            )
            connection.execute("DELETE FROM staged_vectors WHERE chunk NOT IN (SELECT id FROM chunks)")
            drop_unused(connection, writer.workspace)
            connection.execute("UPDATE workspaces SET horizon=max(horizon, ?) WHERE id=?", (horizon, writer.workspace))
            writer.record("sweep", None, None)
            writer.finish()
        self._file.erase_freed_pages()
        return counts

    @override
    def decide(self, workspace: str, verdicts: Sequence[Verdict]) -> int:
        check_verdicts(verdicts)
        with self._file.transaction() as connection:
            writer = self._writer(connection, workspace)
            known = {(v.first_id, v.second_id): v for v in self.verdicts_within(connection, workspace)}
            new = {(v.first_id, v.second_id): v for v in verdicts}
            new = {pair: verdict for pair, verdict in new.items() if known.get(pair) != verdict}
            if new:
                writer.record("merge", None, None)
                writer.decide(list(new.values()))
            writer.finish()
            return writer.revision

    @override
    def erase(self, workspace: str) -> None:
        with self._file.transaction() as connection:
            self._erased.add(workspace)
            erase_workspace(connection, workspace)
        self._file.erase_freed_pages()

    @override
    def readmit(self, workspace: str) -> None:
        self._erased.discard(workspace)

    @override
    def restore(self, workspace: str, revisions: Sequence[PastRevision], horizon: int) -> None:
        check_past(revisions)
        with self._file.transaction() as connection:
            writer = self._writer(connection, workspace)
            for past in revisions:
                if past.record.kind == "purge" and past.record.document_id:
                    self._purge_within(connection, writer.workspace, past.record.document_id)
                    writer.rights.purge(past.record.document_id, past.record.version or 0)
                writer.restore(past)
            connection.execute("UPDATE workspaces SET horizon=max(horizon, ?) WHERE id=?", (horizon, writer.workspace))
            writer.finish()

    @override
    def horizon(self, workspace: str) -> int:
        rows = self._file.read("SELECT horizon FROM workspaces WHERE name=?", (workspace,))
        return int(rows[0][0]) if rows else 0

    @override
    def barriers(self, workspace: str) -> Mapping[str, int]:
        rows = self._file.read(
            "SELECT b.document_id, b.version FROM barriers b JOIN workspaces w ON w.id=b.workspace WHERE w.name=?",
            (workspace,),
        )
        return dict(rows)

    @override
    def workspaces(self) -> tuple[str, ...]:
        return tuple(row[0] for row in self._file.read("SELECT name FROM workspaces ORDER BY name"))

    @override
    def embedder(self) -> str | None:
        rows = self._file.read("SELECT value FROM facts WHERE name='embedder'")
        return str(rows[0][0]) if rows else None

    @override
    def stamp_embedder(self, identity: str) -> None:
        with self._file.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO facts VALUES('embedder', ?)", (identity,))
            stamped = connection.execute("SELECT value FROM facts WHERE name='embedder'").fetchall()[0][0]
        if stamped != identity:
            raise ConfigurationError(
                f"the vectors in {self._file.path} were made by {stamped!r}, not by {identity!r};"
                " set QUIPU_EMBEDDER back, or let `quipu reindex` embed everything anew"
            )

    def store_id(self) -> str:
        """The random identity this store got when it was created."""
        return str(self._file.read("SELECT value FROM facts WHERE name='store_id'")[0][0])

    def _writer(self, connection: Any, workspace: str) -> SqliteWriter:
        self._erased.check(workspace)
        return SqliteWriter(connection, workspace)

    def _purge_within(self, connection: Any, workspace: int, document_id: str) -> tuple[GraphCounts, int]:
        """Delete everything of a document; returns the counts of what was deleted, and how many versions."""
        key = (workspace, document_id)
        readings = connection.execute(
            "SELECT r.id FROM readings r JOIN chunks c ON c.id=r.chunk WHERE c.workspace=? AND c.document_id=?", key
        ).fetchall()
        versions = connection.execute(
            "SELECT count(*) FROM versions WHERE workspace=? AND document_id=?", key
        ).fetchall()[0][0]
        counts = self._counts_within(connection, [row[0] for row in readings], documents=min(versions, 1))
        of_chunks = "SELECT id FROM chunks WHERE workspace=? AND document_id=?"
        connection.execute(f"DELETE FROM lives WHERE chunk IN ({of_chunks})", key)
        connection.execute(f"DELETE FROM staged_vectors WHERE chunk IN ({of_chunks})", key)
        connection.execute(f"DELETE FROM chunks WHERE id IN ({of_chunks})", key)
        connection.execute("DELETE FROM versions WHERE workspace=? AND document_id=?", key)
        drop_unused(connection, workspace)
        return counts, versions

    def _counts_within(self, connection: Any, readings: Sequence[int], *, documents: int = 1) -> GraphCounts:
        """Counts of readings as this transaction sees them. ``counted`` holds them until it is asked again.

        A CROSS JOIN is run from left to right: from the readings, not from all mentions there are.
        """
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS counted(reading INTEGER PRIMARY KEY)")
        connection.execute("DELETE FROM counted")
        connection.executemany("INSERT OR IGNORE INTO counted VALUES(?)", [(reading,) for reading in readings])
        mentions, entities = connection.execute(
            "SELECT count(*), count(DISTINCT entity_id) FROM counted CROSS JOIN mentions USING(reading)"
        ).fetchall()[0]
        (relations,) = connection.execute("SELECT count(*) FROM counted CROSS JOIN relations USING(reading)").fetchone()
        return GraphCounts(
            documents=documents, chunks=len(readings), mentions=mentions, entities=entities, relations=relations
        )
