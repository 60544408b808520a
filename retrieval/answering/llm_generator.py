"""Answers by a language model, from evidence alone. Nothing it says is shown before it has been verified."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing

from typing_extensions import override

from graph.ports.models import LanguageModel
from graph.prompting import Completion, PromptTooLong
from retrieval.answer import Claim, Derivation, Draft
from retrieval.answering.answer_prompt import AnswerPrompt, compose
from retrieval.answering.claims import ClaimParser
from retrieval.answering.generation_cache import GenerationCache, Slot
from retrieval.model import Evidence, Question
from retrieval.ports import AnswerGenerator
from retrieval.questions.read_question import ReadQuestion

_LACKS: Mapping[str, tuple[str, ...]] = {
    "stop": (),
    "length": ("the language model's answer was cut off at its bound of tokens; an unfinished sentence is left out",),
    "loop": ("the language model began to repeat itself and was stopped; what it said before that is shown",),
}
"""What ``degraded`` tells of an answer, by how it ended."""


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
        done: Completion | None = None
        async with aclosing(self._said(question, evidence)) as said:  # type: ignore[type-var]
            async for piece in said:
                if isinstance(piece, AnswerPrompt):
                    slot, parser = self._slot(question, piece), ClaimParser(piece.handles)
                elif isinstance(piece, Completion):
                    done = piece
                else:
                    for claim in parser.feed(piece):
                        yield claim
        for claim in parser.finish(cut=done is not None and done.cut):
            yield claim
        if done is None:
            yield Draft(abstained=parser.found_nothing, by_model=True)
            return
        self._keep(slot, done, question.workspace, evidence)
        tokens = done.prompt_tokens + done.completion_tokens
        yield Draft(
            abstained=parser.found_nothing, by_model=True, calls=done.calls, tokens=tokens,
            completion_tokens=done.completion_tokens, degraded=_LACKS[done.ending],
        )  # fmt: skip

    def _keep(self, slot: Slot, done: Completion, workspace: str, evidence: Sequence[Evidence]) -> None:
        """Whatever is kept is taken for whole, and so nothing is that was cut."""
        if not done.cut:
            self._cache.put(slot, done.text, workspace, {item.placed.document.id for item in evidence})

    async def _said(
        self, question: Question, evidence: Sequence[Evidence]
    ) -> AsyncIterator[AnswerPrompt | str | Completion]:
        """The prompt, then what is said to it; without a completion where the cache holds it.

        Another prompt follows where the model's window turns out smaller than it was taken for: less evidence fits.
        """
        begun = False
        while True:
            window = self._model.context_tokens
            asked = compose(question, evidence, self._model.count_tokens, window)
            yield asked
            held = self._cache.get(self._slot(question, asked))
            if held is not None:
                yield held
                return
            try:
                async with aclosing(self._model.stream(asked.prompt)) as pieces:  # type: ignore[type-var]
                    async for piece in pieces:
                        begun = True
                        yield piece
                return
            except PromptTooLong:
                if begun or self._model.context_tokens >= window:
                    raise

    def _slot(self, question: Question, asked: AnswerPrompt) -> Slot:
        return self._cache.slot(question.workspace, self.identity, asked.prompt.system, asked.prompt.user)
