"""Ollama's own protocol, ``/api/chat``: the only one of its two that can set the context window.

``truncate`` and ``shift`` are refused, so that a newer server fails where an older one would cut the prompt.
"""

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from llama_index.core.base.llms.types import ChatMessage
from typing_extensions import override

from graph.errors import ModelOutputError
from graph.language_models.chat_llm import ChatLLM, Ending, Piece, ServerFacts, check_length, images_of
from graph.language_models.http_stream import ServerFailure, as_object, ask_json, post_lines
from graph.language_models.pace import Work

DEFAULT_URL = "http://127.0.0.1:11434"
KEEP_ALIVE = "30m"
USUAL_CONTEXT = 8192
"""Used where the settings name none: the window of 131,072 that many models offer costs many GiB of memory."""


class OllamaLLM(ChatLLM):
    """A model served by Ollama, as a LlamaIndex ``LLM``."""

    @override
    async def pieces(
        self, messages: Sequence[ChatMessage], *, schema: Mapping[str, object] | None, max_tokens: int
    ) -> AsyncIterator[Piece]:
        body: dict[str, Any] = {
            "model": self.model, "messages": [_message(message) for message in messages], "stream": True,
            "think": False, "truncate": False, "shift": False, "keep_alive": KEEP_ALIVE,
            "options": {"num_ctx": self.window, "num_predict": max_tokens, "temperature": 0, "seed": 0},
        }  # fmt: skip
        if schema is not None:
            body["format"] = schema
        url = f"{self.url}/api/chat"
        try:
            async with aclosing(post_lines(url, body, self.key)) as lines:  # type: ignore[type-var]
                async for line in lines:
                    found = as_object(line, url)
                    if "error" in found:
                        raise ServerFailure(f"{url} failed: {str(found['error'])[:300]}", again=True)
                    yield _piece(found)
                    if found.get("done"):
                        return
        except ServerFailure as failure:
            check_length(failure)
            raise
        raise ServerFailure(f"{url} ended its answer before it was done", again=True)

    @override
    async def ask_facts(self) -> ServerFacts:
        found = await ask_json("POST", f"{self.url}/api/show", {"model": self.model}, self.key)
        if not isinstance(found, dict):
            raise ServerFailure(
                f"{self.url} does not have the model {self.model!r}; run: ollama pull {self.model}", again=False
            )
        about = found.get("model_info")
        facts = about.items() if isinstance(about, dict) else ()
        lengths = [value for name, value in facts if name.endswith(".context_length")]
        longest = lengths[0] if lengths and isinstance(lengths[0], int) else USUAL_CONTEXT
        able = found.get("capabilities")
        return ServerFacts(context_tokens=min(longest, USUAL_CONTEXT), sees=isinstance(able, list) and "vision" in able)


def _message(message: ChatMessage) -> dict[str, Any]:
    sent: dict[str, Any] = {"role": message.role.value, "content": message.content or ""}
    pictures = [base64.b64encode(image.resolve_image().read()).decode() for image in images_of(message)]
    return {**sent, "images": pictures} if pictures else sent


def _piece(found: dict[str, Any]) -> Piece:
    message = found.get("message") or {}
    text = message.get("content") if isinstance(message, dict) else None
    if text is not None and not isinstance(text, str):
        raise ModelOutputError("Ollama sent a message whose content is no text")
    if not found.get("done"):
        return Piece(text=text or "")
    counts = [found.get(name) for name in ("prompt_eval_count", "eval_count")]
    prompt_tokens, completion_tokens = (count if isinstance(count, int) else None for count in counts)
    ending = Ending(
        prompt_tokens=prompt_tokens, completion_tokens=completion_tokens, cut=found.get("done_reason") == "length",
        work=_work(found, prompt_tokens, completion_tokens),
    )  # fmt: skip
    return Piece(text=text or "", ending=ending)


def _work(found: dict[str, Any], prompt_tokens: int | None, completion_tokens: int | None) -> Work | None:
    """What Ollama says it did; its durations are nanoseconds."""
    reading, writing = (found.get(name) for name in ("prompt_eval_duration", "eval_duration"))
    if prompt_tokens is None or completion_tokens is None:
        return None
    if not isinstance(reading, int) or not isinstance(writing, int):
        return None
    return Work(
        prompt_tokens=prompt_tokens, prompt_seconds=reading / 1e9, output_tokens=completion_tokens,
        output_seconds=writing / 1e9,
    )  # fmt: skip
