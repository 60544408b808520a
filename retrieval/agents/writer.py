"""The writer: an answer from what researchers found and the critic left. Whatever it says is verified afterwards.

What is exact (rows of the graph, sentences that are new) is said as it is; else a model writes from the passages, where
there is one and the budget allows it, and rules do where not.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

import anyio
from typing_extensions import override

from graph.errors import DependencyError, TokensUsedUp
from retrieval.agents.dossier import Dossier
from retrieval.answer import Claim, Derivation, Draft, ShortAnswer
from retrieval.budget import Account
from retrieval.model import Evidence
from retrieval.ports import AnswerGenerator
from retrieval.questions.read_question import ReadQuestion

Part = Claim | Derivation | Draft
LEAST_TOKENS = 1_500
"""Tokens that must be left for a model to write: instructions, a passage and an answer."""


@dataclass(frozen=True, slots=True)
class _Lack:
    """Why a model wrote no more."""

    why: str


class Writer(AnswerGenerator):
    """Writes one answer.

    Args:
        dossier: what there is to be said.
        quoting: writes by rule.
        model: writes with a language model; None: there is none.
        account: what is left of the budget.
        short: the answer in a word, where the last question of a plan gave one.
        apart: what answers the parts of the question answers it.
    """

    def __init__(
        self, dossier: Dossier, *, quoting: AnswerGenerator, model: AnswerGenerator | None, account: Account,
        short: ShortAnswer | None = None, apart: bool = False,
    ) -> None:  # fmt: skip
        self._dossier = dossier
        self._quoting = quoting
        self._model = model
        self._account = account
        self._short = short
        self._apart = apart

    @property
    @override
    def identity(self) -> str:
        return self._quoting.identity if self._model is None or self._dossier.exact else self._model.identity

    @override
    async def generate(self, read: ReadQuestion, evidence: Sequence[Evidence]) -> AsyncIterator[Part]:
        if self._dossier.exact:
            for claim in self._dossier.exact:
                yield claim
            yield Draft(abstained=False)
            return
        lack, written = self._lack(), False
        if self._model is not None and not lack:
            async with aclosing(self._by_model(self._model, read, evidence)) as parts:  # type: ignore[type-var]
                async for part in parts:
                    if isinstance(part, _Lack):
                        lack = part.why
                    else:
                        written = True
                        yield part
        for part in self._ending(lack) if written else await self._by_rule(read, evidence, lack):
            yield part

    @staticmethod
    def _ending(lack: str) -> list[Part]:
        """What follows what a model wrote: that it was kept from writing more, if it was."""
        return [Draft(abstained=False, by_model=True, degraded=(lack,))] if lack else []

    def _lack(self) -> str:
        """Why a model that is there cannot be asked; empty where it can."""
        bound = self._account.lacks(tokens=LEAST_TOKENS) if self._model is not None else None
        return f"no {bound} left for the language model" if bound else ""

    async def _by_model(
        self, model: AnswerGenerator, read: ReadQuestion, evidence: Sequence[Evidence]
    ) -> AsyncIterator["Part | _Lack"]:
        """What a model writes, until the time is over or it fails; then why."""
        async with aclosing(model.generate(read, evidence)) as parts:  # type: ignore[type-var]
            while True:
                try:
                    with anyio.fail_after(self._account.seconds_left):
                        part = await anext(parts)
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    yield _Lack("the time for the language model was over")
                    return
                except TokensUsedUp:
                    raise
                except DependencyError as error:
                    yield _Lack(f"the language model failed: {error}")
                    return
                yield part

    async def _by_rule(self, read: ReadQuestion, evidence: Sequence[Evidence], lack: str) -> list[Part]:
        told = (f"{lack}; the answer is written by rule",) if lack else ()
        said = await self._concluded(read, evidence)
        return [replace(one, degraded=(*one.degraded, *told)) if isinstance(one, Draft) else one for one in said]

    async def _concluded(self, read: ReadQuestion, evidence: Sequence[Evidence]) -> list[Part]:
        """What rules conclude from all of it; else what the end of a chain came to; else what answers the whole."""
        async with aclosing(self._quoting.generate(read, evidence)) as parts:  # type: ignore[type-var]
            said: list[Part] = [part async for part in parts]
        concluded = any(isinstance(part, Derivation) for part in said)
        found, parts_alone, whole = self._dossier.found, self._dossier.parts, self._dossier.whole
        if concluded:
            return said
        if self._apart and parts_alone:
            return [*parts_alone, Draft(abstained=False)]
        if self._short is not None and parts_alone:
            return [Derivation(words="", claims=parts_alone, short=self._short), Draft(abstained=False)]
        if whole:
            return [*whole, *(part for part in said if isinstance(part, Draft))]
        if not any(isinstance(part, Claim) for part in said) and found:
            return [*found, Draft(abstained=False)]
        return said
