"""A path that a proxy puts before ours: requests come with it or without it, addresses leave with it. Pure ASGI."""

from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from starlette.datastructures import MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Prefix:
    """Takes the prefix off before anybody looks at the path, and puts it before every ``Location``.

    A proxy may strip it or keep it, and who asks this machine directly sends none: all mean the same. Pages and the
    OpenAPI document need nothing of this: their addresses are relative.

    Args:
        prefix: begins with a slash and ends with none; empty where nothing stands before our paths.
    """

    def __init__(self, app: ASGIApp, *, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take off, pass on, put before."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
        if self._prefix and raw == self._prefix.encode():  # relative addresses of a page would lead beside it
            await RedirectResponse(f"{self._prefix}/")(scope, receive, send)
            return
        if self._prefix and raw.startswith(f"{self._prefix}/".encode()):
            length = len(self._prefix)  # it has plain characters alone, and a client has encoded none of them
            scope = {**scope, "path": scope["path"][length:], "raw_path": raw[length:]}
        host, asked = dict(scope["headers"]).get(b"host", b"").decode("latin-1"), str(scope["path"])

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "location" in headers:
                    headers["location"] = self._led(headers["location"], asked, host)
            await send(message)

        await self._app(scope, receive, answer)

    def _led(self, location: str, asked: str, host: str) -> str:
        """A place of ours as clients reach it. Scheme and host are theirs to know: a proxy may have changed both."""
        parts = urlsplit(location)
        if parts.netloc not in {"", host}:
            return location
        path = self._prefix + urljoin(asked, parts.path) if self._prefix else parts.path
        return urlunsplit(("", "", path, parts.query, parts.fragment))
