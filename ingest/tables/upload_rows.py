"""Rows of the register of uploads, and what stands in their columns."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from graph.errors import InputError
from graph.filters import check_value
from graph.model import Metadata
from graph.parsing import read_stored, stored_moment
from graph.rights import stored_readers
from ingest.model import ReadingReport, RegisteredVersion, Upload

COLUMNS = (
    "document_id, version, title, source, media_type, metadata, content_hash, created_at, updated_at, readers,"
    " parent, parent_version, token"
)
_REPORT = TypeAdapter(ReadingReport)


def report_text(report: ReadingReport) -> str:
    """A reading report as it is stored."""
    return _REPORT.dump_json(report).decode()


def metadata_text(metadata: Metadata) -> str:
    """Metadata as they are stored: the same text for the same metadata."""
    return json.dumps(dict(metadata), ensure_ascii=False, sort_keys=True)


def registered(workspace: str, row: Sequence[Any]) -> RegisteredVersion:
    """A row of ``COLUMNS``, then whether it is a deletion, then its job."""
    *upload, deleted, job_id = row
    return RegisteredVersion(upload=_upload(workspace, upload), deleted=bool(deleted), job_id=job_id)


def _upload(workspace: str, row: Sequence[Any]) -> Upload:
    document_id, version, title, source, media_type, metadata, content_hash, *more = row
    created_at, updated_at, readers, parent, seen_to, token = more
    return Upload(
        workspace=workspace, document_id=document_id, version=version, title=title, source=source,
        media_type=media_type, metadata=_metadata(metadata), content_hash=content_hash,
        created_at=stored_moment(created_at), updated_at=stored_moment(updated_at),
        readers=stored_readers(readers), parent=parent, parent_version=seen_to, token=token,
    )  # fmt: skip


def _metadata(text: str) -> Metadata:
    """What is stored, as far as it can be read: one version's metadata keep no other document from being served."""
    try:
        found = read_stored(text)
        return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
    except (ValueError, AttributeError):
        return {}


def stored_report(text: str | None) -> ReadingReport | None:
    """What is stored, or None where there is none that can be read: then it is not known how it was read."""
    try:
        return _REPORT.validate_json(text) if text else None
    except ValidationError:
        return None


def metadata_damage(text: str) -> str | None:
    """What is wrong with stored metadata."""
    try:
        for name, value in read_stored(text).items():
            for item in value if isinstance(value, list) else (value,):
                check_value(f"its metadata field {name!r}", item)
    except (ValueError, AttributeError):
        return "its metadata cannot be read"
    except InputError as error:
        return str(error)
    return None
