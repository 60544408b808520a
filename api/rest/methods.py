"""HEAD, OPTIONS, and the ``Allow`` of what a path does not take. Pure ASGI."""

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Methods:
    """Answers HEAD as GET without its body, OPTIONS with the methods of a path, and names all of these in a 405."""

    def __init__(self, app: ASGIApp, *, application: FastAPI) -> None:
        self._app = app
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, by these methods."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        allowed = _allowed(self._application.routes, scope)
        if scope["method"] == "OPTIONS" and allowed:
            await Response(status_code=204, headers={"Allow": allowed})(scope, receive, send)
            return

        async def send_mended(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 405 and allowed:
                MutableHeaders(scope=message)["Allow"] = allowed
            if scope["method"] == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" and "GET" in allowed.split(", ") else scope
        await self._app(asked, receive, send_mended)


def _allowed(routes: Sequence[BaseRoute], scope: Scope) -> str:
    """The methods of the resource that a path names, as ``Allow`` lists them; empty where it names none."""
    for route in routes:
        if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE:
            same = [one for one in routes if isinstance(one, Route) and one.path == route.path]
            methods = {method for one in same for method in one.methods or ()}
            return ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))
    return ""
