"""The OpenAI protocol, ``/v1/chat/completions``, as vLLM, llama.cpp, LM Studio and hosted endpoints speak it.

Servers know different parts of it. What a server refuses is left out, step by step, and left out from then on:
a parameter that its refusal names, bounds of lengths in the JSON schema, then that (in two forms), then JSON mode.
Whoever asks for a schema must therefore also describe the form in the prompt, and check what comes.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from llama_index.core.base.llms.types import ChatMessage
from pydantic import PrivateAttr
from typing_extensions import override

from graph.errors import ModelOutputError
from graph.language_models.chat_llm import ChatLLM, Ending, Piece, ServerFacts, check_length, images_of
from graph.language_models.http_stream import ServerFailure, as_object, ask_json, post_lines
from graph.language_models.pace import Work

DEFAULT_URL = "http://127.0.0.1:8080/v1"
_REFUSED = frozenset({400, 422, 501})
_FORMATS = ("json_schema", "json_object with schema", "json_object", "none")
"""The second is llama.cpp's."""
_SPARE = ("temperature", "seed", "stream_options")
_BOUNDS = re.compile(r"maxItems|maxLength|grammar")
"""How servers name what they refuse in a schema for its bounds; llama.cpp says that a grammar cannot be parsed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a server takes: which JSON format, which parameters not, and how it calls the bound of the answer.

    ``bounded``: a schema may bound lengths.
    """

    format: str = _FORMATS[0]
    without: frozenset[str] = field(default_factory=frozenset)
    bound: str = "max_tokens"
    bounded: bool = True

    def fewer(self, refusal: str, body: Mapping[str, Any]) -> "Dialect | None":
        """What to try after a refusal; None where nothing can be left out."""
        if "max_completion_tokens" in refusal and self.bound == "max_tokens":
            return replace(self, bound="max_completion_tokens")
        named = [name for name in _SPARE if name in body and name in refusal]
        if named:
            return replace(self, without=self.without | {named[0]})
        if "response_format" in body and self.bounded and _BOUNDS.search(refusal):
            return replace(self, bounded=False)
        if "response_format" in body:
            return replace(self, format=_FORMATS[_FORMATS.index(self.format) + 1])
        if "stream_options" in body:
            return replace(self, without=self.without | {"stream_options"})
        return None


class OpenAICompatibleLLM(ChatLLM):
    """A model behind an OpenAI-compatible server, as a LlamaIndex ``LLM``."""

    _dialect: Dialect = PrivateAttr(default_factory=Dialect)

    @override
    async def pieces(
        self, messages: Sequence[ChatMessage], *, schema: Mapping[str, object] | None, max_tokens: int
    ) -> AsyncIterator[Piece]:
        dialect, requests = self._dialect, 0
        sent = [_message(message) for message in messages]
        while True:
            body = self._body(sent, schema, max_tokens, dialect)
            requests += 1
            try:
                async with aclosing(self._read(body, requests)) as pieces:  # type: ignore[type-var]
                    async for piece in pieces:
                        self._dialect = dialect
                        yield piece
                return
            except ServerFailure as failure:
                fewer = self._conceded(failure, body, dialect)
                if fewer is None:
                    raise
                dialect = fewer

    @override
    async def ask_facts(self) -> ServerFacts:
        """Asks ``/v1/models`` of vLLM and others, ``/props`` of llama.cpp."""
        listed = await self._look_up(f"{self.url}/models")
        models = listed.get("data") if isinstance(listed, dict) else None
        mine = [one for one in models or () if isinstance(one, dict) and one.get("id") == self.model]
        tokens = _number(mine[0], "max_model_len", "context_length", "context_window") if mine else None
        props = await self._look_up(f"{self.url.removesuffix('/v1')}/props")
        if not isinstance(props, dict):
            return ServerFacts(context_tokens=tokens)
        generation, modalities = props.get("default_generation_settings"), props.get("modalities")
        slots = _number(props, "total_slots")
        return ServerFacts(
            context_tokens=tokens or _number(generation if isinstance(generation, dict) else {}, "n_ctx"),
            sees=bool(modalities.get("vision")) if isinstance(modalities, dict) else None,
            slots=slots if slots and slots > 0 else None,
        )

    @override
    async def has_room(self) -> bool:
        """Asks ``/slots`` of llama.cpp."""
        if self.slots is None:
            return True
        try:
            found = await self._look_up(f"{self.url.removesuffix('/v1')}/slots")
        except ServerFailure:
            return True  # whoever asks for an answer will learn what is wrong
        slots = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        return not slots or not all(one.get("is_processing") is True for one in slots)

    async def _look_up(self, url: str) -> Any:
        """What stands there; None where the server refuses to say: it may answer all the same.

        One that is busy, as llama.cpp is while it loads its model, will say later.
        """
        try:
            return await ask_json("GET", url, None, self.key)
        except ServerFailure as failure:
            if failure.status_code is None or failure.busy:
                raise
            return None

    def _body(
        self, sent: list[dict[str, Any]], schema: Mapping[str, object] | None, max_tokens: int, dialect: Dialect
    ) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.model, "messages": sent, "stream": True, "stream_options": {"include_usage": True},
            "temperature": 0, "seed": 0, dialect.bound: max_tokens,
        }  # fmt: skip
        schema = schema if dialect.bounded else _unbounded(schema)
        if schema is not None and dialect.format == "json_schema":
            named = {"name": "answer", "schema": schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        elif schema is not None and dialect.format == "json_object with schema":
            body["response_format"] = {"type": "json_object", "schema": schema}
        elif schema is not None and dialect.format == "json_object":
            body["response_format"] = {"type": "json_object"}
        return {name: value for name, value in body.items() if name not in dialect.without}

    def _conceded(self, failure: ServerFailure, body: Mapping[str, Any], dialect: Dialect) -> Dialect | None:
        # llama.cpp's Python server answers 500 to what it does not know, and names it
        named = any(name in body and name in str(failure) for name in (*_SPARE, "response_format"))
        if failure.status_code not in _REFUSED and not (failure.status_code == 500 and named):
            return None
        check_length(failure)
        return dialect.fewer(str(failure), body)

    async def _read(self, body: Mapping[str, Any], requests: int) -> AsyncIterator[Piece]:
        url = f"{self.url}/chat/completions"
        reason, usage, work = None, dict[str, Any](), None
        async with aclosing(post_lines(url, body, self.key)) as lines:  # type: ignore[type-var]
            async for line in lines:
                if line == "data: [DONE]":
                    break
                if not line.startswith("data:"):
                    if line[0] in ":e":  # a comment that keeps the connection alive, or the name of an event
                        continue
                    raise ModelOutputError(f"{url} does not speak the protocol expected: {line[:80]!r}")
                found = as_object(line[5:], url)
                _raise_failure(found, url)
                usage = given if isinstance(given := found.get("usage"), dict) else usage
                text, ended = _delta(found, url)
                reason, work = ended or reason, _work(found.get("timings")) or work
                if text is not None:
                    yield Piece(text=text)
        if reason is None:
            raise ServerFailure(f"{url} ended its answer before it was done", again=True)
        yield Piece(
            ending=Ending(
                prompt_tokens=_number(usage, "prompt_tokens"), completion_tokens=_number(usage, "completion_tokens"),
                cut=reason == "length", requests=requests, work=work,
            )
        )  # fmt: skip


def _unbounded(schema: Any) -> Any:
    """A JSON schema without bounds of lengths."""
    if isinstance(schema, Mapping):
        return {name: _unbounded(one) for name, one in schema.items() if not _BOUNDS.fullmatch(name)}
    return schema


def _message(message: ChatMessage) -> dict[str, Any]:
    pictures = images_of(message)
    if not pictures:
        return {"role": message.role.value, "content": message.content or ""}
    parts: list[dict[str, Any]] = [{"type": "text", "text": message.content or ""}]
    parts += [{"type": "image_url", "image_url": {"url": image.inline_url()}} for image in pictures]
    return {"role": message.role.value, "content": parts}


def _raise_failure(found: Mapping[str, Any], url: str) -> None:
    if found.get("error"):
        failure = ServerFailure(f"{url} failed: {str(found['error'])[:300]}", again=True)
        check_length(failure)
        raise failure
    if found.get("truncated") is True:
        raise ModelOutputError(f"{url} cut the prompt")


def _delta(found: Mapping[str, Any], url: str) -> tuple[str | None, str | None]:
    """Text (empty while the model thinks) and the reason it ended; None for what a line does not carry."""
    choices = found.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return None, None
    delta = choices[0].get("delta") or {}
    if not isinstance(delta, dict):
        raise ModelOutputError(f"{url} sent a message that is no object")
    text = delta.get("content")
    if text is None and (delta.get("reasoning_content") or delta.get("reasoning")):
        text = ""
    if text is not None and not isinstance(text, str):
        raise ModelOutputError(f"{url} sent a message whose content is no text")
    return text, choices[0].get("finish_reason")


def _work(timings: object) -> Work | None:
    """What llama.cpp says it did: tokens that it had to read (its cache held the others) and wrote, milliseconds."""
    if not isinstance(timings, dict):
        return None
    tokens = [_number(timings, name) for name in ("prompt_n", "predicted_n")]
    reading, writing = (timings.get(name) for name in ("prompt_ms", "predicted_ms"))
    if None in tokens or not isinstance(reading, int | float) or not isinstance(writing, int | float):
        return None
    prompt, output = (number or 0 for number in tokens)
    return Work(
        prompt_tokens=prompt, prompt_seconds=reading / 1000, output_tokens=output, output_seconds=writing / 1000
    )


def _number(found: Mapping[str, Any], *names: str) -> int | None:
    return next((found[name] for name in names if isinstance(found.get(name), int)), None)
