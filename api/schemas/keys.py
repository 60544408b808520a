"""Bodies of keys."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, Field

from api.access import Caller, Role
from api.admission.keys import MAX_LABEL, MAX_PRINCIPALS
from api.admission.model import Key, NewKey
from api.schemas.strict import StrictBody
from retrieval.modes import AskedMode


class NewKeyBody(StrictBody):
    """What a key is to be.

    Without ``workspace`` it is good for the one that the request works in, or for every one where the caller is an
    operator; ``principals`` are those whose documents its holder may read.
    """

    role: Role
    workspace: str | None = Field(default=None, max_length=63)
    principals: list[str] = Field(default_factory=list, max_length=MAX_PRINCIPALS)
    label: str = Field(default="", max_length=MAX_LABEL)
    expires_at: AwareDatetime | None = None

    def to_key(self, caller: Caller) -> NewKey:
        """As the caller means it."""
        given = "workspace" in self.model_fields_set
        return NewKey(
            role=self.role, workspace=self.workspace if given or caller.operator else caller.workspace,
            principals=tuple(self.principals), label=self.label, expires_at=self.expires_at,
        )  # fmt: skip


class KeyBody(BaseModel):
    """A key without its secret. ``workspace`` is null where it is good for every one; ``last_used_at`` is coarse.

    ``calls`` and ``tokens``: what models have cost, every attempt, for requests with it and for the reading of what was
    uploaded with it.
    """

    id: str
    role: Role
    workspace: str | None
    principals: list[str]
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    calls: int = 0
    tokens: int = 0


class CreatedKeyBody(KeyBody):
    """A new key. ``key`` is what to send; it is shown here and never again."""

    key: str


class KeyBodies(BaseModel):
    """A page of keys; ask again with ``cursor=next_cursor``."""

    keys: list[KeyBody]
    next_cursor: str | None


def key_body(key: Key) -> KeyBody:
    """A key for people."""
    return KeyBody(
        id=key.id, role=key.role, workspace=key.workspace, principals=list(key.principals), label=key.label,
        created_at=key.created_at, expires_at=key.expires_at, revoked_at=key.revoked_at,
        last_used_at=key.last_used_at, calls=key.calls, tokens=key.tokens,
    )  # fmt: skip


class CallerBody(BaseModel):
    """Whoever sent a request: ``reads_all`` of the workspace's documents, or only those that they are readers of.

    ``operator``: nothing binds them to one workspace. ``key_id``: the key they sent, where it has a name. ``modes`` are
    those in which the service answers their questions, ``mode`` the one for a question that names none.
    """

    workspace: str
    role: Role
    operator: bool
    reads_all: bool
    key_id: str | None
    modes: list[AskedMode] = []
    mode: AskedMode = "hybrid"
