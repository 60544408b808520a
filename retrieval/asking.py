"""The use case of asking: what was said before is understood, a mode is chosen, and that mode answers."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import cast, get_args

from graph.errors import InputError
from retrieval.answer import Answer, Clarification, Event, StandaloneQuestion, Step, Token
from retrieval.auto import AutoMode
from retrieval.model import MAX_HISTORY, MAX_QUESTION, MAX_VOTES, Question, SearchResult
from retrieval.modes import SEARCH_MODES, AskedMode, Mode
from retrieval.pipeline import QuestionPipeline, check_question, whole
from retrieval.ports import AnsweringMode, Rewriter
from retrieval.readings import SeveralReadings


class Questions:
    """Every way in asks here. It can write nothing.

    Args:
        pipeline: finds passages, and answers from what one search found.
        modes: who answers in the modes that are no search.
        rewriter: makes a question that depends on what was said before stand alone; None: questions are taken as asked.
        by_model: whether a language model is set, which decides who is asked in the mode ``auto``.
    """

    def __init__(
        self, *, pipeline: QuestionPipeline, modes: Mapping[Mode, AnsweringMode], rewriter: Rewriter | None = None,
        by_model: bool = False,
    ) -> None:  # fmt: skip
        self._pipeline = pipeline
        self._modes = modes
        self._rewriter = rewriter
        self._several = SeveralReadings(pipeline)
        self._auto = AutoMode(pipeline, modes, by_model=by_model)

    @property
    def offered(self) -> tuple[AskedMode, ...]:
        """The modes in which questions are answered here; ``auto`` where it has something to choose from."""
        offered = {*SEARCH_MODES, *self._modes, *(("auto",) if self._modes else ())}
        return tuple(mode for mode in get_args(AskedMode) if mode in offered)

    async def find(self, question: Question) -> SearchResult:
        """Passages for a question, by what it means after what was said before. Errors as :meth:`stream`."""
        check_question(question)
        check_dialogue(question)
        understood = await self._understood(replace(question, stands_alone=not question.history))
        if understood.readings:
            return await self._several.find(understood.question, understood.readings)
        return await self._pipeline.find(understood.question)

    async def ask(self, question: Question) -> Answer:
        """The answer as a whole. Errors as :meth:`stream`."""
        return await whole(self.stream(question))

    async def stream(self, question: Question) -> AsyncIterator[Event]:
        """The answer as it comes about; the ``Answer`` comes last, once.

        Raises:
            InputError: what cannot be asked, or a mode that is not offered.
            RevisionNotReached: ``min_revision`` lies ahead.
            StillBeingRead: what was acknowledged under ``after`` is not to be read yet.
            DependencyError: a store or a model failed.
        """
        check_question(question)
        check_dialogue(question)
        understood = await self._understood(question)
        steps = list(understood.steps)
        for step in steps:
            yield step
        if understood.clarification is not None:
            yield Token(text=understood.clarification.question)
            yield _asked_back(understood, understood.clarification)
            return
        question = understood.question
        async with aclosing(self._answered(question, understood)) as events:  # type: ignore[type-var]
            async for event in events:
                yield _with_steps(event, understood, steps) if isinstance(event, Answer) else event

    async def _understood(self, question: Question) -> StandaloneQuestion:
        if self._rewriter is None or question.stands_alone:
            return StandaloneQuestion(question=question)
        return await self._rewriter.rewrite(question)

    def _answered(self, question: Question, understood: StandaloneQuestion) -> AsyncIterator[Event]:
        if understood.readings and question.mode in SEARCH_MODES:
            return self._several.stream(question, understood.readings)
        return self._answering(question.mode).stream(question)

    def _answering(self, mode: str) -> AnsweringMode:
        if mode in SEARCH_MODES:
            return self._pipeline
        if mode == "auto":
            return self._auto
        answering = self._modes.get(cast(Mode, mode))
        if answering is None:
            raise InputError(f"the mode {mode} is not offered")
        return answering


def _with_steps(answer: Answer, understood: StandaloneQuestion, before: list[Step]) -> Answer:
    """An answer with the steps that came before its mode's own, their costs, and the question as it was understood."""
    return replace(
        answer,
        rewritten=understood.rewritten,
        steps=(*before, *answer.steps),
        degraded=(*understood.degraded, *answer.degraded),
        calls=answer.calls + understood.calls,
        tokens=answer.tokens + understood.tokens,
        completion_tokens=answer.completion_tokens + understood.completion_tokens,
    )


def _asked_back(understood: StandaloneQuestion, clarification: Clarification) -> Answer:
    """A question back is no answer: it says nothing about the documents and cites nothing."""
    mode = understood.question.mode
    return Answer(
        text=clarification.question,
        citations=(),
        abstained=True,
        revision=understood.revision,
        mode="hybrid" if mode == "auto" else mode,
        steps=understood.steps,
        paths=(),
        clarification=clarification,
        rewritten=understood.rewritten,
        degraded=understood.degraded,
        calls=understood.calls,
        tokens=understood.tokens,
        completion_tokens=understood.completion_tokens,
    )


def check_dialogue(question: Question) -> None:
    """Raise InputError for what cannot have been said before a question, and for votes out of bounds."""
    if len(question.history) > MAX_HISTORY:
        raise InputError(f"the history has {len(question.history)} utterances; the limit is {MAX_HISTORY}")
    if any(len(one.text) > MAX_QUESTION for one in question.history):
        raise InputError(f"an utterance of the history is longer than {MAX_QUESTION} characters")
    if not 1 <= question.votes <= MAX_VOTES:
        raise InputError(f"votes is {question.votes}; it must be between 1 and {MAX_VOTES}")
