"""Pages of other sites may not use a reader's browser against this service. Pure ASGI.

A browser says where a request comes from (``Origin``, ``Sec-Fetch-Site``), and a page cannot make it say otherwise.
What says neither is no browser: curl and client libraries pass.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from api.rest.problems import problem

_PORTS = {"http": 80, "https": 443}
_OWN_SITE = frozenset({b"same-origin", b"none"})
"""``none``: typed into the address bar, or a bookmark."""
_REFUSED = (403, "foreign-origin", "requests from pages of other origins are refused; QUIPU_CORS_ORIGINS may name some")


class Origins:
    """Refuses what pages of other origins send, whatever method and type of content they use.

    A link that a reader follows from another page is let through: it only shows.

    Args:
        allowed: origins that may, exactly as browsers write them.
    """

    def __init__(self, app: ASGIApp, *, allowed: Collection[str]) -> None:
        self._app = app
        self._allowed = frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on."""
        if scope["type"] == "http" and not self._welcome(scope):
            await problem(*_REFUSED)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _welcome(self, scope: Scope) -> bool:
        origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
        if origins and all(origin in self._allowed for origin in origins):
            return True
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        if not all(_same(origin, host) for origin in origins):
            return False
        sites = {value for name, value in scope["headers"] if name == b"sec-fetch-site"}
        return sites <= _OWN_SITE or _followed_link(scope)


def _same(origin: str, host: str) -> bool:
    """Whether an origin is the host that was asked for. The scheme may differ: a proxy may end TLS before us."""
    try:
        parts = urlsplit(origin)
        asked = urlsplit(f"{parts.scheme}://{host}")
        usual = _PORTS.get(parts.scheme)
        return usual is not None and (parts.hostname, parts.port or usual) == (asked.hostname, asked.port or usual)
    except ValueError:
        return False


def _followed_link(scope: Scope) -> bool:
    said = dict(scope["headers"])
    return (
        scope["method"] in {"GET", "HEAD"}
        and b"origin" not in said
        and said.get(b"sec-fetch-mode") == b"navigate"
        and said.get(b"sec-fetch-dest", b"document") == b"document"
    )
