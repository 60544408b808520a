"""Who asks, and in which workspace."""

import secrets
from dataclasses import dataclass

from graph.model import DEFAULT_WORKSPACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever sent a request or runs a command."""

    workspace: str


OWNER = Caller(workspace=DEFAULT_WORKSPACE)
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
