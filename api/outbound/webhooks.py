"""Updates of watches sent to hosts that the operator has named, and to no other."""

from urllib.parse import urlsplit

import anyio
import httpx
from typing_extensions import override

from api.schemas.watches import watch_update_body
from api.settings import listed
from graph.errors import DependencyError, InputError
from graph.tracing import carried
from retrieval.standing.model import Watch, WatchUpdate
from retrieval.standing.ports import Courier

TIMEOUT_SECONDS = 10.0
"""For the whole of it, however the receiver goes about it."""
_PORTS = {"http": 80, "https": 443}


class Webhooks(Courier):
    """Over HTTP: one POST of JSON per update, taken by any 2xx; no redirect is followed, no body of an answer read."""

    def __init__(self, hosts: str) -> None:
        """``hosts`` as in QUIPU_WEBHOOK_HOSTS."""
        self._hosts = frozenset(listed(hosts.lower()))

    @override
    def check(self, address: str) -> None:
        host, port = _target(address)
        named = f"[{host}]" if ":" in host else host
        usual = port in _PORTS.values()
        if f"{named}:{port}" not in self._hosts and not (usual and named in self._hosts):
            raise InputError(f"webhook {address!r}: {named}:{port} is not among QUIPU_WEBHOOK_HOSTS")

    @override
    async def deliver(self, watch: Watch, update: WatchUpdate) -> None:
        url = watch.webhook or ""
        self.check(url)
        body: dict[str, object] = {
            "watch": watch.id, "question": watch.question, "update": watch_update_body(update).model_dump(mode="json")
        }  # fmt: skip
        try:
            with anyio.fail_after(TIMEOUT_SECONDS):
                status = await _post(url, body)
        except TimeoutError as error:
            raise DependencyError(f"{url} did not answer within {TIMEOUT_SECONDS:.0f} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DependencyError(f"{url} was not reached: {error or type(error).__name__}") from error
        if not 200 <= status < 300:
            raise DependencyError(f"{url} answered with status {status}")


async def _post(url: str, body: dict[str, object]) -> int:
    """The status of the answer. What else it says is not read: it may have no end."""
    async with (
        httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False, follow_redirects=False) as client,
        client.stream("POST", url, json=body, headers=dict(carried())) as response,
    ):
        return response.status_code


def _target(address: str) -> tuple[str, int]:
    """Host and port of an address that every reader of it reads alike. Raises InputError."""
    if not address.isascii() or not address.isprintable() or set(address) & set(" \\"):
        raise InputError(f"webhook {address!r}: an address has ASCII characters only, and no blank or backslash")
    try:
        parts, sent_to = urlsplit(address), httpx.URL(address)
        port = _PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
    except (ValueError, httpx.InvalidURL) as error:
        raise InputError(f"webhook {address!r} is no address: {error}") from error
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        raise InputError(f"webhook {address!r}: give http:// or https://, a host, and no user")
    if not port or sent_to.host != parts.hostname:
        raise InputError(f"webhook {address!r}: its host or port cannot be told")
    return parts.hostname, port
