"""Changes as they were acknowledged, by the token that whoever sent them was given; and the port that knows them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

PICTURES = "pictures"
"""The payload of a job that reads pages which are pictures: until then nothing of them can be found."""
ANEW = "anew"
"""The payload of a job that reads again what other rules have read; it needs no model."""
TOKEN_BYTES = 12
State = Literal["under way", "readable", "failed", "cancelled"]


def new_token() -> str:
    """A name for what one request has acknowledged: it tells nothing, and nobody has to keep it to themselves."""
    return secrets.token_urlsafe(TOKEN_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgedChange:
    """One version of a document, or its deletion.

    ``job_id`` is the job that brings it, or empty. ``kept``: something of it is known beside its number; of a purged
    document nobody knows any more whose it was.
    """

    document_id: str
    version: int
    state: State
    job_id: str
    kept: bool


class AcknowledgedChanges(Protocol):
    """Which acknowledged changes are under way.

    An upload is until its job has ended and, where it has pages that are pictures, until these have been read. A model
    that reads names in a text which can be found already holds nothing up. A deletion is until it has reached the
    graph.
    """

    def newest(self) -> int:
        """A number that goes up with everything that is acknowledged."""
        ...

    def count(self, workspace: str, *, up_to: int | None = None) -> int:
        """How many are under way; of uploads those that were acknowledged until ``up_to``."""
        ...

    def under_way(self, workspace: str, *, up_to: int | None = None, limit: int) -> Sequence[AcknowledgedChange]:
        """The first of these, uploads in the order in which they came."""
        ...

    def named(self, workspace: str, token: str) -> Sequence[AcknowledgedChange]:
        """What was acknowledged under a token, members that came with it included; empty for an unknown token.

        A version whose job failed or was cancelled is as far as the newest version of its document is, where that is
        another one.
        """
        ...
