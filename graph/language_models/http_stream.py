"""Lines of a model server's answer as they come, and its refusals as errors that say whether to try again.

Every call has a connection of its own: closing it is how a server learns that nobody waits any more.
"""

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx

from graph.errors import DependencyError, ModelOutputError
from graph.ports.spending import Cost, pay
from graph.tracing import carried

CONNECT_SECONDS = 5.0
ASK_SECONDS = 10.0
"""For short questions about a server and its model."""
MAX_LINE = 4 * 1024 * 1024
_MAX_REFUSAL = 64 * 1024
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504, 529})


class ServerFailure(DependencyError):
    """A call that failed. ``again``: it may go through if repeated, after ``retry_after`` seconds if that is given.

    ``busy``: the server asked for fewer calls. ``reached``: it took notice of this one. ``late``: it did not come to
    its first token, or to the end, in time.
    """

    def __init__(
        self, message: str, *, again: bool, status_code: int | None = None, retry_after: float | None = None,
        reached: bool = True, late: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.again = again
        self.status_code = status_code
        self.retry_after = retry_after
        self.reached = reached
        self.late = late

    @property
    def busy(self) -> bool:
        """Whether fewer calls at a time are asked for."""
        return self.status_code in {429, 503, 529}


async def post_lines(url: str, body: Mapping[str, Any], api_key: str | None) -> AsyncIterator[str]:
    """The lines of the answer to a POST of JSON, without their ends. Raises ServerFailure.

    It is paid for as a call however it ends, unless the server cannot be reached.
    """
    reached = True
    try:
        async with (
            _client(api_key, httpx.Timeout(None, connect=CONNECT_SECONDS)) as client,
            client.stream("POST", url, content=json.dumps(body).encode("ascii")) as answer,
        ):
            if answer.status_code != 200:
                raise _refusal(url, answer, await _beginning(answer))
            async for line in _lines(answer):
                yield line
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        reached = False
        raise ServerFailure(f"{url} cannot be reached: {_cause(error)}", again=True, reached=False) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ServerFailure(f"{url} dropped the connection: {_cause(error)}", again=True) from error
    finally:
        if reached:
            pay(Cost(calls=1))


async def ask_json(method: str, url: str, body: Mapping[str, Any] | None, api_key: str | None) -> Any:
    """The JSON answer to a short question; None where the server does not know the address. Raises ServerFailure."""
    try:
        async with _client(api_key, httpx.Timeout(ASK_SECONDS, connect=CONNECT_SECONDS)) as client:
            answer = await client.request(method, url, json=body)
    except httpx.ConnectError as error:
        raise ServerFailure(f"{url} cannot be reached: {_cause(error)}", again=True, reached=False) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ServerFailure(f"{url} did not answer: {_cause(error)}", again=True) from error
    if answer.status_code in {404, 405, 501}:
        return None
    if answer.status_code != 200:
        raise _refusal(url, answer, answer.content[:_MAX_REFUSAL])
    try:
        return answer.json()
    except ValueError:
        return None


def as_object(line: str, url: str) -> dict[str, Any]:
    """A line as a JSON object. Raises ModelOutputError."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ModelOutputError(f"{url} does not speak the protocol expected: {line[:80]!r}") from error
    if not isinstance(found, dict):
        raise ModelOutputError(f"{url} does not speak the protocol expected: {line[:80]!r}")
    return found


def _client(api_key: str | None, timeout: httpx.Timeout) -> httpx.AsyncClient:
    headers = {"Content-Type": "application/json", **carried()}
    if api_key:
        headers["Authorization"] = f"Bearer {api_key}"
    return httpx.AsyncClient(headers=headers, timeout=timeout, trust_env=False, verify=_certificates())


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


async def _lines(answer: httpx.Response) -> AsyncIterator[str]:
    """Split at line feeds only: what else Python takes for a line end may stand within JSON."""
    rest = b""
    async for data in answer.aiter_bytes():
        *whole, rest = (rest + data).split(b"\n")
        for line in whole:
            if line.strip():
                yield line.decode("utf-8", "replace").strip()
        if len(rest) > MAX_LINE:
            raise ModelOutputError(f"{answer.url} sent a line of more than {MAX_LINE} bytes")
    if rest.strip():
        yield rest.decode("utf-8", "replace").strip()


async def _beginning(answer: httpx.Response) -> bytes:
    found = b""
    async for data in answer.aiter_bytes():
        found += data
        if len(found) > _MAX_REFUSAL:
            break
    return found


def _refusal(url: str, answer: httpx.Response, body: bytes) -> ServerFailure:
    wait = answer.headers.get("retry-after")
    asked = f" (Retry-After: {wait[:40]})" if wait else ""
    return ServerFailure(
        f"{url} answered {answer.status_code}: {_message(body)}{asked}",
        again=answer.status_code in _BUSY,
        status_code=answer.status_code,
        retry_after=parse_retry_after(wait),
    )


def parse_retry_after(raw: str | None) -> float | None:
    """Seconds from a Retry-After header: a number or a date; None for what is neither, or lies in the past."""
    if raw is None:
        return None
    try:
        seconds = float(raw)
    except ValueError:
        try:
            moment = parsedate_to_datetime(raw)
        except ValueError:
            return None
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return seconds if 0 <= seconds < float("inf") else None


def _message(body: bytes) -> str:
    """What the server says is wrong, in whichever of the usual forms."""
    text = body.decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = text
    for name in ("error", "detail", "message"):
        if isinstance(found, dict) and name in found:
            found = found[name]
    return " ".join(str(found).split())[:300] or "no reason given"


def _cause(error: Exception) -> str:
    return str(error) or type(error).__name__
