"""Answers without a language model: the sentences that answer, quoted literally, or an honest abstention. Pure."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import anyio
import anyio.to_thread
from typing_extensions import override

from retrieval.answer import Claim, Derivation, Draft
from retrieval.answering.extractive.broad import written
from retrieval.answering.extractive.selection import answering_sentences
from retrieval.answering.extractive.speaking import told_of_whom
from retrieval.answering.short.short_answers import derive
from retrieval.answering.weights import ANSWER_WEIGHTS, AnswerWeights
from retrieval.model import Evidence
from retrieval.ports import AnswerGenerator
from retrieval.questions.read_question import ReadQuestion


class ExtractiveGenerator(AnswerGenerator):
    """Writes answers whose every sentence is a quote."""

    def __init__(self, weights: AnswerWeights = ANSWER_WEIGHTS) -> None:
        self._weights = weights
        self._thread = anyio.CapacityLimiter(2)

    @property
    @override
    def identity(self) -> str:
        return "extractive"

    @override
    async def generate(
        self, read: ReadQuestion, evidence: Sequence[Evidence]
    ) -> AsyncIterator[Claim | Derivation | Draft]:
        parts = await anyio.to_thread.run_sync(_parts, read, evidence, self._weights, limiter=self._thread)
        for part in parts:
            yield part


def _parts(
    read: ReadQuestion, evidence: Sequence[Evidence], weights: AnswerWeights
) -> Sequence[Claim | Derivation | Draft]:
    """A verdict with both of its sides, else what a broad question asks for, else the sentences that answer."""
    best = [item for item in evidence if not item.beside]
    derived = derive(read, best)
    if derived is not None:
        return replace(derived, claims=tuple(told_of_whom(derived.claims, best))), Draft(abstained=False)
    claims, notes = written(read, evidence)
    if not claims:
        sentences = answering_sentences(read, best, weights)
        quoted = [Claim(text=text, quotes=((marker, text),)) for marker, text in sentences]
        claims = list(told_of_whom(quoted, best))
    return *claims, Draft(abstained=not claims, notes=notes)
