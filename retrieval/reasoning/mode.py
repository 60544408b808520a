"""The mode ``reason``: search → (plan → search → read → judge)* → gather → compose and verify."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

import anyio
import anyio.to_thread

from graph.ports.models import LanguageModel
from graph.text.tokens import is_east_asian
from retrieval.answer import Answer, Event, EvidenceFound, Step, Sufficiency, SufficiencyKind
from retrieval.answering.sufficiency import lowered, sufficiency_of
from retrieval.budget import BUDGETS, Account
from retrieval.constrained_calls import Budgeted
from retrieval.finding.broad.gathering import gather
from retrieval.model import Gathered, Question
from retrieval.pipeline import Found, QuestionPipeline
from retrieval.ports import AnswerGenerator, AnsweringMode
from retrieval.reasoning.composing import BudgetedGenerator, FindingsGenerator
from retrieval.reasoning.loop import ReasoningLoop
from retrieval.reasoning.merging import evidence_of, merged
from retrieval.reasoning.model import ReasoningState
from retrieval.reasoning.model_steps import ModelSteps
from retrieval.reasoning.texts import BY_RULE, LEFT_OPEN, MISSES, NOT_ABOUT, USED_UP, VOTES_BY_RULE, tell
from retrieval.reasoning.verifying import names_its_subject
from retrieval.step_texts import AT_REVISION

WRITING_TOKENS = 1_600
"""Tokens of an answer and of the instructions for it, beside the evidence."""


class ReasoningMode(AnsweringMode):
    """Answers in several steps, by a language model or without one. It can write nothing."""

    def __init__(
        self, pipeline: QuestionPipeline, limiter: anyio.CapacityLimiter, *, model: LanguageModel | None = None,
        writing: Callable[[LanguageModel], AnswerGenerator] | None = None,
    ) -> None:  # fmt: skip
        """``writing``: how a model writes an answer; None: what was found is quoted."""
        self._pipeline = pipeline
        self._limiter = limiter
        self._model = model
        self._writing = writing

    async def stream(self, question: Question) -> AsyncIterator[Event]:
        """Every step as it has been taken, the evidence, the text with its citations, and the answer last."""
        account = Account(BUDGETS[question.effort])
        found = await self._pipeline.seek(replace(question, mode=question.search_mode))
        searched = Step(
            name="search", input=found.read.text,
            detail=AT_REVISION.told(found.read.text, count=len(found.result.hits), revision=found.result.revision),
            seconds=sum(found.result.timings.values()),
        )  # fmt: skip
        yield searched
        taken = [searched]
        needed = self._needed(found)
        steps = ModelSteps(self._model, account, kept_free=(1, needed)) if self._model else None
        loop = ReasoningLoop(self._pipeline, found, account, model=steps, limiter=self._limiter)
        async with aclosing(loop.steps()) as walked:  # type: ignore[type-var]
            async for step in walked:
                taken.append(step)
                yield step
        found, gathered = await self._gathered(found, loop.state)
        yield EvidenceFound(evidence=gathered.evidence, revision=found.result.revision)
        findings = FindingsGenerator(loop.state)
        writer: AnswerGenerator = findings
        if self._model is not None and self._writing is not None:
            by_model = self._writing(Budgeted(self._model, account))
            writer = BudgetedGenerator(by_model, findings, account, needed)
        written = self._pipeline.write(found, gathered, before=tuple(taken), generator=writer, instead=findings)
        async with aclosing(written) as events:  # type: ignore[type-var]
            async for event in events:
                yield _finished(event, found, loop, steps, account) if isinstance(event, Answer) else event

    def _needed(self, found: Found) -> int:
        """Tokens that writing the answer takes at most."""
        if self._model is None:
            return 0
        texts = "".join(placed.chunk.text for placed in found.result.chunks.values())
        return min(self._model.count_tokens(texts) + WRITING_TOKENS, self._model.context_tokens)

    async def _gathered(self, found: Found, state: ReasoningState) -> tuple[Found, Gathered]:
        """The evidence of all searches, no more of it than of one."""
        if state.plan.kind == "one" or not state.findings:
            return found, await anyio.to_thread.run_sync(
                lambda: gather(found.read, found.result, found.snapshot), limiter=self._limiter
            )
        question = found.read.question
        result = merged(found.result, state, question.k, question.search_mode)
        return replace(found, result=result), Gathered(evidence=evidence_of(result))


def _finished(
    event: Answer, found: Found, loop: ReasoningLoop, steps: ModelSteps | None, account: Account
) -> Answer:  # fmt: skip
    """The answer with what all of its steps cost, what they lacked, and how far it goes."""
    state = loop.state
    zh = loop.zh
    exhausted = state.exhausted or (steps.exhausted if steps else None) or ""
    told = tell(USED_UP, zh=zh, bound=tell(exhausted, zh=zh), effort=loop.question.effort) if exhausted else ""
    notes = [tell(BY_RULE, zh=zh)] if steps is None else []
    if steps is None and loop.question.votes > 1:
        notes.append(tell(VOTES_BY_RULE, zh=zh))
    answer = replace(
        event, mode="reason", notes=(*event.notes, *notes),
        degraded=(*event.degraded, *(steps.degraded if steps else ()), *filter(None, (told,))),
        calls=account.cost.calls, tokens=account.cost.tokens, completion_tokens=account.cost.completion_tokens,
    )  # fmt: skip
    return replace(answer, sufficiency=_sufficiency(answer, found, state, loop.doubt))


def _sufficiency(answer: Answer, found: Found, state: ReasoningState, doubt: str) -> Sufficiency:
    """By rule, and no better than what the plan left open, what a model misses, and what a step rests on."""
    zh = is_east_asian(found.read.text)
    judged = sufficiency_of(found.read, answer, reached=_reached(state))
    if state.plan.kind != "one" and state.unanswered:
        kind: SufficiencyKind = "caveat" if answer.short_answer is not None else "gap"
        judged = lowered(judged, kind, tell(LEFT_OPEN, zh=zh), state.unanswered)
    strayed = tuple(one.asked for one in state.findings if not names_its_subject(one))
    if strayed:
        judged = lowered(judged, "caveat", tell(NOT_ABOUT, zh=zh), strayed)
    return lowered(judged, "caveat", tell(MISSES, zh=zh, doubt=doubt)) if doubt else judged


def _reached(state: ReasoningState) -> Sequence[str]:
    """What a chain that came to its end asked about, step by step: none of it is missing."""
    if state.plan.kind == "one" or state.unanswered or len(state.answers) < len(state.plan.questions):
        return ()
    return tuple(one.asked for one in state.findings if names_its_subject(one))
