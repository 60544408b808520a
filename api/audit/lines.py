"""What one line says."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

MAX_IDS = 50
"""Ids named in a line; of more the number is told."""
MAX_CHARACTERS = 128
"""Of an id or a name that a caller has chosen; of a longer one the beginning and a hash are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One call, or one thing that the service does by itself.

    ``action`` is the operation's id in OpenAPI, or a name with ``background:`` before it; None for a call that
    was for none. ``key`` is None where none was sent, or none was good. ``ids`` are those it was about.
    """

    at: datetime
    key: str | None
    workspace: str | None
    action: str | None
    ids: Sequence[str] = ()
    status: int
    milliseconds: float = 0.0
    request: str | None = None
    client: str | None = None

    def to_json(self) -> str:
        """One line, ASCII: whatever an id holds, it cannot begin another line."""
        told: dict[str, object] = {
            "at": self.at.isoformat(timespec="milliseconds"), "key": _bounded(self.key),
            "workspace": _bounded(self.workspace), "action": _bounded(self.action),
            "ids": [_bounded(one) for one in self.ids[:MAX_IDS]], "status": self.status,
            "ms": round(self.milliseconds, 1), "request": _bounded(self.request), "client": _bounded(self.client),
        }  # fmt: skip
        if len(self.ids) > MAX_IDS:
            told["more_ids"] = len(self.ids) - MAX_IDS
        return json.dumps(told, ensure_ascii=True)


def _bounded(name: str | None) -> str | None:
    if name is None or len(name) <= MAX_CHARACTERS:
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{name[:MAX_CHARACTERS]}…{digest}"
