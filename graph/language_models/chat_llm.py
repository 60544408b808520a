"""What our LlamaIndex ``LLM`` adapters share: every method of that interface over one stream of pieces.

LlamaIndex's ``CustomLLM`` runs its async methods on the synchronous ones, which blocks; here it is the other way
round.
"""

import re
import time
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from anyio.from_thread import start_blocking_portal
from llama_index.core.async_utils import asyncio_run
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseAsyncGen,
    CompletionResponseGen,
    ImageBlock,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.llms import CustomLLM
from pydantic import PrivateAttr, SecretStr

from graph.language_models.http_stream import ServerFailure
from graph.language_models.pace import Work
from graph.prompting import PromptTooLong

_TOO_LONG = re.compile(r"context (?:length|size|window)|maximum context|prompt is too long|too many tokens", re.I)
_NAMED_WINDOW = re.compile(r"context (?:length|size|window)\D{0,24}(\d{3,8})\b", re.I)
FACTS_SECONDS = 600.0
"""After so long a server is asked anew about its model: it may have been started with another window."""
DEFAULT_OUTPUT = 1024
UNKNOWN_CONTEXT = 4096
"""Where neither the settings nor the server say: what small servers give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an answer ended: of itself, ``cut`` at its bound, or ended here because it ``looped``, which is cut as well.

    Tokens are the server's counts, None where it gave none; ``requests`` made for it. ``work`` is what the server says
    that it did, and how fast; None where it does not.
    """

    prompt_tokens: int | None
    completion_tokens: int | None
    cut: bool
    requests: int = 1
    looped: bool = False
    work: Work | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of an answer; its text may be empty (the model thinks). The last one has the ending."""

    text: str = ""
    ending: Ending | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What a server says about its model; None for what it does not say."""

    context_tokens: int | None = None
    sees: bool | None = None
    slots: int | None = None


class ChatLLM(CustomLLM):  # type: ignore[misc,unused-ignore]
    """A chat model behind a URL. ``context_tokens`` and ``sees`` override what the server says."""

    model: str
    url: str
    api_key: SecretStr | None = None
    context_tokens: int | None = None
    sees: bool | None = None
    _facts: ServerFacts | None = PrivateAttr(default=None)
    _doubted: bool = PrivateAttr(default=False)
    _narrowed: int | None = PrivateAttr(default=None)
    _asked_at: float = PrivateAttr(default=0.0)

    @abstractmethod
    def pieces(
        self, messages: Sequence[ChatMessage], *, schema: Mapping[str, object] | None, max_tokens: int
    ) -> AsyncIterator[Piece]:
        """The answer as it comes; closing the iterator ends the request at the server."""

    @abstractmethod
    async def ask_facts(self) -> ServerFacts:
        """What the server says about the model. Raises DependencyError."""

    async def probe(self, *, again: bool = False) -> None:
        """Learn about the model, once in ``FACTS_SECONDS``, or ``again``. Raises DependencyError."""
        doubted = self._doubted or time.monotonic() - self._asked_at > FACTS_SECONDS
        if self._facts is None or doubted or again:
            self._facts = await self.ask_facts()
            self._asked_at = time.monotonic()
            if doubted:
                self._doubted, self._narrowed = False, None

    def doubt(self) -> None:
        """The server may be another by now: what it said and refused counts until it is asked with the next call."""
        self._doubted = True

    def narrow(self, window: int) -> None:
        """The server refused a prompt and said that it takes no more than so many tokens."""
        self._narrowed = window

    async def has_room(self) -> bool:
        """Whether a call would be begun at once, as far as the server says."""
        return True

    @property
    def slots(self) -> int | None:
        """How many calls the server works on at the same time; None where it does not say."""
        return self._facts.slots if self._facts else None

    @property
    def can_see(self) -> bool | None:
        """Whether it reads images; None before the server has been asked."""
        if self.sees is not None:
            return self.sees
        return None if self._facts is None else bool(self._facts.sees)

    @property
    def window(self) -> int:
        """Tokens of prompt and answer together, as far as is known."""
        told = self.context_tokens or (self._facts and self._facts.context_tokens) or UNKNOWN_CONTEXT
        return min(told, self._narrowed or told)

    @property
    def key(self) -> str | None:
        """The key as it is sent."""
        return self.api_key.get_secret_value() if self.api_key else None

    @property
    def metadata(self) -> LLMMetadata:
        """For LlamaIndex."""
        return LLMMetadata(
            context_window=self.window, num_output=DEFAULT_OUTPUT, is_chat_model=True, model_name=self.model
        )

    async def astream_chat(
        self, messages: Sequence[ChatMessage], *, schema: Mapping[str, object] | None = None,
        max_tokens: int = DEFAULT_OUTPUT, **_: Any,
    ) -> ChatResponseAsyncGen:  # fmt: skip
        """Responses as they come; ``raw`` of the last one is an :class:`Ending`."""

        async def responses() -> ChatResponseAsyncGen:
            text = ""
            async with aclosing(self.pieces(messages, schema=schema, max_tokens=max_tokens)) as pieces:  # type: ignore[type-var]
                async for piece in pieces:
                    text += piece.text
                    message = ChatMessage(role=MessageRole.ASSISTANT, content=text)
                    yield ChatResponse(message=message, delta=piece.text, raw=piece.ending)

        return responses()

    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """The whole answer."""
        async for response in await self.astream_chat(messages, **kwargs):
            last = response
        return last

    async def acomplete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:  # noqa: ARG002
        """The whole answer to one user message."""
        return _completion(await self.achat([ChatMessage(content=prompt)], **kwargs))

    async def astream_complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: ARG002
        **kwargs: Any,
    ) -> CompletionResponseAsyncGen:
        """The answer to one user message as it comes."""
        responses = await self.astream_chat([ChatMessage(content=prompt)], **kwargs)

        async def completions() -> CompletionResponseAsyncGen:
            async with aclosing(responses):
                async for response in responses:
                    yield _completion(response)

        return completions()

    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """The whole answer, for synchronous callers."""
        response: ChatResponse = asyncio_run(self.achat(messages, **kwargs))
        return response

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:  # noqa: ARG002
        """The whole answer to one user message, for synchronous callers."""
        return _completion(self.chat([ChatMessage(content=prompt)], **kwargs))

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """The answer as it comes, for synchronous callers."""
        yield from _in_step(self.astream_chat, messages, **kwargs)

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:  # noqa: ARG002
        """The answer to one user message as it comes, for synchronous callers."""
        for response in self.stream_chat([ChatMessage(content=prompt)], **kwargs):
            yield _completion(response)


def check_length(refusal: ServerFailure) -> None:
    """Raises PromptTooLong where a server refused a prompt for its length, with the window that it named, if any."""
    said = str(refusal)
    if _TOO_LONG.search(said):
        named = _NAMED_WINDOW.search(said)
        raise PromptTooLong(
            f"the prompt does not fit: {said}", window=int(named.group(1)) if named else None
        ) from refusal


def images_of(message: ChatMessage) -> list[ImageBlock]:
    """The pictures in a message."""
    return [block for block in message.blocks if isinstance(block, ImageBlock)]


def _completion(response: ChatResponse) -> CompletionResponse:
    return CompletionResponse(text=response.message.content or "", delta=response.delta, raw=response.raw)


def _in_step(astream: Any, *arguments: Any, **more: Any) -> Iterator[ChatResponse]:
    """An async stream in an event loop of its own, one piece whenever one is asked for."""
    with start_blocking_portal() as portal:
        responses = portal.call(lambda: astream(*arguments, **more))
        try:
            while True:
                try:
                    yield portal.call(responses.__anext__)
                except StopAsyncIteration:
                    return
        finally:
            portal.call(responses.aclose)
