"""The mode ``auto``: the shape of a question chooses who answers, and what finds nothing is no loss."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from typing_extensions import override

from retrieval.answer import Answer, Citation, Event, Step
from retrieval.choosing import Choice, choices
from retrieval.model import Question
from retrieval.modes import SEARCH_MODES, Mode
from retrieval.ports import AnsweringMode
from retrieval.step_texts import FOUND_NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class _Missed:
    """A mode found nothing."""

    answer: Answer


class AutoMode(AnsweringMode):
    """Asks the first mode on offer that a question is for, and ``hybrid`` in its place where that finds nothing."""

    def __init__(self, passages: AnsweringMode, modes: Mapping[Mode, AnsweringMode], *, by_model: bool) -> None:
        """``passages`` answers in the modes of searching, ``modes`` are the others on offer; ``by_model``: a language
        model is set."""
        self._passages = passages
        self._modes = modes
        self._by_model = by_model

    @override
    async def stream(self, question: Question) -> AsyncIterator[Event]:
        choice = next(
            one
            for one in choices(question, by_model=self._by_model)
            if one.mode in SEARCH_MODES or one.mode in self._modes
        )
        before: tuple[Step, ...] = (_chosen("auto", f"{choice.mode}: {choice.reason}"),)
        yield before[0]
        missed: Answer | None = None
        async with aclosing(self._unless_missed(choice, question)) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, _Missed):
                    missed = event.answer
                else:
                    yield _after(event, before) if isinstance(event, Answer) else event
        if missed is None:
            return
        instead = _chosen(choice.mode, f"hybrid: {FOUND_NOTHING.told(question.text, mode=choice.mode)}")
        yield instead
        before = (*before, *missed.steps, instead)
        async with aclosing(self._passages.stream(replace(question, mode="hybrid"))) as events:  # type: ignore[type-var]
            async for event in events:
                yield _after(event, before, missed) if isinstance(event, Answer) else event

    async def _unless_missed(self, choice: Choice, question: Question) -> AsyncIterator[Event | _Missed]:
        """What a mode does; its text is held until its first citation, and never shown if none comes."""
        answering = self._passages if choice.mode in SEARCH_MODES else self._modes[choice.mode]
        held: list[Event] = []
        shown = choice.mode in SEARCH_MODES
        async with aclosing(answering.stream(replace(question, mode=choice.mode))) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, Step):
                    yield event
                elif not shown and isinstance(event, Answer) and event.abstained:
                    yield _Missed(answer=event)
                elif shown or isinstance(event, Citation | Answer):
                    for one in (*held, event):
                        yield one
                    held, shown = [], True
                else:
                    held.append(event)


def _chosen(asked: str, detail: str) -> Step:
    return Step(name="mode", input=asked, detail=detail, seconds=0.0)


def _after(answer: Answer, before: Sequence[Step], missed: Answer | None = None) -> Answer:
    """An answer after the choice, and after an answer that found nothing: what that cost is not forgotten."""
    answer = replace(answer, steps=(*before, *answer.steps))
    if missed is None:
        return answer
    return replace(
        answer, degraded=(*missed.degraded, *answer.degraded), calls=answer.calls + missed.calls,
        tokens=answer.tokens + missed.tokens, completion_tokens=answer.completion_tokens + missed.completion_tokens,
    )  # fmt: skip
