"""Any LlamaIndex ``LLM`` as Quipu's ``LanguageModel``: budgeted, timed, retried, bounded, and checked afterwards."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import anyio
from llama_index.core.base.llms.types import ChatMessage, ImageBlock, MessageRole, TextBlock
from llama_index.core.llms import LLM
from typing_extensions import override

from graph.errors import ModelOutputError
from graph.language_models.chat_llm import ChatLLM, Ending, Piece
from graph.language_models.course import MOST_STRETCHED, Course, Timeouts
from graph.language_models.foreign import foreign_pieces
from graph.language_models.http_stream import ServerFailure
from graph.language_models.model_call import ModelCall
from graph.language_models.pace import Pace
from graph.language_models.parallelism import AdaptiveLimit, Turn
from graph.language_models.repetition import Circles
from graph.language_models.token_counting import TokenCounter, least
from graph.parsing import legible
from graph.ports.models import LanguageModel, ModelStanding
from graph.ports.quotas import TokenMeter, Unmetered
from graph.ports.spending import Cost
from graph.prompting import Completion, NoLongerWanted, Prompt, PromptTooLong, without_control_tokens

IMAGE_TOKENS = 3000
LEAST_ANSWER = 128
"""Tokens that must be left for an answer where the window has no room for as many as were asked for."""
_FIRST_LOOK_SECONDS, _LOOK_SECONDS = 0.02, 1.0
"""Between two looks for a free slot, at first and at last."""
_LONGEST_TOKEN = 24
"""Characters per token beyond which a server cannot have kept to ``max_tokens``."""


class GuardedModel(LanguageModel):
    """The LanguageModel port over a LlamaIndex ``LLM``. ``meter`` counts what every attempt spends."""

    def __init__(self, llm: LLM, *, identity: str, timeouts: Timeouts, meter: TokenMeter | None = None) -> None:
        self._llm = llm
        self._identity = identity
        self._timeouts = timeouts
        self._limit = AdaptiveLimit()
        self._pace = Pace()
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

    @property
    def standing(self) -> ModelStanding:
        """How fast the model is, and how many calls it is given at once."""
        speeds, limit = self._pace.speeds, self._limit
        return ModelStanding(
            model=self._identity, context_tokens=self.context_tokens, slots=limit.slots, calls_at_once=limit.limit,
            calls_in_line=limit.waiting, prompt_tokens_per_second=speeds.prompt,
            output_tokens_per_second=speeds.output,
        )  # fmt: skip

    async def probe(self, *, again: bool = False) -> None:
        """Ask the server about the model, once, or ``again``. Raises DependencyError."""
        if isinstance(self._llm, ChatLLM):
            await self._llm.probe(again=again)
            self._limit.told(self._llm.slots)

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
        course = Course(self._timeouts)
        with ModelCall(prompt, self._identity, self._meter) as call:
            while True:
                try:
                    async with (
                        self._limit.slot(urgent=not restartable) as turn,
                        aclosing(self._attempt(prompt, course, call, turn)) as pieces,  # type: ignore[type-var]
                    ):
                        async for piece in pieces:
                            yield piece
                    return
                except PromptTooLong as refusal:
                    if not await self._narrowed(refusal) or (course.passed_on and not restartable):
                        raise
                    continue
                except ServerFailure as failure:
                    self._learn_from(failure)
                    pause = course.pause_after(failure)
                    if pause is None or (course.passed_on and not restartable):
                        raise
                await anyio.sleep(pause)

    async def _attempt(
        self, prompt: Prompt, course: Course, call: ModelCall, turn: Turn
    ) -> AsyncIterator[str | Completion]:
        if not prompt.wanted():
            raise NoLongerWanted(f"nobody waits any more for an answer of {self._identity}")
        course.begin()
        await self.probe()
        prompt = await self._fitted(prompt, course)
        await self._await_slot()
        course.send(self._timeouts.stretched(self._pace.speeds, self._most(prompt), prompt.max_tokens))
        text: list[str] = []
        joint, circles = _Joint(), Circles(items=prompt.schema is not None)
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
                    ending = piece.ending or _going_round(circles, whole) or _runaway(text, prompt)
        except ServerFailure as failure:
            worked = bool(text) or (failure.reached and failure.status_code is None)
            # where more may run it may have stood in a line of the server's own; fewer are given from now on
            failure.again = failure.again or (failure.late and turn.allowed > 1)
            raise
        finally:  # paid for also where the client goes away, or waits no longer
            counts = self._counts(prompt, text, ending)
            if worked:
                call.spend(*counts)
            if text:
                self._pace.add((ending and ending.work) or course.work(*counts))
        self._check_after(prompt, ending)
        self._limit.succeeded(turn, course.sample(*counts), self._pace.speeds)
        said = circles.once() if ending.looped else "".join(text)
        completion = self._completion(said, ending, course, call.spent)
        call.done(completion)
        yield completion

    def _learn_from(self, failure: ServerFailure) -> None:
        """Fewer calls at once for a server that is busy or late; one that went away may come back as another."""
        if failure.busy or failure.late:
            self._limit.refused()
        if failure.status_code is None and isinstance(self._llm, ChatLLM):
            self._llm.doubt()

    async def _await_slot(self) -> None:
        """Wait while others keep all slots of the server busy, as far as it says so: that is a line, and no silence."""
        if not isinstance(self._llm, ChatLLM):
            return
        pause = _FIRST_LOOK_SECONDS  # the slot of the call before may not be free yet
        with anyio.move_on_after(MOST_STRETCHED * self._timeouts.first_token):
            while not await self._llm.has_room():
                await anyio.sleep(pause)
                pause = min(_LOOK_SECONDS, 2 * pause)

    async def _narrowed(self, refusal: PromptTooLong) -> bool:
        """Whether the window turns out smaller than it was taken for, now that the server is asked again."""
        before = self.context_tokens
        await self.probe(again=True)
        if isinstance(self._llm, ChatLLM) and refusal.window is not None:
            self._llm.narrow(refusal.window)
        return self.context_tokens < before

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

    async def _fitted(self, prompt: Prompt, course: Course) -> Prompt:
        """The prompt with no longer an answer than fits. Raises ModelOutputError."""
        if prompt.images and not self.sees:
            raise ModelOutputError(f"{self._identity} does not read pictures; if it does, set QUIPU_LLM_SEES=true")
        try:
            return self._cut_to_fit(prompt)
        except PromptTooLong:
            if course.window_asked or not isinstance(self._llm, ChatLLM):
                raise
            course.window_asked = True
            self._llm.doubt()
            await self.probe()
            return self._cut_to_fit(prompt)

    def _most(self, prompt: Prompt) -> int:
        """Tokens of a prompt, at most."""
        return self._tokens.most_of_prompt(prompt.system, prompt.user) + IMAGE_TOKENS * len(prompt.images)

    def _cut_to_fit(self, prompt: Prompt) -> Prompt:
        most = self._most(prompt)
        left = self.context_tokens - most
        if left < min(prompt.max_tokens, LEAST_ANSWER):
            raise PromptTooLong(
                f"the prompt may need {most} tokens and its answer {min(prompt.max_tokens, LEAST_ANSWER)} or more: more"
                f" than the {self.context_tokens} that {self._identity} takes; see QUIPU_LLM_CONTEXT_TOKENS"
            )
        return replace(prompt, max_tokens=min(prompt.max_tokens, left))

    def _check_after(self, prompt: Prompt, ending: Ending) -> None:
        """Against the server's own count: a prompt that was cut is an error, never an answer."""
        counted = ending.prompt_tokens
        if counted is None:
            return
        text = f"{prompt.system}\n{prompt.user}"
        full = counted >= self.context_tokens
        # a window of another size than ours, filled to the brim: windows are powers of two, prompts hardly ever
        brim = counted >= 512 and counted.bit_count() == 1 and counted < self._tokens.likely_least(text)
        if counted < least(text) or full or brim:
            raise PromptTooLong(
                f"{self._identity} read only {counted} tokens of the prompt: its context window is smaller than"
                f" {self.context_tokens}; set QUIPU_LLM_CONTEXT_TOKENS to what the server gives"
            )
        self._tokens.learn(text, counted)

    def _counts(self, prompt: Prompt, text: list[str], ending: Ending | None) -> tuple[int, int]:
        """Tokens of prompt and answer: the server's own count, or an estimate where there is none."""
        before = ending.prompt_tokens if ending else None
        after = ending.completion_tokens if ending else None
        return (
            self._tokens.likely(f"{prompt.system}\n{prompt.user}") if before is None else before,
            self._tokens.likely("".join(text)) if after is None else after,
        )

    def _completion(self, text: str, ending: Ending, course: Course, spent: Cost) -> Completion:
        return Completion(
            text=text,
            prompt_tokens=spent.prompt_tokens,
            completion_tokens=spent.completion_tokens,
            calls=course.failed + ending.requests,
            seconds=course.seconds,
            cut=ending.cut,
            looped=ending.looped,
            counted=None not in (ending.prompt_tokens, ending.completion_tokens),
        )


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


def _going_round(circles: Circles, piece: str) -> Ending | None:
    """The end of an answer that says nothing new any more."""
    if not circles.add(piece):
        return None
    return Ending(prompt_tokens=None, completion_tokens=None, cut=True, looped=True)


def _runaway(text: list[str], prompt: Prompt) -> Ending | None:
    """The end of an answer whose server does not keep to ``max_tokens``."""
    if len(text) <= 2 * prompt.max_tokens and sum(map(len, text)) <= _LONGEST_TOKEN * prompt.max_tokens:
        return None
    return Ending(prompt_tokens=None, completion_tokens=None, cut=True)
