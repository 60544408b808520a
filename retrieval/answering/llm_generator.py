"""Answers by a language model, from evidence alone. Nothing it says is shown before it has been verified."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

from graph.ports.models import LanguageModel
from graph.prompting import Completion
from retrieval.answering.answer_prompt import compose
from retrieval.answering.claims import ClaimReader
from retrieval.answering.generation_cache import GenerationCache
from retrieval.model import Claim, Draft, Evidence, Question


class LlmGenerator:
    """The AnswerGenerator port over a language model and a cache."""

    def __init__(self, model: LanguageModel, cache: GenerationCache) -> None:
        self._model = model
        self._cache = cache

    @property
    def identity(self) -> str:
        """See AnswerGenerator."""
        return self._model.identity

    async def generate(self, question: Question, evidence: Sequence[Evidence]) -> AsyncIterator[Claim | Draft]:
        """See AnswerGenerator."""
        if not evidence:
            yield Draft(abstained=True)
            return
        asked = compose(question, evidence, self._model.count_tokens, self._model.context_tokens)
        slot = self._cache.slot(question.workspace, self.identity, asked.prompt.system, asked.prompt.user)
        reader = ClaimReader(asked.handles)
        held = self._cache.get(slot)
        if held is not None:
            for claim in (*reader.feed(held), *reader.finish()):
                yield claim
            yield Draft(abstained=reader.found_nothing)
            return
        async with aclosing(self._model.stream(asked.prompt)) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                if isinstance(piece, Completion):
                    done = piece
                    continue
                for claim in reader.feed(piece):
                    yield claim
        for claim in reader.finish():
            yield claim
        self._cache.put(slot, done.text, question.workspace, {item.placed.document.id for item in evidence})
        tokens = done.prompt_tokens + done.completion_tokens
        yield Draft(abstained=reader.found_nothing, calls=done.calls, tokens=tokens)
