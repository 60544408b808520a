"""Lines read back, page by page, the oldest first."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.audit.files import audit_files
from graph.errors import InputError

CURSOR = r"^(|([0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9]{4}\.jsonl):([0-9]{1,12}))$"
_LAST = datetime(9999, 12, 31, tzinfo=UTC)
SCANNED_BYTES = 32 * 1024 * 1024
"""Read for one page at most; a page may have no line, and still be followed by others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which lines: of one workspace (None: of all), since a moment, by one key."""

    workspace: str | None = None
    since: datetime | None = None
    key: str | None = None

    def holds(self, line: dict[str, Any]) -> bool:
        """Whether a line is one of these."""
        return (
            (self.workspace is None or line.get("workspace") == self.workspace)
            and (self.key is None or line.get("key") == self.key)
            and (self.since is None or datetime.fromisoformat(str(line.get("at"))) >= self.since)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Lines as they stand, and where the next page begins; ``unreadable`` lines were passed over."""

    lines: list[dict[str, Any]]
    cursor: str | None
    unreadable: int = 0


def read_page(folder: Path, wanted: Wanted, *, cursor: str = "", limit: int = 100) -> AuditPage:
    """Up to ``limit`` lines after a cursor. Raises InputError for a cursor that is none."""
    name, offset = _position(cursor)
    found: list[dict[str, Any]] = []
    unreadable = scanned = 0
    for file, start, raw in _lines(folder, name or _first_file(wanted.since), offset):
        if len(found) == limit or scanned > SCANNED_BYTES:
            return AuditPage(lines=found, cursor=f"{file}:{start}", unreadable=unreadable)
        scanned += len(raw)
        line = _line(raw)
        if line is None:
            unreadable += 1
        elif wanted.holds(line):
            found.append(line)
    return AuditPage(lines=found, cursor=None, unreadable=unreadable)


def parse_moment(raw: str | None) -> datetime | None:
    """An ISO time or date, UTC where it has no offset; or whole seconds since 1970. Raises InputError."""
    if raw is None:
        return None
    if re.fullmatch("[0-9]{1,15}", raw):
        return min(datetime.fromtimestamp(min(int(raw), _LAST.timestamp()), UTC), _LAST)
    try:
        moment = datetime.fromisoformat(raw.upper())
    except ValueError as error:
        raise InputError("since is an ISO time, such as 2026-11-29 or 2026-11-29T08:00:00+00:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _lines(folder: Path, name: str, offset: int) -> Iterator[tuple[str, int, bytes]]:
    """Whole lines from a place on: the file, where the line begins, its bytes."""
    for path in audit_files(folder):
        if path.name < name:
            continue
        try:
            file = path.open("rb")
        except FileNotFoundError:  # removed meanwhile, as one of the oldest
            continue
        with file:
            start = offset if path.name == name else 0
            file.seek(start)
            for raw in file:
                if not raw.endswith(b"\n"):
                    break
                yield path.name, start, raw
                start += len(raw)


def _line(raw: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(raw)
        datetime.fromisoformat(found["at"])
    except (ValueError, KeyError, TypeError):
        return None
    return dict(found)


def _first_file(since: datetime | None) -> str:
    """The name that files of a moment's day, and of later ones, do not come before."""
    try:
        return since.astimezone(UTC).date().isoformat() if since else ""
    except OverflowError:
        return ""


def _position(cursor: str) -> tuple[str, int]:
    if not cursor:
        return "", 0
    found = re.fullmatch(CURSOR, cursor)
    if not found:
        raise InputError("the cursor is none that an earlier page gave")
    return found[2], int(found[3])
