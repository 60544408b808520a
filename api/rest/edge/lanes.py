"""How many requests are at work and in line at the same time. Beyond that they are refused before they are read."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import Literal, TypeAlias

import anyio
from prometheus_client import CollectorRegistry, Gauge
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access import Caller
from api.rest.problems import problem
from api.rest.roles import OPEN
from api.service import Service

LaneName: TypeAlias = Literal["questions", "writes", "reads", "streams"]
WAIT_SECONDS = 20.0
"""Longest time in line."""
IN_LINE = 2
"""Requests in line for each one that may be at work; a client may have two thirds of all places."""
_UNBOUNDED = OPEN | {"/metrics"}
_QUESTIONS = frozenset({"/v1/search", "/v1/ask", "/v1/chat/completions"})
_RETRY = {"Retry-After": "1"}
GONE = "client gone"
"""Where the state of a request has a future that is done once its client has gone, where the server knows."""


class _NoPlace(Exception):
    """All places are taken (503), or those of one client (429)."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class _Left(Exception):
    """The client went away while it stood in line."""


class Lane:
    """The requests of one kind: so many at work, twice as many in line, first come, first served.

    What follows events as they come has no line: none of it ends soon.
    """

    def __init__(self, name: LaneName, at_work: int) -> None:
        self.name = name
        self._places = at_work if name == "streams" else (1 + IN_LINE) * at_work
        self._share = max(1, 2 * self._places // 3)
        self._working = anyio.CapacityLimiter(at_work)
        self._clients: Counter[str] = Counter()

    @property
    def at_work(self) -> int:
        """Requests that are being answered."""
        return self._working.borrowed_tokens

    @property
    def in_line(self) -> int:
        """Requests that wait for it."""
        return self._clients.total() - self.at_work

    @asynccontextmanager
    async def place(self, client: str, gone: "asyncio.Future[None] | None" = None) -> AsyncIterator[None]:
        """A place at work while the block runs. Raises _NoPlace, and _Left once the client has ``gone``."""
        self._check(client)
        self._clients[client] += 1
        worker = object()
        try:
            with anyio.move_on_after(WAIT_SECONDS) as waiting, _ended_by(gone, waiting):
                await self._working.acquire_on_behalf_of(worker)
            if gone is not None and gone.done():
                raise _Left
            if not self._works(worker):
                raise _NoPlace(503, f"no place among the {self.name} came free in {WAIT_SECONDS:.0f} s")
            yield
        finally:
            if self._works(worker):
                self._working.release_on_behalf_of(worker)
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]

    def _works(self, worker: object) -> bool:
        return worker in self._working.statistics().borrowers

    def _check(self, client: str) -> None:
        if self._clients[client] >= self._share:
            raise _NoPlace(429, f"this client has {self._share} {self.name} under way; wait for some")
        if self._clients.total() >= self._places:
            raise _NoPlace(503, f"{self._places} {self.name} are under way; try again soon")


class Place:
    """The place that a request has got. Whoever only waits from here on gives it back, and takes none from others."""

    def __init__(self, held: AsyncExitStack, waiting: Lane, client: str) -> None:
        self._held = held
        self._waiting = waiting
        self._client = client

    async def rest(self) -> bool:
        """Have a place among those who follow events instead; whether there is one, else nothing changes."""
        other = AsyncExitStack()
        try:
            await other.enter_async_context(self._waiting.place(self._client))
        except _NoPlace:
            return False
        await self._held.aclose()
        self._held.push_async_callback(other.aclose)
        return True


class Lanes:
    """Gives each request a place in the lane of its kind. Health checks and metrics need none.

    Streams keep their place until they end. Once the service winds down, nobody gets a place.
    """

    def __init__(
        self, app: ASGIApp, *, service: Service, at_work: Mapping[LaneName, int], registry: CollectorRegistry
    ) -> None:
        self._app = app
        self._service = service
        self._lanes = {name: Lane(name, limit) for name, limit in at_work.items()}
        working = Gauge("quipu_requests_at_work", "Requests being answered", ["lane"], registry=registry)
        in_line = Gauge("quipu_requests_in_line", "Requests that wait for a place", ["lane"], registry=registry)
        for name, lane in self._lanes.items():
            working.labels(name).set_function(partial(getattr, lane, "at_work"))
            in_line.labels(name).set_function(partial(getattr, lane, "in_line"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for a place, pass on, give it back."""
        if scope["type"] != "http" or scope["path"] in _UNBOUNDED:
            await self._app(scope, receive, send)
            return
        if self._service.winding_down.is_set():
            await _busy(503, "the service is being stopped", {"Connection": "close"})(scope, receive, send)
            return
        lane = self._lanes[_lane(str(scope["method"]), str(scope["path"]))]
        try:
            async with AsyncExitStack() as held:
                await held.enter_async_context(lane.place(_client(scope), scope["state"].get(GONE)))
                scope["state"]["place"] = Place(held, self._lanes["streams"], _client(scope))
                await self._app(scope, receive, send)
        except _Left:
            return
        except _NoPlace as refused:
            await _busy(refused.status, str(refused))(scope, receive, send)


@contextmanager
def _ended_by(gone: "asyncio.Future[None] | None", waiting: anyio.CancelScope) -> Iterator[None]:
    """Cancel the wait once the client has gone: its place is for others."""
    if gone is None:
        yield
        return

    def end(_: object) -> None:
        waiting.cancel()

    gone.add_done_callback(end)
    try:
        yield
    finally:
        gone.remove_done_callback(end)


def _busy(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    code = "too-many-requests" if status == 429 else "busy"
    return problem(status, code, detail, {**_RETRY, **(headers or {})})


def _lane(method: str, path: str) -> LaneName:
    if path in _QUESTIONS:
        return "questions"
    if method not in {"GET", "HEAD", "OPTIONS"}:
        return "writes"
    return "streams" if path.endswith("/events") else "reads"


def _client(scope: Scope) -> str:
    """Whoever a share belongs to: a key where it has a name, else an address. The web page is open to nobody known."""
    caller: Caller | None = scope["state"]["caller"]
    key = caller.key_id if caller is not None else None
    address: tuple[str, int] | None = scope.get("client")
    return f"key {key}" if key else address[0] if address else "unknown"
