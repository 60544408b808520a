"""What is asked of those who keep quotas and count tokens."""

from collections.abc import Mapping
from typing import Protocol

from typing_extensions import override

from graph.quotas import Limits


class QuotaBook(Protocol):
    """Limits that were set for single workspaces, and the tokens that each has spent in a day; both are durable."""

    def limits(self, workspace: str) -> Limits:
        """What was set for a workspace; None in it where nothing was."""
        ...

    def set_limits(self, workspace: str, limits: Limits) -> None:
        """Set them, within the surrounding transaction of the operational state if there is one."""
        ...

    def spent(self, day: str) -> Mapping[str, int]:
        """Tokens by workspace."""
        ...

    def add_spent(self, day: str, tokens: Mapping[str, int]) -> None:
        """Add to what was spent in a day. Days long past are forgotten by the way."""
        ...

    def forget(self, workspace: str) -> None:
        """Drop limits and tokens of a workspace that is deleted."""
        ...


class TokenMeter(Protocol):
    """Counts the tokens of language models by the workspace that they are spent for. Quick: it waits for no disk."""

    def check(self, workspace: str) -> None:
        """Raise TokensUsedUp where a workspace has spent what it may today."""
        ...

    def spend(self, workspace: str, prompt_tokens: int, completion_tokens: int) -> None:
        """Count what one attempt at a call has used."""
        ...

    def cut(self, workspace: str, *, looped: bool) -> None:
        """Count an answer that did not end of itself: at its bound of tokens, or because it ``looped``."""
        ...


class Unmetered(TokenMeter):
    """Counts nothing: for models that are used outside of a service."""

    @override
    def check(self, workspace: str) -> None:
        pass

    @override
    def spend(self, workspace: str, prompt_tokens: int, completion_tokens: int) -> None:
        pass

    @override
    def cut(self, workspace: str, *, looped: bool) -> None:
        pass
