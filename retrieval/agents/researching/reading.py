"""Reading passages for one question: the sentences that answer it, each verified, and the answer in a word."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

import anyio.to_thread

from retrieval.answer import Claim, Derivation, ShortAnswer
from retrieval.answering.citations import verify_claim
from retrieval.answering.short.short_answers import cited_by, short_answer
from retrieval.model import Evidence
from retrieval.ports import AnswerGenerator
from retrieval.questions.read_question import ReadQuestion
from retrieval.reasoning.budget import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Sentences that hold, by the markers of the evidence, and what they come to in a word, if that is sure."""

    claims: tuple[Claim, ...] = ()
    short: ShortAnswer | None = None
    by_model: bool = False
    degraded: tuple[str, ...] = ()


class PassageReader:
    """Reads by rule: sentences as they stand."""

    def __init__(self, quoting: AnswerGenerator) -> None:
        """``quoting``: writes answers whose every sentence is a quote."""
        self._quoting = quoting

    async def read(self, read: ReadQuestion, evidence: Sequence[Evidence], account: Account) -> Reading:
        """What answers in the evidence, which may be nothing."""
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


def _verified(
    read: ReadQuestion, evidence: Sequence[Evidence], claims: Sequence[Claim], short: ShortAnswer | None
) -> Reading:  # fmt: skip
    held = [(one, verify_claim(one, evidence, read)) for one in claims]
    citations = [citation for _, verified in held for citation in verified.citations]
    if short is not None:
        short = cited_by(short, citations)
    elif citations:
        short = short_answer(read, evidence, citations)
    return Reading(claims=tuple(one for one, verified in held if verified.citations), short=short)
