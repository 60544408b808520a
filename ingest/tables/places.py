"""Where lines are drawn, by version and page, in the operational database.

The rows go with their version, whoever forgets it: triggers of the database see to it, within the same transaction. A
backup holds them; after an import from elsewhere they come back when a document is read again.
"""

import json
import math
from collections.abc import Sequence
from itertools import groupby

from pydantic import TypeAdapter, ValidationError
from typing_extensions import override

from graph.operations.database import OperationsDatabase
from ingest.line_places import LinePlaces
from ingest.model import LineBox
from ingest.ports import VersionRegister

_MIGRATIONS = (
    """
    CREATE TABLE line_places(
        workspace TEXT NOT NULL, document_id TEXT NOT NULL, version INTEGER NOT NULL, start INTEGER NOT NULL,
        end INTEGER NOT NULL, page INTEGER NOT NULL, lines TEXT NOT NULL,
        PRIMARY KEY(workspace, document_id, version, start)) WITHOUT ROWID;
    CREATE TRIGGER line_places_of_forgotten AFTER UPDATE OF content_hash ON uploads WHEN new.content_hash=''
    BEGIN
        DELETE FROM line_places
        WHERE workspace=new.workspace AND document_id=new.document_id AND version=new.version;
    END;
    CREATE TRIGGER line_places_of_dropped AFTER DELETE ON uploads
    BEGIN
        DELETE FROM line_places
        WHERE workspace=old.workspace AND document_id=old.document_id AND version=old.version;
    END;
    """,
)
_VERSION = "workspace=? AND document_id=? AND version=?"
_LINES = TypeAdapter(list[tuple[int, int, float, float, float, float]])


class SqliteLinePlaces(LinePlaces):
    """The LinePlaces port over :class:`OperationsDatabase`. ``versions`` is the register, whose tables are there."""

    def __init__(self, database: OperationsDatabase, versions: VersionRegister) -> None:
        self._database = database
        self._versions = versions
        database.ensure_schema("line_places", _MIGRATIONS)

    @override
    def set_places(self, workspace: str, document_id: str, version: int, boxes: Sequence[LineBox]) -> None:
        rows = [
            (workspace, document_id, version, lines[0].start, lines[-1].end, page, _written(lines))
            for page, found in groupby(boxes, key=lambda box: box.page)
            if (lines := [box for box in found if all(map(math.isfinite, (box.x0, box.y0, box.x1, box.y1)))])
        ]
        with self._database.transaction() as connection:
            upload = self._versions.get(workspace, document_id, version)
            connection.execute(f"DELETE FROM line_places WHERE {_VERSION}", (workspace, document_id, version))  # noqa: S608
            if upload is not None and upload.content_hash:
                connection.executemany("INSERT OR REPLACE INTO line_places VALUES(?, ?, ?, ?, ?, ?, ?)", rows)

    @override
    def places(self, workspace: str, document_id: str, version: int, start: int, end: int) -> Sequence[LineBox]:
        rows = self._database.read(
            f"SELECT page, lines FROM line_places WHERE {_VERSION} AND start<? AND end>? ORDER BY start",  # noqa: S608
            (workspace, document_id, version, end, start),
        )
        return [
            LineBox(start=first, end=last, page=page, x0=x0, y0=y0, x1=x1, y1=y1)
            for page, text in rows
            for first, last, x0, y0, x1, y1 in _read(text)
            if first < end and last > start
        ]


def _written(lines: Sequence[LineBox]) -> str:
    return json.dumps([(one.start, one.end, one.x0, one.y0, one.x1, one.y1) for one in lines], separators=(",", ":"))


def _read(text: str) -> list[tuple[int, int, float, float, float, float]]:
    """What is stored, or nothing where it cannot be read: a citation is right without its place."""
    try:
        return _LINES.validate_json(text)
    except ValidationError:
        return []
