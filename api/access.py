"""Who asks, in which workspace, and what they may do there."""

import secrets
from dataclasses import dataclass
from typing import Literal, TypeAlias

from graph.audience import UNRESTRICTED, Audience
from graph.model import DEFAULT_WORKSPACE

Role: TypeAlias = Literal["ask", "write", "admin"]
"""``ask``: questions and their citations; ``write``: documents as well; ``admin``: everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever sent a request or runs a command.

    ``audience`` is what they may read of the workspace; ``key_id`` names the key that they sent, where it has a name.
    """

    workspace: str
    role: Role
    audience: Audience
    key_id: str | None = None


OWNER = Caller(workspace=DEFAULT_WORKSPACE, role="admin", audience=UNRESTRICTED)
"""Whoever holds the one key there is, or works on the data folder itself."""


class Access:
    """Tells the caller of a request by the key that it carries.

    Args:
        key: the bearer key, or None where none is needed (the service listens on loopback only).
    """

    def __init__(self, key: str | None) -> None:
        self._key = key

    @property
    def needs_key(self) -> bool:
        """Whether a request without a key is refused."""
        return self._key is not None

    def caller(self, authorization: str) -> Caller | None:
        """The caller by the ``Authorization`` header; None where the key is missing or wrong."""
        if self._key is None:
            return OWNER
        scheme, _, given = authorization.partition(" ")
        known = scheme.lower() == "bearer" and secrets.compare_digest(given.encode(), self._key.encode())
        return OWNER if known else None
