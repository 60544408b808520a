"""A document on its way from a cell to the service: all of it but its text, as JSON.

A cell that a document has taken over may send anything. What comes is no document unless its types are right, its
offsets are in order and within the text, and its numbers are within bounds.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from ingest.given_names import check_id
from ingest.loaders.drafting import plain_metadata
from ingest.loaders.isolation.packed_rows import PackedRows
from ingest.loaders.reading_limits import MOST_TITLE, storable
from ingest.member_ports import Member
from ingest.model import LoadedDocument

MEMBER = "member"
"""The field of a header whose body is a member."""
ROWS = "rows"
"""The field of a table with its rows, which go as :class:`PackedRows`."""
_DOCUMENT = TypeAdapter(LoadedDocument)
_MEMBER = TypeAdapter(Member)
MOST_SKIPPED = 1000
"""Kinds of skipped parts that are told."""


def outline(loaded: LoadedDocument) -> dict[str, object]:
    """The header that goes before the text."""
    found = _DOCUMENT.dump_python(loaded, exclude={"text": True, "tables": {"__all__": {"rows"}}}, warnings=False)
    for told, table in zip(found["tables"], loaded.tables, strict=True):
        told[ROWS] = PackedRows(table.rows).as_text()
    found["title"] = None if loaded.title is None else loaded.title[:MOST_TITLE]
    return {"document": _storable(found)}


def read_outline(header: Mapping[str, object], text: str) -> LoadedDocument:
    """The document. Raises ValueError where this is none."""
    raw = header.get("document")
    if not isinstance(raw, dict):
        raise ValueError("no document")
    bare, rows = _parted(raw)
    found = _DOCUMENT.validate_json(json.dumps({**_storable(bare), "text": ""}), strict=True)
    tables = tuple(replace(table, rows=each) for table, each in zip(found.tables, rows, strict=True))
    found = replace(found, text=text, tables=tables)
    _check(found)
    return found


def member_outline(member: Member) -> dict[str, object]:
    """The header that goes before the bytes of a member."""
    return {MEMBER: _storable(_MEMBER.dump_python(member, exclude={"data"}, warnings=False))}


def read_member(header: Mapping[str, object], data: bytes) -> Member:
    """The member. Raises ValueError, or InputError, where this is none."""
    raw = header.get(MEMBER)
    if not isinstance(raw, dict):
        raise ValueError("no member")
    found = replace(_MEMBER.validate_json(json.dumps({**_storable(raw), "data": ""}), strict=True), data=data)
    check_id(found.name)
    return replace(found, metadata=plain_metadata(dict(found.metadata)))


def _parted(raw: dict[str, Any]) -> tuple[dict[str, Any], list[PackedRows]]:
    """A document without the rows of its tables, and these. Raises ValueError where they are none."""
    tables = raw.get("tables", ())
    if not isinstance(tables, (list, tuple)) or not all(isinstance(table, dict) for table in tables):
        raise ValueError("no tables")
    bare = [{name: value for name, value in table.items() if name != ROWS} for table in tables]
    return {**raw, "tables": bare}, [PackedRows.from_text(table.get(ROWS)) for table in tables]


def _check(found: LoadedDocument) -> None:
    length = len(found.text)
    _in_order(((one.start, one.end) for one in found.sections), length)
    _in_order(((one.start, one.end) for one in found.tables), length)
    for table in found.tables:
        _in_order(((row.start, row.end) for row in table.rows), table.end)
        for row in table.rows:
            for start, end in row.cells:
                if not row.start <= start <= end <= row.end:
                    raise ValueError("a cell outside its row")
    _in_order(((one.start, one.end) for one in found.boxes), length)
    pages = [1 if one.page is None else one.page for one in found.sections] + [one.page for one in found.boxes]
    if any(page < 1 for page in (*pages, *found.picture_pages)):
        raise ValueError("a page before the first")
    if len(found.report.skipped) > MOST_SKIPPED:
        raise ValueError("too many parts")


def _in_order(ranges: Iterable[tuple[int, int]], length: int) -> None:
    last = 0
    for start, end in ranges:
        if not last <= start <= end <= length:
            raise ValueError("ranges that are out of order, or beyond the text")
        last = end


def _storable(value: Any) -> Any:
    """A value of JSON that any store keeps: itself, not a copy of it, wherever it is one. It may be very long."""
    if isinstance(value, str):
        kept = storable(value).decode()
        return value if kept == value else kept
    if isinstance(value, dict):
        changed = {_storable(str(name)): _storable(each) for name, each in value.items()}
        return value if _same(changed, value) and _same(changed.values(), value.values()) else changed
    if isinstance(value, (list, tuple)):
        found = [_storable(each) for each in value]
        return value if _same(found, value) else found
    return value


def _same(some: Iterable[Any], others: Iterable[Any]) -> bool:
    return all(one is other for one, other in zip(some, others, strict=False))
