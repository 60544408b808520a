"""What one transaction writes into the embedded graph store."""

import json
import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from graph.errors import InputError, Superseded
from graph.long_change import AnyChange, parts_of
from graph.model import Chunk, GraphChange, PastRevision, Verdict
from graph.stores.alike import Reading, Written, metadata_text, readings_of
from graph.stores.change_check import check_change, check_next
from graph.stores.sqlite.rights import RightsTable
from graph.stores.sqlite.rows import moment_text, place_bytes, span_bytes
from graph.stores.sqlite.schema import KEEP_CHECK, KEEP_DIGEST, LIVE

_CHUNKS = "SELECT id FROM chunks WHERE workspace=:w"
_READINGS = f"SELECT id FROM readings WHERE chunk IN ({_CHUNKS})"
_ERASE = (
    *(f"DELETE FROM {table} WHERE reading IN ({_READINGS})" for table in ("mentions", "relations", "aliases")),
    f"DELETE FROM readings WHERE chunk IN ({_CHUNKS})",
    f"DELETE FROM staged_vectors WHERE chunk IN ({_CHUNKS})",
    *(
        f"DELETE FROM {table} WHERE workspace=:w"
        for table in ("lives", "versions", "chunks", "entities", "verdicts", "barriers", "rights", "log")
    ),
    "DELETE FROM workspaces WHERE id=:w",
)  # fmt: skip
"""From what depends on a chunk to the chunk, and the workspace itself last."""
_NAME = """
INSERT INTO entities VALUES(?, ?, ?, ?)
ON CONFLICT(workspace, entity_id) DO UPDATE SET weight=weight + excluded.weight
"""


class SqliteWriter:
    """One transaction's work on one workspace.

    The + before ``valid_to`` keeps SQLite from reading all live versions of the workspace to find a document's.
    """

    def __init__(self, connection: Any, workspace: str) -> None:
        self._connection = connection
        connection.execute("INSERT OR IGNORE INTO workspaces(name) VALUES(?)", (workspace,))
        row = connection.execute("SELECT id, revision FROM workspaces WHERE name=?", (workspace,)).fetchall()[0]
        self.workspace, self.revision = int(row[0]), int(row[1])
        self._now = moment_text(datetime.now(UTC))
        self.rights = RightsTable(connection, self.workspace)

    def apply(self, change: AnyChange) -> int:
        """Replace the document's contribution; returns the revision at which this one is live. Raises InputError."""
        document = change.document
        if (already := self._already(change)) is not None:
            return already
        self.bar(document.id, document.version, removed=False)
        self.revision += 1
        written = Written()
        for part in parts_of(change):
            self._part(part, written)
        digest = written.digest(change)
        self._change_lives(document.id, written.readings)
        self._end_version(document.id)
        places = [
            (number, place.start, place.end, -1 if place.page is None else place.page)
            for number, place in zip(written.readings, written.positions, strict=True)
        ]
        self._connection.execute(
            "INSERT INTO versions VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.workspace, document.id, document.version, document.title, document.source, document.media_type,
                metadata_text(document.metadata), document.content_hash, moment_text(document.created_at),
                moment_text(document.updated_at), change.text, place_bytes(places), digest, self.revision, LIVE,
                document.stage,
            ),
        )  # fmt: skip
        self._connection.execute(KEEP_DIGEST, (self._connection.last_insert_rowid(), digest))
        self._log("apply", document.id, document.version)
        self.rights.apply(document.id, document.version)
        return self.revision

    def withdraw(self, document_id: str) -> list[int] | None:
        """Close all of a live document at the next revision; its readings, or None if it is not live."""
        live = self._live(document_id)
        if not self._one("SELECT 1 FROM versions WHERE workspace=? AND document_id=? AND +valid_to=?",
                         (self.workspace, document_id, LIVE)):  # fmt: skip
            return None
        self.revision += 1
        self._change_lives(document_id, {})
        self._end_version(document_id)
        return list(live.values())

    def bar(self, document_id: str, version: int, *, removed: bool) -> None:
        """Let no version below this one be applied any more."""
        barrier = self._one(
            "SELECT version, removed FROM barriers WHERE workspace=? AND document_id=?", (self.workspace, document_id)
        )
        if barrier and (version < barrier[0] or (version == barrier[0] and barrier[1] and not removed)):
            what = "removed" if barrier[1] else "written"
            raise Superseded(f"document {document_id!r} was {what} as version {barrier[0]}; version {version} is older")
        self._connection.execute(
            "INSERT OR REPLACE INTO barriers VALUES(?, ?, ?, ?)", (self.workspace, document_id, version, removed)
        )

    def record(self, kind: str, document_id: str | None, version: int | None) -> None:
        """Log a revision; a removal has raised the counter already."""
        if kind != "remove":
            self.revision += 1
        self._log(kind, document_id, version)

    def restore(self, past: PastRevision) -> None:
        """Make a revision again as it was."""
        record = past.record
        check_next(record, self.revision)
        self._now = moment_text(record.committed_at)
        if past.change is not None:
            self.apply(past.change)
            return
        withdrawn = record.kind == "remove" and record.document_id and self.withdraw(record.document_id) is not None
        self.revision += not withdrawn
        self._log(record.kind, record.document_id, record.version)
        if record.document_id and record.version is not None and record.kind != "rights":
            self.bar(record.document_id, record.version, removed=record.kind != "apply")
        self.decide(past.verdicts)

    def decide(self, verdicts: Sequence[Verdict]) -> None:
        """Let verdicts count from this revision on."""
        self._connection.executemany(
            "UPDATE verdicts SET valid_to=? WHERE workspace=? AND first_id=? AND second_id=? AND valid_to=?",
            [(self.revision, self.workspace, v.first_id, v.second_id, LIVE) for v in verdicts],
        )
        self._connection.executemany(
            "INSERT INTO verdicts VALUES(?, ?, ?, ?, ?, ?, ?)",
            [(self.workspace, v.first_id, v.second_id, v.same, v.reason, self.revision, LIVE) for v in verdicts],
        )

    def finish(self) -> None:
        """Publish the counter."""
        self._connection.execute("UPDATE workspaces SET revision=? WHERE id=?", (self.revision, self.workspace))

    def _already(self, change: AnyChange) -> int | None:
        """The revision of this very change, where it is live: only one of the same version is looked at for it."""
        document = change.document
        row = self._one(
            "SELECT digest, valid_from FROM versions WHERE workspace=? AND document_id=? AND version=? AND +valid_to=?",
            (self.workspace, document.id, document.version, LIVE),
        )
        if row is None:
            return None
        written = Written()
        for part in parts_of(change):
            check_change(part)
            written.add(part, readings_of(part), [0] * len(part.chunks), [0] * len(part.chunks))
        return int(row[1]) if row[0] == written.digest(change) else None

    def _part(self, part: GraphChange, written: Written) -> None:
        """Write the chunks of a part, and what was read in them."""
        check_change(part)
        readings = readings_of(part)
        numbers = [self._chunk(part, index, chunk) for index, chunk in enumerate(part.chunks)]
        kept = [self._reading(number, readings[chunk.id]) for number, chunk in zip(numbers, part.chunks, strict=True)]
        written.add(part, readings, numbers, kept)

    def _chunk(self, change: GraphChange, index: int, chunk: Chunk) -> int:
        row = self._one("SELECT id FROM chunks WHERE workspace=? AND chunk_id=?", (self.workspace, chunk.id))
        if row:
            return int(row[0])
        vector = change.vectors[index].astype("float32", copy=False).tobytes()
        self._check_dimension(len(vector) // 4)
        self._connection.execute(
            "INSERT INTO chunks VALUES(NULL, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.workspace, chunk.id, chunk.document_id, json.dumps(chunk.headings, ensure_ascii=False),
                chunk.text, span_bytes(chunk.sentences), vector,
            ),
        )  # fmt: skip
        number = int(self._connection.last_insert_rowid())
        self._connection.execute(KEEP_CHECK, (number, zlib.crc32(vector)))
        return number

    def _check_dimension(self, dimension: int) -> None:
        self._connection.execute("INSERT OR IGNORE INTO facts VALUES('dimension', ?)", (str(dimension),))
        row = self._one("SELECT value FROM facts WHERE name='dimension'", ())
        if row and int(row[0]) != dimension:
            raise InputError(f"vectors of {dimension} numbers in a store of {row[0]}")

    def _reading(self, chunk: int, reading: Reading) -> int:
        digest, mentions, relations, aliases = reading
        row = self._one("SELECT id FROM readings WHERE chunk=? AND digest=?", (chunk, digest))
        if row:
            return int(row[0])
        self._connection.execute("INSERT INTO readings VALUES(NULL, ?, ?)", (chunk, digest))
        number = int(self._connection.last_insert_rowid())
        named = Counter((self.workspace, mention.entity_id, mention.key) for mention in mentions)
        self._connection.executemany(_NAME, [(*name, named[name]) for name in sorted(named)])
        self._connection.executemany(
            "INSERT INTO mentions VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (number, order, m.entity_id, m.sentence, m.start, m.end, m.name, m.key, m.type, m.is_name)
                for order, m in enumerate(mentions)
            ],
        )
        self._connection.executemany(
            "INSERT INTO relations VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (number, order, r.source_id, r.target_id, r.predicate, r.start, r.end, r.extractor)
                for order, r in enumerate(relations)
            ],
        )
        self._connection.executemany(
            "INSERT INTO aliases VALUES(?, ?, ?, ?, ?, ?, ?)",
            [(number, order, a.first_id, a.second_id, a.reason, a.start, a.end) for order, a in enumerate(aliases)],
        )
        return number

    def _live(self, document_id: str) -> dict[int, int]:
        """Chunk number → reading number of what is live of a document."""
        rows = self._connection.execute(
            "SELECT l.chunk, l.reading FROM chunks c JOIN lives l ON l.chunk=c.id"
            " WHERE c.workspace=? AND c.document_id=? AND l.valid_to=?",
            (self.workspace, document_id, LIVE),
        ).fetchall()
        return dict(rows)

    def _change_lives(self, document_id: str, wanted: dict[int, int]) -> None:
        live = self._live(document_id)
        ended = [chunk for chunk, reading in live.items() if wanted.get(chunk) != reading]
        begun = [(chunk, reading) for chunk, reading in wanted.items() if live.get(chunk) != reading]
        self._connection.executemany(
            "UPDATE lives SET valid_to=? WHERE chunk=? AND valid_to=?",
            [(self.revision, chunk, LIVE) for chunk in ended],
        )
        self._connection.executemany(
            "INSERT INTO lives VALUES(NULL, ?, ?, ?, ?, ?)",
            [(self.workspace, chunk, reading, self.revision, LIVE) for chunk, reading in begun],
        )

    def _end_version(self, document_id: str) -> None:
        self._connection.execute(
            "UPDATE versions SET valid_to=? WHERE workspace=? AND document_id=? AND +valid_to=?",
            (self.revision, self.workspace, document_id, LIVE),
        )

    def _log(self, kind: str, document_id: str | None, version: int | None) -> None:
        self._connection.execute(
            "INSERT INTO log VALUES(?, ?, ?, ?, ?, ?)",
            (self.workspace, self.revision, kind, document_id, version, self._now),
        )

    def _one(self, sql: str, bindings: Sequence[Any]) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._connection.execute(sql, bindings).fetchone()
        return row


def drop_unused(connection: Any, workspace: int) -> None:
    """Of the readings counted last, delete those without a life, and names that are found nowhere else."""
    connection.execute("DELETE FROM counted WHERE EXISTS (SELECT 1 FROM lives WHERE lives.reading=counted.reading)")
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS named(entity_id TEXT PRIMARY KEY, gone INTEGER) WITHOUT ROWID")
    connection.execute("DELETE FROM named")
    connection.execute(
        "INSERT INTO named"
        " SELECT entity_id, count(*) FROM counted CROSS JOIN mentions USING(reading) GROUP BY entity_id"
    )
    for column in ("mentions.reading", "relations.reading", "aliases.reading", "readings.id"):
        table = column.partition(".")[0]
        connection.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT reading FROM counted)")
    elsewhere = (
        "SELECT 1 FROM mentions m CROSS JOIN readings r ON r.id=m.reading CROSS JOIN chunks c ON c.id=r.chunk"
        " WHERE m.entity_id=entities.entity_id AND c.workspace=entities.workspace"
    )
    connection.execute(
        "DELETE FROM entities WHERE workspace=? AND entity_id IN (SELECT entity_id FROM named)"
        f" AND NOT EXISTS ({elsewhere})",
        (workspace,),
    )
    connection.execute(
        "UPDATE entities SET weight=weight - (SELECT gone FROM named WHERE named.entity_id=entities.entity_id)"
        " WHERE workspace=? AND entity_id IN (SELECT entity_id FROM named)",
        (workspace,),
    )


def erase_workspace(connection: Any, workspace: str) -> None:
    """Delete every row of a workspace, in the transaction under way; none where it was never written."""
    for (number,) in connection.execute("SELECT id FROM workspaces WHERE name=?", (workspace,)).fetchall():
        for statement in _ERASE:
            connection.execute(statement, {"w": number})
