"""One short call of a language model for one role, constrained by a schema, within an account.

A reply that does not fit the schema costs a second call; after that, and where the budget or the model fails, the role
goes on by rule.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

import anyio
from pydantic import BaseModel, ValidationError

from graph.errors import DependencyError
from graph.ports.models import LanguageModel
from graph.ports.spending import paid_by
from graph.prompting import Prompt
from retrieval.reasoning.budget import Account

TRIES = 2
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Generic[M]):
    """What a model replied, as a value; None where nothing fits. ``degraded`` says why, and what went wrong before."""

    value: M | None
    degraded: tuple[str, ...] = ()


class ConstrainedCall:
    """Asks one model."""

    def __init__(self, model: LanguageModel) -> None:
        self.model = model

    async def ask(self, prompt: Prompt, form: type[M], account: Account) -> Said[M]:
        """The reply in a form. It is asked for at most twice, and not at all where the account does not allow it."""
        malformed = 0
        for _ in range(TRIES):
            tokens = self.model.count_tokens(prompt.system + prompt.user) + prompt.max_tokens
            if (bound := account.lacks(tokens=tokens)) is not None:
                return Said(value=None, degraded=(*_told(malformed), f"no {bound} left for the language model"))
            value: M | None = None
            try:
                with paid_by(account.pay), anyio.fail_after(account.seconds_left):
                    value = _read((await self.model.complete(prompt)).text, form)
            except TimeoutError:
                return Said(value=None, degraded=(*_told(malformed), "no seconds left for the language model"))
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
    """The first object of a reply that fits; small models write around it."""
    start = text.find("{")
    end = text.rfind("}")
    if start < 0 or end < start or len(text) > 20_000:
        return None
    try:
        return form.model_validate_json(text[start : end + 1])
    except ValidationError:
        return None
