"""Who asks, in which workspace, and what they may do there."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from graph.audience import UNRESTRICTED, Audience
from graph.errors import Forbidden
from graph.model import DEFAULT_WORKSPACE

Role: TypeAlias = Literal["ask", "write", "admin"]
"""``ask``: questions and their citations; ``write``: documents as well; ``admin``: everything in a workspace."""
Least: TypeAlias = Role | Literal["operator"]
"""What an operation needs at least: a role, or an administrator of the whole service."""
_RANKS: dict[Least, int] = {"ask": 0, "write": 1, "admin": 2, "operator": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever sent a request or runs a command.

    ``audience`` is what they may read of the workspace; ``key_id`` names the key that they sent, where it has a name.
    ``operator``: an administrator whom neither the key nor the request binds to one workspace.
    """

    workspace: str
    role: Role
    audience: Audience
    key_id: str | None = None
    operator: bool = False

    def may(self, least: Least) -> bool:
        """Whether that is enough for an operation."""
        return _RANKS["operator" if self.operator else self.role] >= _RANKS[least]

    def check(self, least: Least) -> None:
        """Raise Forbidden, which names the role that is needed, unless the caller has it."""
        if not self.may(least):
            raise Forbidden(f"this needs the role {least!r}; the key that was sent has {self.role!r}", role=least)


OWNER = Caller(workspace=DEFAULT_WORKSPACE, role="admin", audience=UNRESTRICTED, operator=True)
"""Whoever asks where no key is needed, or works on the data folder itself."""
