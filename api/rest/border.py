"""The border of every request: its path, query and JSON body become text and values here, or are refused. ASGI.

Servers and frameworks read tolerantly: bytes that are no UTF-8 become question marks, an encoded slash becomes a plain
one, and JSON may hold ``NaN``, a field twice, or half a character. All of that is a problem document here, before any
route sees it.
"""

from email.message import Message as Header
from urllib.parse import quote, unquote_to_bytes

import anyio.to_thread
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.rest.problems import problem
from graph.errors import BrokenText, QuipuError
from graph.parsing import decoded, is_text, read_json

SLASH = "\x1f"
"""Stands in ``scope["path"]`` for a slash that the client encoded: part of an id, and no separator."""
SMALL = 64 * 1024
"""Bytes of JSON that are read at once; more is read in a thread, while others are answered."""
JSON_STATE = "json"
"""Where the body of a JSON request stands in ``scope["state"]``, read."""


class Border:
    """Refuses what is no text and no JSON; notes a JSON body, read, in ``scope["state"]``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, then pass on."""
        if scope["type"] == "http":
            try:
                scope["path"] = _path(scope)
                decoded("the query", unquote_to_bytes(scope["query_string"].replace(b"+", b" ")))
                receive = await _with_json(scope, receive)
            except QuipuError as error:
                await problem(error.status, error.code, str(error))(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _path(scope: Scope) -> str:
    """The path, decoded segment by segment."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    segments = [decoded("the path", unquote_to_bytes(segment)) for segment in raw.split(b"/")]
    if not all(map(is_text, segments)) or any("\n" in each or "\r" in each for each in segments):
        raise BrokenText("the path holds a control character")
    return "/".join(segment.replace("/", SLASH) for segment in segments)


async def _with_json(scope: Scope, receive: Receive) -> Receive:
    """Read a JSON body; what receives it again afterwards."""
    if not _is_json(scope):
        return receive
    body = await _body(receive)
    if body:
        scope.setdefault("state", {})[JSON_STATE] = await _read(body)
    return _again(body, receive)


async def _read(body: bytes) -> object:
    if len(body) <= SMALL:
        return read_json("the body", body)
    return await anyio.to_thread.run_sync(read_json, "the body", body)


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


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
    try:
        header["content-type"] = kind.decode("latin-1")
    except ValueError:
        return False
    subtype = header.get_content_subtype()
    return header.get_content_maintype() == "application" and (subtype == "json" or subtype.endswith("+json"))
