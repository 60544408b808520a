"""Keys as they are kept and as they are sent, and workspaces."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from api.access import Role

PREFIX = "qk"
SECRET_BYTES = 32
NAME_FORM = "^[a-z0-9][a-z0-9-]{0,62}$"
"""What the name of a workspace looks like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """What a key is to be. ``workspace`` None: good for every workspace; ``expires_at`` None: for good."""

    role: Role
    workspace: str | None = None
    principals: tuple[str, ...] = ()
    label: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key as it is kept: of its secret the SHA-256 alone. Times have a zone.

    ``calls`` and ``tokens`` are what models have cost in all for requests that came with it and, where it is shown, for
    jobs that were ordered by these.
    """

    id: str
    digest: str
    role: Role
    workspace: str | None
    principals: tuple[str, ...]
    label: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    calls: int = 0
    tokens: int = 0

    def counts(self, now: datetime) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def fits(self, secret: str) -> bool:
        """Whether this is its secret; how long that takes does not tell how much of it was right."""
        return secrets.compare_digest(digest_of(secret), self.digest)


WorkspaceState = Literal["live", "deleting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A workspace; one that is being deleted exists for nobody any more, and its name is free once all is gone."""

    name: str
    created_at: datetime
    state: WorkspaceState = "live"


def new_secret() -> tuple[str, str]:
    """A new public id, and 256 random bits as text."""
    return secrets.token_hex(6), secrets.token_urlsafe(SECRET_BYTES)


def token_of(key_id: str, secret: str) -> str:
    """A key as it is sent."""
    return f"{PREFIX}_{key_id}_{secret}"


def parts_of(token: str) -> tuple[str, str] | None:
    """The id and the secret of a key as it is sent; None where it has another form."""
    parts = token.split("_", 2)
    return (parts[1], parts[2]) if len(parts) == 3 and parts[0] == PREFIX else None


def digest_of(secret: str) -> str:
    """What is kept of a secret. It is random, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
