"""Problems as clients of other protocols read them: with the member ``error`` that they show. Pure ASGI."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import JsonValue
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.rest.problems import MEDIA_TYPE

Form = Callable[[Mapping[str, Any]], JsonValue]


class ProtocolErrors:
    """Adds ``error`` to the problem documents of OpenAI's and Ollama's addresses, whoever refused the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; a problem waits for its body, which comes in one piece."""
        form = _form(str(scope["path"])) if scope["type"] == "http" else None
        if form is None:
            await self._app(scope, receive, send)
            return
        waiting: list[Message] = []

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_problem(message):
                waiting.append(message)
                return
            if waiting and message.get("body"):
                message = {**message, "body": _with_error(message["body"], form)}
                MutableHeaders(scope=waiting[0])["Content-Length"] = str(len(message["body"]))
            for head in waiting:
                await send(head)
            waiting.clear()
            await send(message)

        await self._app(scope, receive, answer)


def _form(path: str) -> Form | None:
    """How the protocol of an address tells an error; None where it is ours."""
    if path.startswith("/api/"):
        return lambda problem: problem["detail"]
    if path == "/v1/chat/completions" or path.startswith("/v1/models"):
        return lambda problem: {
            "message": problem["detail"], "type": problem["code"], "code": problem["code"], "param": None
        }  # fmt: skip
    return None


def _is_problem(head: Message) -> bool:
    return MutableHeaders(scope=head).get("content-type", "").startswith(MEDIA_TYPE)


def _with_error(body: bytes, form: Form) -> bytes:
    problem = json.loads(body)
    return json.dumps({**problem, "error": form(problem)}, ensure_ascii=False).encode("utf-8", "backslashreplace")
