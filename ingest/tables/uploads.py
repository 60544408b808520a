"""The register of acknowledged versions, in the operational database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from typing_extensions import override

from graph.model import Metadata
from graph.operations.database import OperationsDatabase
from graph.rights import Readers, readers_text
from graph.view.verification import Check, check
from ingest.model import ReadingReport, RegisteredVersion, Upload, Withdrawal
from ingest.ports import UploadRegister
from ingest.tables.upload_rows import COLUMNS, metadata_damage, metadata_text, registered, report_text, stored_report

_MIGRATIONS = (
    """
    CREATE TABLE uploads(
        workspace TEXT NOT NULL, document_id TEXT NOT NULL, version INTEGER NOT NULL, deleted INTEGER NOT NULL,
        title TEXT, source TEXT NOT NULL, media_type TEXT NOT NULL, metadata TEXT NOT NULL, content_hash TEXT NOT NULL,
        created_at TEXT NOT NULL, updated_at TEXT NOT NULL, job_id TEXT NOT NULL,
        PRIMARY KEY(workspace, document_id, version)) WITHOUT ROWID;
    CREATE INDEX uploads_by_content ON uploads(content_hash);
    """,
    """
    CREATE TABLE withdrawals(
        workspace TEXT NOT NULL, document_id TEXT NOT NULL, version INTEGER NOT NULL, purge INTEGER NOT NULL,
        PRIMARY KEY(workspace, document_id)) WITHOUT ROWID;
    """,
    """
    ALTER TABLE uploads ADD COLUMN readers TEXT;
    """,
    """
    ALTER TABLE uploads ADD COLUMN reading TEXT;
    """,
    """
    ALTER TABLE uploads ADD COLUMN parent TEXT;
    ALTER TABLE uploads ADD COLUMN parent_version INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX uploads_by_parent ON uploads(workspace, parent, document_id) WHERE parent IS NOT NULL;
    """,
    """
    ALTER TABLE uploads ADD COLUMN token TEXT NOT NULL DEFAULT '';
    UPDATE uploads SET token=lower(hex(randomblob(12)));
    CREATE INDEX uploads_by_token ON uploads(token);
    """,
)
_LATEST = "version=(SELECT max(version) FROM uploads l WHERE l.workspace=u.workspace AND l.document_id=u.document_id)"
_ADD = """
INSERT INTO uploads(workspace, document_id, version, deleted, title, source, media_type, metadata, content_hash,
                    created_at, updated_at, job_id, readers, parent, parent_version, token)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_REFERS = "SELECT 1 FROM uploads WHERE content_hash=? AND deleted=0 LIMIT 1"

_SUPERSEDED = """
SELECT u.document_id, u.version, u.content_hash FROM uploads u
WHERE u.workspace=? AND u.content_hash<>'' AND u.deleted=0 AND EXISTS (
    SELECT 1 FROM uploads n WHERE n.workspace=u.workspace AND n.document_id=u.document_id AND n.version > u.version
    AND n.updated_at < ?)
"""


class SqliteUploadRegister(UploadRegister):
    """The UploadRegister port over :class:`OperationsDatabase`."""

    def __init__(self, database: OperationsDatabase) -> None:
        self._database = database
        database.ensure_schema("uploads", _MIGRATIONS)

    @override
    def latest(self, workspace: str, document_id: str) -> RegisteredVersion | None:
        rows = self._select(f"u.workspace=? AND u.document_id=? AND {_LATEST}", (workspace, document_id))
        return registered(workspace, rows[0]) if rows else None

    @override
    def twin(
        self, workspace: str, content_hash: str, title: str | None, metadata: Metadata, readers: Readers
    ) -> RegisteredVersion | None:
        rows = self._select(
            "u.content_hash=? AND u.workspace=? AND u.title IS ? AND u.metadata=? AND u.readers IS ? AND u.deleted=0"
            f" AND {_LATEST}",
            (content_hash, workspace, title, metadata_text(metadata), readers_text(readers)),
        )
        return registered(workspace, rows[0]) if rows else None

    @override
    def get(self, workspace: str, document_id: str, version: int) -> Upload | None:
        rows = self._select("u.workspace=? AND u.document_id=? AND u.version=?", (workspace, document_id, version))
        return registered(workspace, rows[0]).upload if rows else None

    @override
    def digests(self, *, after: str = "", limit: int | None = None) -> Sequence[str]:
        rows = self._database.read(
            "SELECT DISTINCT content_hash FROM uploads WHERE content_hash > ? AND deleted=0 ORDER BY 1 LIMIT ?",
            (after, -1 if limit is None else limit),
        )
        return [str(digest) for (digest,) in rows]

    @override
    def refers(self, digest: str) -> bool:
        with self._database.transaction() as connection:
            return bool(connection.execute(_REFERS, (digest,)).fetchall())

    @override
    def holders(self, workspace: str, digest: str) -> Sequence[str]:
        rows = self._select(
            f"u.content_hash=? AND u.workspace=? AND u.deleted=0 AND {_LATEST} ORDER BY u.document_id",
            (digest, workspace),
        )
        return [str(row[0]) for row in rows]

    @override
    def add(self, upload: Upload, *, deleted: bool, job_id: str) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                _ADD,
                (
                    upload.workspace, upload.document_id, upload.version, deleted, upload.title, upload.source,
                    upload.media_type, metadata_text(upload.metadata), upload.content_hash,
                    upload.created_at.isoformat(), upload.updated_at.isoformat(), job_id,
                    readers_text(upload.readers), upload.parent, upload.parent_version, upload.token,
                ),
            )  # fmt: skip

    @override
    def set_readers(self, workspace: str, document_id: str, version: int, readers: Readers) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE uploads SET readers=? WHERE workspace=? AND document_id=? AND version=?",
                (readers_text(readers), workspace, document_id, version),
            )

    @override
    def set_reading(self, workspace: str, document_id: str, version: int, report: ReadingReport) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE uploads SET reading=? WHERE workspace=? AND document_id=? AND version=? AND content_hash<>''",
                (report_text(report), workspace, document_id, version),
            )

    @override
    def readings(self, workspace: str, versions: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], ReadingReport]:
        with self._database.transaction() as connection:
            rows = [
                (document_id, version, text)
                for document_id, version in versions
                for (text,) in connection.execute(
                    "SELECT reading FROM uploads WHERE workspace=? AND document_id=? AND version=?",
                    (workspace, document_id, version),
                ).fetchall()
            ]
        return {(one, version): found for one, version, text in rows if (found := stored_report(text)) is not None}

    @override
    def page(self, workspace: str, *, after: str = "", limit: int = 500) -> Sequence[RegisteredVersion]:
        rows = self._select(
            f"u.workspace=? AND u.document_id > ? AND {_LATEST} ORDER BY u.document_id LIMIT ?",
            (workspace, after, limit),
        )
        return [registered(workspace, row) for row in rows]

    @override
    def workspaces(self) -> Sequence[str]:
        rows = self._database.read("SELECT DISTINCT workspace FROM uploads ORDER BY workspace")
        return [str(workspace) for (workspace,) in rows]

    @override
    def members(self, workspace: str, parent: str, *, after: str = "", limit: int = 500) -> Sequence[RegisteredVersion]:
        rows = self._select(
            f"u.workspace=? AND u.parent=? AND u.document_id > ? AND {_LATEST} ORDER BY u.document_id LIMIT ?",
            (workspace, parent, after, limit),
        )
        return [registered(workspace, row) for row in rows]

    @override
    def confirm(self, workspace: str, document_id: str, version: int, parent_version: int) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE uploads SET parent_version=? WHERE workspace=? AND document_id=? AND version=?",
                (parent_version, workspace, document_id, version),
            )

    @override
    def begin_withdrawal(self, withdrawal: Withdrawal) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO withdrawals VALUES(?, ?, ?, ?) ON CONFLICT DO UPDATE SET version=excluded.version,"
                " purge=max(purge, excluded.purge)",
                (withdrawal.workspace, withdrawal.document_id, withdrawal.version, withdrawal.purge),
            )

    @override
    def end_withdrawal(self, withdrawal: Withdrawal) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM withdrawals WHERE workspace=? AND document_id=? AND version=?",
                (withdrawal.workspace, withdrawal.document_id, withdrawal.version),
            )

    @override
    def withdrawals(self) -> Sequence[Withdrawal]:
        rows = self._database.read("SELECT workspace, document_id, version, purge FROM withdrawals")
        return [
            Withdrawal(workspace=workspace, document_id=document_id, version=version, purge=bool(purge))
            for workspace, document_id, version, purge in rows
        ]

    @override
    def forget(self, workspace: str, document_id: str, version: int) -> Sequence[str]:
        with self._database.transaction() as connection:
            key = (workspace, document_id, version)
            rows = connection.execute(
                "SELECT DISTINCT content_hash FROM uploads WHERE workspace=? AND document_id=? AND version<=?"
                " AND content_hash<>''",
                key,
            ).fetchall()
            connection.execute(
                "UPDATE uploads SET title=NULL, source='', metadata='{}', content_hash='', readers=NULL, reading=NULL "
                "WHERE workspace=? AND document_id=? AND version<=?",
                key,
            )
            return [digest for (digest,) in rows if not self.refers(digest)]

    @override
    def forget_workspace(self, workspace: str) -> Sequence[str]:
        with self._database.transaction() as connection:
            rows = connection.execute(
                "DELETE FROM uploads WHERE workspace=? RETURNING content_hash", (workspace,)
            ).fetchall()
            connection.execute("DELETE FROM withdrawals WHERE workspace=?", (workspace,))
            return [digest for digest in sorted({row[0] for row in rows} - {""}) if not self.refers(digest)]

    @override
    def forget_superseded(self, workspace: str, before: datetime) -> Sequence[str]:
        with self._database.transaction() as connection:
            replaced = connection.execute(_SUPERSEDED, (workspace, before.astimezone(UTC).isoformat())).fetchall()
            connection.executemany(
                "UPDATE uploads SET title=NULL, source='', metadata='{}', content_hash='', reading=NULL"
                " WHERE workspace=? AND document_id=? AND version=?",
                [(workspace, document_id, version) for document_id, version, _ in replaced],
            )
            digests = sorted({str(digest) for _, _, digest in replaced})
            return [digest for digest in digests if not self.refers(digest)]

    def verify(self, workspace: str) -> Check:
        """Whether the metadata of every version can be read, and be given back as JSON."""
        rows = self._database.read("SELECT document_id, version, metadata FROM uploads WHERE workspace=?", (workspace,))
        broken = (
            f"{document_id!r}, version {version}: {damage}"
            for document_id, version, metadata in rows
            if (damage := metadata_damage(metadata))
        )
        return check("registered metadata", len(rows), broken)

    def _select(self, where: str, bindings: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._database.transaction() as connection:
            sql = f"SELECT {COLUMNS}, deleted, job_id FROM uploads u WHERE {where}"  # noqa: S608 - constants only
            rows: list[tuple[Any, ...]] = connection.execute(sql, bindings).fetchall()
            return rows
