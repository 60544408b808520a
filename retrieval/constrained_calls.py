"""One short call of a language model for a reply by a schema, within an account; and one rule for what may go wrong.

A reply that cannot be used costs one more call, and then there is none: whoever asked goes on by rule. So it does at
once where the budget does not allow a call, and where the model fails.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import anyio
from typing_extensions import override

from graph.errors import DependencyError, ModelOutputError, TokensUsedUp
from graph.ports.models import LanguageModel
from graph.ports.spending import paid_by
from graph.prompting import Completion, NoLongerWanted, Prompt
from retrieval.budget import Account, Bound

TRIES = 2
"""Calls for one reply: the first, and one more where what it gives cannot be used."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Generic[T]):
    """What a model replied, as a value; None where it gave none that can be used.

    ``malformed`` counts the replies that could not be used, the ones before the value among them; ``because`` is what
    the model's server said of the last one. ``failure`` says why the model failed, ``lacking`` which bound was met.
    """

    value: T | None = None
    malformed: int = 0
    because: str = ""
    failure: str = ""
    lacking: Bound | None = None

    @property
    def degraded(self) -> tuple[str, ...]:
        """What went wrong, for people."""
        number = "1 reply" if self.malformed == 1 else f"{self.malformed} replies"
        because = f": {self.because}" if self.because else ""
        told = [f"{number} of the language model could not be used{because}"] if self.malformed else []
        told += [f"no {self.lacking} left for the language model"] if self.lacking else []
        return (*told, f"the language model failed: {self.failure}") if self.failure else tuple(told)


class Budgeted(LanguageModel):
    """A model that is asked only while an account allows it: every attempt, those that a guard makes again among them.

    ``complete`` and ``stream`` raise NoLongerWanted, a DependencyError, where it does not.
    """

    def __init__(self, model: LanguageModel, account: Account) -> None:
        self._model = model
        self._account = account

    @property
    @override
    def identity(self) -> str:
        return self._model.identity

    @property
    @override
    def context_tokens(self) -> int:
        """No more than the account has: what is laid out for this window can be paid for."""
        return min(self._model.context_tokens, self._account.tokens_left)

    @property
    @override
    def sees(self) -> bool | None:
        return self._model.sees

    @override
    def count_tokens(self, text: str) -> int:
        return self._model.count_tokens(text)

    @override
    async def complete(self, prompt: Prompt) -> Completion:
        with paid_by(self._account.pay):
            return await self._model.complete(self._wanted(prompt))

    @override
    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Completion]:
        async with aclosing(self._model.stream(self._wanted(prompt))) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                yield piece

    def _wanted(self, prompt: Prompt) -> Prompt:
        """The prompt, wanted as long as there is something left to pay it with."""
        if (bound := self._account.lacks()) is not None:
            raise NoLongerWanted(f"no {bound} left for the language model")
        return replace(prompt, wanted=lambda: prompt.wanted() and self._account.lacks() is None)


class ConstrainedCall:
    """Asks one model, on one account."""

    def __init__(self, model: LanguageModel, account: Account, *, kept_free: tuple[int, int] = (0, 0)) -> None:
        """``kept_free``: calls and tokens that are left to others."""
        self._model = Budgeted(model, account)
        self._account = account
        self._calls_kept, self._tokens_kept = kept_free

    async def ask(self, make: Callable[[], Prompt], parse: Callable[[str], T | None]) -> Reply[T]:
        """What a model replies, as ``parse`` reads it, which gives None for a reply that cannot be used.

        ``make`` is asked for the prompt anew for each try: the window of a model may turn out smaller than it was taken
        for. Raises TokensUsedUp.
        """
        reply: Reply[T] = Reply()
        for _ in range(TRIES):
            reply = await self._tried(reply, make(), parse)
            if reply.value is not None or reply.failure or reply.lacking:
                break
        return reply

    async def _tried(self, before: Reply[T], prompt: Prompt, parse: Callable[[str], T | None]) -> Reply[T]:
        """What one call gives, after a reply that could not be used or none."""
        if (lacking := self._lacking(prompt)) is not None:
            return replace(before, lacking=lacking)
        value: T | None = None
        because = ""
        try:
            with anyio.move_on_after(self._account.seconds_left) as limit:
                value = parse((await self._model.complete(prompt)).text)
        except TokensUsedUp:
            raise
        except ModelOutputError as error:
            because = str(error)
        except NoLongerWanted:
            return replace(before, lacking=self._account.lacks() or "seconds")
        except DependencyError as error:
            return replace(before, failure=str(error))
        if limit.cancelled_caught:
            return replace(before, lacking="seconds")
        if value is not None:
            return replace(before, value=value)
        return replace(before, malformed=before.malformed + 1, because=because)

    def _lacking(self, prompt: Prompt) -> Bound | None:
        """Which bound forbids a call beside what is kept free."""
        needed = self._model.count_tokens(prompt.system + prompt.user) + prompt.max_tokens
        return self._account.lacks(calls=1 + self._calls_kept, tokens=needed + self._tokens_kept)
