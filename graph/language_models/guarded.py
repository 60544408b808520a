"""Any LlamaIndex ``LLM`` as Quipu's ``LanguageModel``: budgeted, timed, retried, bounded, and checked afterwards."""

import random
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

import anyio
from llama_index.core.base.llms.types import ChatMessage, ImageBlock, MessageRole, TextBlock
from llama_index.core.llms import LLM
from typing_extensions import override

from graph.errors import ModelOutputError
from graph.language_models.chat_llm import ChatLLM, Ending, Piece
from graph.language_models.foreign import foreign_pieces
from graph.language_models.http_stream import ServerFailure
from graph.language_models.model_call import ModelCall
from graph.language_models.parallelism import AdaptiveLimit
from graph.language_models.token_counting import TokenCounter, least
from graph.parsing import legible
from graph.ports.models import LanguageModel
from graph.ports.quotas import TokenMeter, Unmetered
from graph.ports.spending import Cost
from graph.prompting import Completion, Prompt, without_control_tokens

ATTEMPTS = 4
LONGEST_PAUSE = 30.0
_FIRST_PAUSE = 0.5
IMAGE_TOKENS = 3000
_LONGEST_TOKEN = 24
"""Characters per token beyond which a server cannot have kept to ``max_tokens``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds to wait for the first token (the model may have to be loaded), for the next, and in all."""

    first_token: float
    between_tokens: float
    total: float

    @classmethod
    def within(cls, total: float) -> "Timeouts":
        """The others in proportion to the total."""
        return cls(first_token=total / 2, between_tokens=min(60.0, total / 4), total=total)


class GuardedModel(LanguageModel):
    """The LanguageModel port over a LlamaIndex ``LLM``. ``meter`` counts what every attempt spends."""

    def __init__(self, llm: LLM, *, identity: str, timeouts: Timeouts, meter: TokenMeter | None = None) -> None:
        self._llm = llm
        self._identity = identity
        self._timeouts = timeouts
        self._limit = AdaptiveLimit()
        self._tokens = TokenCounter()
        self._meter = meter or Unmetered()

    @property
    @override
    def identity(self) -> str:
        return self._identity

    @property
    @override
    def context_tokens(self) -> int:
        """Until the server has been asked, a window that is safe with any."""
        return int(self._llm.metadata.context_window)

    @property
    @override
    def sees(self) -> bool | None:
        return self._llm.can_see if isinstance(self._llm, ChatLLM) else False

    @override
    def count_tokens(self, text: str) -> int:
        return self._tokens.most(text)

    async def probe(self) -> None:
        """Ask the server about the model, once. Raises DependencyError."""
        if isinstance(self._llm, ChatLLM):
            await self._llm.probe()

    @override
    async def complete(self, prompt: Prompt) -> Completion:
        async with aclosing(self._answer(prompt, restartable=True)) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                if isinstance(piece, Completion):
                    return piece
        raise AssertionError("an answer ends with its completion")

    @override
    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Completion]:
        async with aclosing(self._answer(prompt, restartable=False)) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                yield piece

    async def _answer(self, prompt: Prompt, *, restartable: bool) -> AsyncIterator[str | Completion]:
        """All attempts. Once something has been passed on, only a caller who ignores it can have another."""
        course = _Course(self._timeouts)
        with ModelCall(prompt, self._identity, self._meter) as call:
            while True:
                try:
                    async with self._limit.slot(), aclosing(self._attempt(prompt, course, call)) as pieces:  # type: ignore[type-var]
                        async for piece in pieces:
                            yield piece
                    self._limit.succeeded()
                    return
                except ServerFailure as failure:
                    if failure.busy:
                        self._limit.refused()
                    pause = course.pause_after(failure)
                    if pause is None or (course.passed_on and not restartable):
                        raise
                await anyio.sleep(pause)

    async def _attempt(self, prompt: Prompt, course: "_Course", call: ModelCall) -> AsyncIterator[str | Completion]:
        course.begin()
        await self.probe()
        self._check_before(prompt)
        text: list[str] = []
        joint = _Joint()
        ending: Ending | None = None
        worked = True
        try:
            async with aclosing(self._pieces(prompt)) as pieces:  # type: ignore[type-var]
                while ending is None:
                    with call.entered():
                        piece = await course.next(pieces, self._identity)
                    if whole := joint.add(piece.text, last=piece.ending is not None):
                        text.append(whole)
                        course.passed_on = True
                        yield whole
                    ending = piece.ending or _runaway(text, prompt)
        except ServerFailure as failure:
            worked = bool(text) or (failure.reached and failure.status_code is None)
            raise
        finally:  # paid for also where the client goes away, or waits no longer
            if worked:
                call.spend(*self._counts(prompt, text, ending))
        self._check_after(prompt, ending)
        completion = self._completion(text, ending, course, call.spent)
        call.done(completion)
        yield completion

    def _pieces(self, prompt: Prompt) -> AsyncIterator[Piece]:
        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=without_control_tokens(prompt.system)),
            ChatMessage(
                role=MessageRole.USER,
                blocks=[
                    TextBlock(text=without_control_tokens(prompt.user)),
                    *(ImageBlock(image=image) for image in prompt.images),
                ],
            ),
        ]
        if isinstance(self._llm, ChatLLM):
            return self._llm.pieces(messages, schema=prompt.schema, max_tokens=prompt.max_tokens)
        return foreign_pieces(self._llm, messages)

    def _check_before(self, prompt: Prompt) -> None:
        if prompt.images and not self.sees:
            raise ModelOutputError(f"{self._identity} does not read pictures; if it does, set QUIPU_LLM_SEES=true")
        most = self._tokens.most_of_prompt(prompt.system, prompt.user) + IMAGE_TOKENS * len(prompt.images)
        if most + prompt.max_tokens > self.context_tokens:
            raise ModelOutputError(
                f"the prompt may need {most} tokens and its answer {prompt.max_tokens}: more than the"
                f" {self.context_tokens} that {self._identity} takes; see QUIPU_LLM_CONTEXT_TOKENS"
            )

    def _check_after(self, prompt: Prompt, ending: Ending) -> None:
        """Against the server's own count: a prompt that was cut is an error, never an answer."""
        counted = ending.prompt_tokens
        if counted is None:
            return
        text = f"{prompt.system}\n{prompt.user}"
        full = counted >= self.context_tokens
        # a window of another size than ours, filled to the brim: windows are powers of two, prompts hardly ever
        brim = counted >= 512 and counted.bit_count() == 1 and counted < self._tokens.most(text)
        if counted < least(text) or full or brim:
            raise ModelOutputError(
                f"{self._identity} read only {counted} tokens of the prompt: its context window is smaller than"
                f" {self.context_tokens}; set QUIPU_LLM_CONTEXT_TOKENS to what the server gives"
            )
        self._tokens.learn(text, counted)

    def _counts(self, prompt: Prompt, text: list[str], ending: Ending | None) -> tuple[int, int]:
        """Tokens of prompt and answer: the server's own count, or an estimate where there is none."""
        before = ending.prompt_tokens if ending else None
        after = ending.completion_tokens if ending else None
        return (
            self._tokens.most_of_prompt(prompt.system, prompt.user) if before is None else before,
            self._tokens.most("".join(text)) if after is None else after,
        )

    def _completion(self, text: list[str], ending: Ending, course: "_Course", spent: Cost) -> Completion:
        return Completion(
            text="".join(text),
            prompt_tokens=spent.prompt_tokens,
            completion_tokens=spent.completion_tokens,
            calls=course.failed + ending.requests,
            seconds=course.seconds,
            cut=ending.cut,
            counted=None not in (ending.prompt_tokens, ending.completion_tokens),
        )


class _Course:
    """The course of one call through its attempts: its clock, what it passed on, what failed."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._started: float | None = None
        self._attempts = 0
        self._waiting = True
        self.failed = 0
        self.passed_on = False

    def begin(self) -> None:
        """An attempt; the clock starts with the first, not while others have their turn."""
        self._started = self._started or time.monotonic()
        self._attempts += 1
        self._waiting = True

    @property
    def seconds(self) -> float:
        """Since the first attempt began."""
        return time.monotonic() - (self._started or time.monotonic())

    async def next(self, pieces: AsyncIterator[Piece], who: str) -> Piece:
        """The next piece, if it comes in time; its request ends otherwise."""
        left = self._timeouts.total - self.seconds
        patience = self._timeouts.first_token if self._waiting else self._timeouts.between_tokens
        with anyio.move_on_after(max(0.0, min(patience, left))):
            piece = await anext(pieces, None)
            if piece is None:
                raise ServerFailure(f"{who} ended its answer before it was done", again=True)
            self._waiting = False
            return piece
        if left <= patience:
            raise ServerFailure(f"{who} was not done after {self._timeouts.total:g} s", again=False)
        raise ServerFailure(f"{who} sent nothing for {patience:g} s", again=False)

    def pause_after(self, failure: ServerFailure) -> float | None:
        """Seconds until the next attempt, as the server asks or with jitter; None: there is none."""
        self.failed += failure.reached
        if not failure.again or self._attempts >= ATTEMPTS:
            return None
        pause = failure.retry_after
        if pause is None:
            pause = _FIRST_PAUSE * 2 ** (self._attempts - 1)
        pause += pause * random.random() / 2  # noqa: S311 - jitter
        return pause if pause <= min(LONGEST_PAUSE, self._timeouts.total - self.seconds) else None


class _Joint:
    """Puts pieces together where a server cuts a character in two; a half without its other half is replaced."""

    def __init__(self) -> None:
        self._held = ""

    def add(self, text: str, *, last: bool) -> str:
        """What can be passed on now."""
        text, self._held = self._held + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff" and not last:
            text, self._held = text[:-1], text[-1]
        return legible(text)


def _runaway(text: list[str], prompt: Prompt) -> Ending | None:
    """The end of an answer whose server does not keep to ``max_tokens``."""
    if len(text) <= 2 * prompt.max_tokens and sum(map(len, text)) <= _LONGEST_TOKEN * prompt.max_tokens:
        return None
    return Ending(prompt_tokens=None, completion_tokens=None, cut=True)
