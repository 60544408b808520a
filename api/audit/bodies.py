"""Bodies of the audit."""

from datetime import datetime

from pydantic import BaseModel


class AuditLineBody(BaseModel):
    """One call that has ended. ``key`` is null where none was sent, or none was good; of ``ids`` fifty are told."""

    at: datetime
    key: str | None
    workspace: str | None
    action: str | None
    ids: list[str]
    more_ids: int = 0
    status: int
    ms: float
    request: str | None
    client: str | None


class AuditPageBody(BaseModel):
    """Lines, the oldest first. A page may be empty and have a ``next_cursor``; ``unreadable`` were passed over."""

    lines: list[AuditLineBody]
    next_cursor: str | None
    unreadable: int
