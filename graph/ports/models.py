"""What is asked of the models: vectors of texts, and completions of prompts."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from graph.model import FloatArray
from graph.prompting import Completion, Prompt


class Embedder(Protocol):
    """Text to unit vectors."""

    @property
    def identity(self) -> str:
        """Name and fingerprint: two embedders with the same identity give the same vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> FloatArray:
        """float32 ``(len(texts), dimension)``, rows of unit length."""
        ...

    def embed_question(self, text: str) -> FloatArray:
        """float32 ``(dimension,)``, unit length. Does not wait behind long passage batches."""
        ...

    def reads(self, text: str) -> bool:
        """Whether vectors of this text mean anything: a model for English cannot tell Chinese texts apart."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStanding:
    """How a language model does. Speeds are in tokens a second, as its last calls show; None before the first.

    ``slots`` are the calls that its server says it takes at once; None where it does not say.
    """

    model: str
    context_tokens: int
    slots: int | None
    calls_at_once: int
    calls_in_line: int
    prompt_tokens_per_second: float | None
    output_tokens_per_second: float | None


class LanguageModel(Protocol):
    """A language model as Quipu calls it: budgeted before the call, checked after it, retried, bounded, counted."""

    @property
    def identity(self) -> str:
        """Provider, model and parameters that change answers, such as ``ollama/llama3.1:8b``: part of cache keys."""
        ...

    @property
    def context_tokens(self) -> int:
        """Tokens of prompt and answer together."""
        ...

    @property
    def sees(self) -> bool | None:
        """Whether it reads images; None before its server has been asked."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, never fewer than the model will count."""
        ...

    async def complete(self, prompt: Prompt) -> Completion:
        """The whole answer.

        Raises:
            DependencyError: the server cannot be reached, refuses, or is too slow, after retries.
            PromptTooLong: the prompt does not fit the context window, or the server cut it; ``context_tokens`` is
                what the server says by then.
            NoLongerWanted: the prompt was not wanted any more when its turn came.
        """
        ...

    def stream(self, prompt: Prompt) -> AsyncIterator[str | Completion]:
        """Pieces of the answer as they come, then the :class:`Completion`, once. Closing it ends the request."""
        ...
