"""What is checked before a body is read: the host that was asked for, and the size. Pure ASGI."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.admission.access import Access
from api.rest.problems import problem
from api.settings import is_loopback


class Guard:
    """Refuses requests for foreign hosts, or with too large a body.

    Args:
        access: tells whether keys are needed: where they are not, the host must be one of loopback.
        max_bytes: largest body.
    """

    def __init__(self, app: ASGIApp, *, access: Access, max_bytes: int) -> None:
        self._app = app
        self._access = access
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in _headers(scope)}
        refusal = self._refusal(headers)
        if refusal is not None:
            await problem(*refusal)(scope, receive, send)
            return
        limited = _LimitedBody(receive, send, self._max_bytes)
        try:
            await self._app(scope, limited.receive, limited.send)
        except _TooLarge:
            if limited.answered:
                raise
            await problem(*_too_large(self._max_bytes))(scope, receive, send)

    def _refusal(self, headers: dict[bytes, str]) -> tuple[int, str, str] | None:
        host = headers.get(b"host", "")
        if not self._access.needs_key and not is_loopback(_without_port(host)):
            # a page elsewhere may rebind its own name to 127.0.0.1; its requests name that host
            return 403, "foreign-host", f"this service answers to loopback names only, not to {host!r}"
        length = headers.get(b"content-length", "0")
        if not length.isdigit():
            return 400, "invalid-input", "Content-Length is no number"
        if int(length) > self._max_bytes:
            return _too_large(self._max_bytes)
        return None


class _TooLarge(Exception):
    """The body went over the limit while it was read."""


class _LimitedBody:
    """Counts a body as it comes in, for senders that do not announce its length."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive = receive
        self._send = send
        self._left = limit
        self.answered = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise _TooLarge
        return message

    async def send(self, message: Message) -> None:
        self.answered = True
        await self._send(message)


def _headers(scope: Scope) -> Iterable[tuple[bytes, bytes]]:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return headers


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[: host.find("]") + 1]
    return host.rsplit(":", 1)[0] if ":" in host else host


def _too_large(limit: int) -> tuple[int, str, str]:
    return 413, "document-too-large", f"the request is larger than {limit} bytes"
