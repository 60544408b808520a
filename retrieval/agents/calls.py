"""Calls of a language model within an account, and one short call for one role, constrained by a schema.

A reply that does not fit the schema costs a second call; after that, and where the budget or the model fails, the role
goes on by rule.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import anyio
from pydantic import BaseModel, ValidationError
from typing_extensions import override

from graph.errors import DependencyError, TokensUsedUp
from graph.ports.models import LanguageModel
from graph.ports.spending import paid_by
from graph.prompting import Completion, NoLongerWanted, Prompt, object_in
from retrieval.reasoning.budget import Account

TRIES = 2
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Generic[M]):
    """What a model replied, as a value; None where nothing fits. ``degraded`` says why, and what went wrong before."""

    value: M | None
    degraded: tuple[str, ...] = ()


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
    """Asks one model."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    async def ask(self, prompt: Prompt, form: type[M], account: Account, *, kept: int) -> Said[M]:
        """The reply in a form. It is asked for at most twice, and not at all where the account does not allow it.

        ``kept``: calls that are left to others.
        """
        model = Budgeted(self._model, account)
        malformed = 0
        for _ in range(TRIES):
            tokens = model.count_tokens(prompt.system + prompt.user) + prompt.max_tokens
            if (bound := account.lacks(calls=1 + kept, tokens=tokens)) is not None:
                return Said(value=None, degraded=(*_told(malformed), f"no {bound} left for the language model"))
            value: M | None = None
            try:
                with anyio.fail_after(account.seconds_left):
                    value = _read((await model.complete(prompt)).text, form)
            except TimeoutError:
                return Said(value=None, degraded=(*_told(malformed), "no seconds left for the language model"))
            except TokensUsedUp:
                raise
            except DependencyError as error:
                return Said(value=None, degraded=(*_told(malformed), f"the language model failed: {error}"))
            if value is not None:
                return Said(value=value, degraded=_told(malformed))
            malformed += 1
        return Said(value=None, degraded=_told(malformed))


def _told(malformed: int) -> tuple[str, ...]:
    replies = f"{malformed} malformed repl{'ies' if malformed > 1 else 'y'} of the language model"
    return (replies,) if malformed else ()


def _read(text: str, form: type[M]) -> M | None:
    """The object of a reply, if it fits."""
    try:
        return form.model_validate_json(object_in(text))
    except ValidationError:
        return None
