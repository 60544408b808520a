"""JSON bodies as RFC 8259 has them, before any route sees one: frameworks also take ``NaN``, a field twice, and half of
a character. Pure ASGI.
"""

from email.message import Message as Header

import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.rest.problems import problem, quipu_problem
from graph.errors import QuipuError
from graph.parsing import read_json

SMALL = 64 * 1024
"""Bytes of JSON that are read at once; more is read in a thread, while others are answered."""
_STATE = "json"
"""Where the body of a JSON request stands in ``scope["state"]``, read."""


class JsonBodies:
    """Reads a JSON body, notes it in ``scope["state"]``, and gives it on as it came; what is no JSON is refused."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, then pass on."""
        if scope["type"] != "http" or not _is_json(scope):
            await self._app(scope, receive, send)
            return
        try:
            body = await _body(receive)
            if body is None:  # the client went away: the route learns of it, and is counted with that
                await self._app(scope, _gone, send)
                return
            if body:
                scope.setdefault("state", {})[_STATE] = await _read(body)
        except QuipuError as error:
            answer = problem(400, "malformed-json", str(error)) if error.status == 400 else quipu_problem(error)
            await answer(scope, receive, send)
        except HTTPException as error:  # longer than was announced
            await problem(error.status_code, "document-too-large", str(error.detail))(scope, receive, send)
        else:
            await self._app(scope, _again(body, receive), send)


def json_body(request: Request) -> object:
    """The body of a JSON request, read; None where there is none, and for whoever asks a second time."""
    return request.scope["state"].pop(_STATE, None)


async def _read(body: bytes) -> object:
    if len(body) <= SMALL:
        return read_json("the body", body)
    return await anyio.to_thread.run_sync(read_json, "the body", body)


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where the client goes away before its end."""
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


async def _gone() -> Message:
    return {"type": "http.disconnect"}


def _again(body: bytes, receive: Receive) -> Receive:
    left = [body]

    async def replay() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return replay


def _is_json(scope: Scope) -> bool:
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    header = Header()
    header["content-type"] = "".join(kind.decode("latin-1").splitlines())
    subtype = header.get_content_subtype()
    return header.get_content_maintype() == "application" and (subtype == "json" or subtype.endswith("+json"))
