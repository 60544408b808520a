"""Who pays for calls of language models: whoever is named where the work begins is told of every attempt that ends.

What fails costs as well, and an error carries no bill. Therefore the payer stands in the context of the work, and the
adapters of models tell it what each request and each attempt has used, whatever becomes of it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Requests that reached a model's server, and tokens of prompts and answers by the server's count, or estimated."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def tokens(self) -> int:
        """Of prompts and answers together."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            calls=self.calls + other.calls, prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
        )  # fmt: skip


Payer: TypeAlias = Callable[[Cost], object]
"""Told of what is spent, in the thread that spends it, and before the call ends."""
_payers: ContextVar[tuple[Payer, ...]] = ContextVar("payers", default=())


@contextmanager
def paid_by(payer: Payer) -> Iterator[None]:
    """What the block and the tasks that it begins spend is paid by this one, beside those around it.

    Who pays around it already (an equal payer) does not pay twice.
    """
    around = _payers.get()
    token = _payers.set(around if payer in around else (*around, payer))
    try:
        yield
    finally:
        _payers.reset(token)


def pay(cost: Cost) -> None:
    """Tell everybody who pays here."""
    for payer in _payers.get():
        payer(cost)


class Tally:
    """A payer that adds up. Use it as ``with paid_by(tally.add)``."""

    def __init__(self) -> None:
        self.cost = Cost()

    def add(self, cost: Cost) -> None:
        """Add what was spent."""
        self.cost += cost


def nobody(cost: Cost) -> None:
    """The payer where nobody keeps account."""
