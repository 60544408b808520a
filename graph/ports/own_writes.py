"""What has been acknowledged and is in no answer yet: questions ask for it, and whoever takes documents in tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from typing_extensions import override

from graph.audience import Audience

NOW = "now"
"""In the place of a token: everything that is acknowledged when it is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far changes are that were acknowledged: how many of them no answer contains yet, and some of these in words.

    ``missed`` says in one sentence each which of them no answer will ever contain, and why: they failed, or were
    cancelled.
    """

    pending: int = 0
    examples: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What no answer contains yet, in a sentence."""
        some = "; ".join(self.examples) + (" …" if self.pending > len(self.examples) else "")
        those = "change is" if self.pending == 1 else "changes are"
        return f"{self.pending} acknowledged {those} not readable yet: {some}"


class OwnWrites(Protocol):
    """Whether answers contain what was acknowledged. What an audience may not read does not exist for it here, too."""

    def pending(self, workspace: str, audience: Audience) -> int:
        """How many acknowledged changes no answer contains yet: versions that wait to be read, and deletions that wait
        for the graph. A snapshot taken after this was 0 contains all that had been acknowledged when it was asked.
        """
        ...

    async def settled(self, workspace: str, audience: Audience, after: Sequence[str], seconds: float) -> Standing:
        """Wait until every answer contains what was acknowledged under tokens, or ``NOW``, at most so many seconds.

        Raises:
            NotFoundError: nothing was acknowledged under one of the tokens in this workspace.
        """
        ...


class NothingUnderWay(OwnWrites):
    """Where nobody acknowledges anything that is still to come."""

    @override
    def pending(self, workspace: str, audience: Audience) -> int:
        return 0

    @override
    async def settled(self, workspace: str, audience: Audience, after: Sequence[str], seconds: float) -> Standing:
        return Standing()
