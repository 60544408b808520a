"""What is checked before a body is read: the host that was asked for, and the size. Pure ASGI."""

import re
from collections.abc import Iterable

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.admission.access import Access
from api.rest.problems import problem
from api.settings import is_loopback

DOCUMENTS = "/v1/documents"
OTHER_BYTES = 8 * 1024 * 1024
"""Largest body of what is no upload: it is read at one go, and everybody waits meanwhile."""
_LENGTH = re.compile(r"[0-9]{1,18}")


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
        limit = self._max_bytes if str(scope["path"]).startswith(DOCUMENTS) else min(self._max_bytes, OTHER_BYTES)
        refusal = self._refusal(headers, limit)
        if refusal is not None:
            await problem(*refusal)(scope, receive, send)
            return
        await self._app(scope, _limited(receive, limit), send)

    def _refusal(self, headers: dict[bytes, str], limit: int) -> tuple[int, str, str] | None:
        host = headers.get(b"host", "")
        if not self._access.needs_key and not is_loopback(_without_port(host)):
            # a page elsewhere may rebind its own name to 127.0.0.1; its requests name that host
            return 403, "foreign-host", f"this service answers to loopback names only, not to {host!r}"
        length = headers.get(b"content-length", "0")
        if not _LENGTH.fullmatch(length):
            return 400, "invalid-input", "Content-Length is no number"
        if int(length) > limit:
            return _too_large(limit)
        return None


def _limited(receive: Receive, limit: int) -> Receive:
    """Counts a body as it comes in, for senders that do not announce its length."""
    left = limit

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(*_too_large(limit)[::2])
        return message

    return counted


def _headers(scope: Scope) -> Iterable[tuple[bytes, bytes]]:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return headers


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[: host.find("]") + 1]
    return host.rsplit(":", 1)[0] if ":" in host else host


def _too_large(limit: int) -> tuple[int, str, str]:
    return 413, "document-too-large", f"the request is larger than {limit} bytes"
