"""Answers by a language model, from evidence alone. Nothing it says is shown before it has been verified."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

from typing_extensions import override

from graph.ports.models import LanguageModel
from graph.prompting import Completion
from retrieval.answering.answer_prompt import compose
from retrieval.answering.claims import ClaimParser
from retrieval.answering.generation_cache import GenerationCache
from retrieval.model import Claim, Derivation, Draft, Evidence
from retrieval.ports import AnswerGenerator
from retrieval.questions.read_question import ReadQuestion


class LlmGenerator(AnswerGenerator):
    """Asks a language model for the answer, unless a cache holds what it said to the same evidence."""

    def __init__(self, model: LanguageModel, cache: GenerationCache) -> None:
        self._model = model
        self._cache = cache

    @property
    @override
    def identity(self) -> str:
        return self._model.identity

    @override
    async def generate(
        self, read: ReadQuestion, evidence: Sequence[Evidence]
    ) -> AsyncIterator[Claim | Derivation | Draft]:
        question = read.question
        if not evidence:
            yield Draft(abstained=True)
            return
        asked = compose(question, evidence, self._model.count_tokens, self._model.context_tokens)
        slot = self._cache.slot(question.workspace, self.identity, asked.prompt.system, asked.prompt.user)
        parser = ClaimParser(asked.handles)
        held = self._cache.get(slot)
        if held is not None:
            for claim in (*parser.feed(held), *parser.finish()):
                yield claim
            yield Draft(abstained=parser.found_nothing, by_model=True)
            return
        async with aclosing(self._model.stream(asked.prompt)) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                if isinstance(piece, Completion):
                    done = piece
                    continue
                for claim in parser.feed(piece):
                    yield claim
        for claim in parser.finish():
            yield claim
        self._cache.put(slot, done.text, question.workspace, {item.placed.document.id for item in evidence})
        tokens = done.prompt_tokens + done.completion_tokens
        yield Draft(
            abstained=parser.found_nothing, by_model=True, calls=done.calls, tokens=tokens,
            completion_tokens=done.completion_tokens,
        )  # fmt: skip
