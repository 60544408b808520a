"""Answers without a language model: the sentences that answer, quoted literally, or an honest abstention. Pure."""

from collections.abc import AsyncIterator, Sequence

import anyio
import anyio.to_thread
from typing_extensions import override

from retrieval.answering.extractive.broad import written
from retrieval.answering.extractive.selection import answering_sentences
from retrieval.answering.short.short_answers import derive
from retrieval.model import Claim, Derivation, Draft, Evidence
from retrieval.ports import AnswerGenerator
from retrieval.questions.read_question import ReadQuestion


class ExtractiveGenerator(AnswerGenerator):
    """Writes answers whose every sentence is a quote."""

    def __init__(self) -> None:
        self._thread = anyio.CapacityLimiter(2)

    @property
    @override
    def identity(self) -> str:
        return "extractive"

    @override
    async def generate(
        self, read: ReadQuestion, evidence: Sequence[Evidence]
    ) -> AsyncIterator[Claim | Derivation | Draft]:
        best = [item for item in evidence if not item.beside]
        derived = await anyio.to_thread.run_sync(derive, read, best, limiter=self._thread)
        if derived is not None:
            yield derived
            yield Draft(abstained=False)
            return
        claims, notes = await anyio.to_thread.run_sync(written, read, evidence, limiter=self._thread)
        if claims:
            for claim in claims:
                yield claim
            yield Draft(abstained=False, notes=notes)
            return
        chosen = await anyio.to_thread.run_sync(answering_sentences, read, best, limiter=self._thread)
        for marker, text in chosen:
            yield Claim(text=text, quotes=((marker, text),))
        yield Draft(abstained=not chosen)
