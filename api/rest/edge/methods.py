"""HEAD, OPTIONS, and the ``Allow`` of what a path does not take. Pure ASGI."""

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Methods:
    """Answers HEAD as GET without its body, OPTIONS with the methods of a path, and names all of these in a 405.

    Made with the first request, when ``application`` has all its routes.
    """

    def __init__(self, app: ASGIApp, *, application: FastAPI) -> None:
        self._app = app
        self._places = [
            (compile_path(route.path)[0], frozenset(route.methods))
            for route in iter_route_contexts(application.routes)
            if route.path is not None and route.methods
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, by these methods."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"]
        allowed = self._allowed(scope["path"]) if method in {"HEAD", "OPTIONS"} else ""
        if method == "OPTIONS" and allowed:
            await Response(status_code=204, headers={"Allow": allowed})(scope, receive, send)
            return

        async def send_mended(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 405:
                MutableHeaders(scope=message)["Allow"] = self._allowed(scope["path"])
            if method == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        asked = {**scope, "method": "GET"} if method == "HEAD" and "GET" in allowed else scope
        try:
            await self._app(asked, receive, send_mended)
        finally:  # whoever watches from outside learns of the route by the scope that it passed on itself
            scope.update({name: asked[name] for name in ("route", "path_params") if name in asked})

    def _allowed(self, path: str) -> str:
        """The methods that a path takes, as ``Allow`` lists them; empty where there is nothing."""
        methods = {method for place, methods in self._places if place.match(path) for method in methods}
        if not methods:
            return ""
        return ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))
