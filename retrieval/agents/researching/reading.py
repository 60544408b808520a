"""Reading passages for one question: the sentences that answer it, each verified, and the answer in a word."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

import anyio.to_thread

from graph.ports.models import LanguageModel
from retrieval.answer import Claim, Derivation, ShortAnswer
from retrieval.answering.citations import verify_claim
from retrieval.answering.short.short_answers import cited_by, short_answer
from retrieval.budget import Account
from retrieval.model import Evidence
from retrieval.ports import AnswerGenerator
from retrieval.questions.read_question import ReadQuestion
from retrieval.reasoning.model_steps import ModelSteps
from retrieval.reasoning.readings.reading import read_by_rule
from retrieval.reasoning.verifying import cited_sentence, verified_reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """Sentences that hold, by the markers of the evidence; the words to go on with; the answer in a word, if sure."""

    claims: tuple[Claim, ...] = ()
    answer: str = ""
    short: ShortAnswer | None = None
    by_model: bool = False
    degraded: tuple[str, ...] = ()


class PassageReader:
    """Reads as a step of the mode ``reason`` does, or, of a question as a whole, as any answer without a model does."""

    def __init__(self, quoting: AnswerGenerator, model: LanguageModel | None) -> None:
        """``quoting``: writes answers whose every sentence is a quote."""
        self._quoting = quoting
        self._model = model

    async def quoted(self, read: ReadQuestion, evidence: Sequence[Evidence]) -> Understood:
        """The sentences that answer a question, as they stand."""
        claims: list[Claim] = []
        short: ShortAnswer | None = None
        async with aclosing(self._quoting.generate(read, evidence)) as parts:  # type: ignore[type-var]
            async for part in parts:
                if isinstance(part, Derivation):
                    claims += part.claims
                    short = part.short
                elif isinstance(part, Claim):
                    claims.append(part)
        return await anyio.to_thread.run_sync(_verified, read, evidence, claims, short)

    async def answered(self, read: ReadQuestion, evidence: Sequence[Evidence], account: Account) -> Understood:
        """One answer with its sentence: by a model, as far as the account goes, and else by rule."""
        degraded: tuple[str, ...] = ()
        if self._model is not None and account.lacks() is None:
            steps = ModelSteps(self._model, account, (0, 0))
            replied = await steps.read(read.question, evidence)
            degraded = tuple(steps.degraded)
            if replied is not None:
                held = await anyio.to_thread.run_sync(verified_reply, *replied, evidence, read)
                if held is not None:
                    answer, cited = held
                    claim = Claim(text=" ".join(cited.quote.split()), quotes=((cited.marker, cited.quote),))
                    return Understood(claims=(claim,), answer=answer, by_model=True, degraded=degraded)
        return replace(await anyio.to_thread.run_sync(_by_rule, read, evidence), degraded=degraded)


def _by_rule(read: ReadQuestion, evidence: Sequence[Evidence]) -> Understood:
    found = read_by_rule(read, evidence)
    cited = cited_sentence(found.marker, found.quote, evidence, read) if found is not None else None
    if found is None or cited is None:
        return Understood()
    claim = Claim(text=" ".join(cited.quote.split()), quotes=((cited.marker, cited.quote),))
    return Understood(claims=(claim,), answer=found.answer, short=found.short)


def _verified(
    read: ReadQuestion, evidence: Sequence[Evidence], claims: Sequence[Claim], short: ShortAnswer | None
) -> Understood:  # fmt: skip
    held = [(one, verify_claim(one, evidence, read)) for one in claims]
    citations = [citation for _, verified in held for citation in verified.citations]
    if short is not None:
        short = cited_by(short, citations)
    elif citations:
        short = short_answer(read, evidence, citations)
    return Understood(claims=tuple(one for one, verified in held if verified.citations), short=short)
