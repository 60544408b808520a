"""Headers that keep a browser from making more of an answer than it is."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_FRAMES = "frame-ancestors 'none'"
_KEPT_BY_BROWSERS = "/docs/assets/"
"""Files of an installed package: the same for everybody."""


class ResponseHeaders:
    """Adds each header that an answer does not set itself; a policy of its own keeps foreign frames out, too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers on the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        kept = str(scope["path"]).startswith(_KEPT_BY_BROWSERS)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    if not (kept and name == "Cache-Control"):
                        headers.setdefault(name, value)
                policy = headers["Content-Security-Policy"]
                if "frame-ancestors" not in policy:
                    headers["Content-Security-Policy"] = f"{policy}; {_FRAMES}"
            await send(message)

        await self._app(scope, receive, answer)
