"""The address of every request as text: a path and a query that are no UTF-8 are refused, not guessed at. Pure ASGI.

Servers decode tolerantly: bytes that are no UTF-8 become question marks, and an encoded slash becomes a plain one.
"""

from urllib.parse import quote, unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from api.rest.problems import quipu_problem
from graph.errors import BrokenText, QuipuError
from graph.parsing import decoded, is_text

SLASH = "\x1f"
"""Stands in ``scope["path"]`` for a slash that the client encoded: part of an id, and no separator."""


def as_given(part: str) -> str:
    """A part of a path as the client means it, with the slashes that it encoded."""
    return part.replace(SLASH, "/")


class Addresses:
    """Decodes the path segment by segment, before anybody looks a route up by it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, then pass on."""
        if scope["type"] == "http":
            try:
                scope["path"] = _path(scope)
                decoded("the query", unquote_to_bytes(scope["query_string"].replace(b"+", b" ")))
            except QuipuError as error:
                await quipu_problem(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _path(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    segments = [decoded("the path", unquote_to_bytes(segment)) for segment in raw.split(b"/")]
    if not all(map(is_text, segments)) or any("\n" in each or "\r" in each for each in segments):
        raise BrokenText("the path holds a control character")
    return "/".join(segment.replace("/", SLASH) for segment in segments)
