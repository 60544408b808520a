"""Any other LlamaIndex ``LLM``: called with messages alone, since each names its options differently."""

from collections.abc import AsyncIterator, Mapping, Sequence
from importlib import import_module

from llama_index.core.base.llms.types import ChatMessage, ChatResponse
from llama_index.core.llms import LLM

from graph.errors import ConfigurationError, QuipuError
from graph.language_models.chat_llm import Ending, Piece
from graph.language_models.http_stream import ServerFailure
from graph.ports.spending import Cost, pay


def load_llm(path: str) -> LLM:
    """The LLM that the factory at ``package.module:factory`` makes. Raises ConfigurationError."""
    module, _, name = path.partition(":")
    try:
        made = getattr(import_module(module), name)()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise ConfigurationError(f"llamaindex:{path} cannot be used: {error}") from error
    if not isinstance(made, LLM):
        raise ConfigurationError(f"llamaindex:{path} gives a {type(made).__name__}, not a LlamaIndex LLM")
    return made


async def foreign_pieces(llm: LLM, messages: Sequence[ChatMessage]) -> AsyncIterator[Piece]:
    """Its answer as it comes; whatever it raises is a failure of the model."""
    response: ChatResponse | None = None
    cut = False
    try:
        async for response in await llm.astream_chat(messages):
            cut = cut or _was_cut(response.raw)
            yield Piece(text=response.delta or "")
    except QuipuError:
        raise
    except Exception as error:  # each library has exceptions of its own
        raise ServerFailure(f"{type(llm).__name__} failed: {type(error).__name__}: {error}", again=True) from error
    finally:
        pay(Cost(calls=1))
    if response is None:
        raise ServerFailure(f"{type(llm).__name__} gave no answer", again=True)
    counts = response.additional_kwargs
    yield Piece(
        ending=Ending(
            prompt_tokens=counts.get("prompt_tokens"), completion_tokens=counts.get("completion_tokens"),
            cut=cut,
        )
    )  # fmt: skip


def _was_cut(raw: object) -> bool:
    """Whether the library hands on that its server cut the answer, in the words of OpenAI's or Ollama's protocol."""
    found: Mapping[str, object] = raw if isinstance(raw, Mapping) else getattr(raw, "__dict__", {})
    choices = found.get("choices")
    if isinstance(choices, Sequence) and choices:
        return _was_cut(choices[0])
    return "length" in (found.get("finish_reason"), found.get("done_reason"))
