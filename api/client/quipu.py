"""The two clients: thin shells around calls that know nothing of waiting. What one does, the other does, awaited."""

import copy
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator, Sequence
from typing import Any, Self, TypedDict, TypeVar, Unpack

import anyio
import httpx
from httpx_sse import EventSource

from api.client.administration import Administration
from api.client.calls import Call, EventCall, Flow
from api.client.documents import Documents
from api.client.graph import Graph
from api.client.jobs import Jobs
from api.client.patience import Patience, Tries
from api.client.questions import Questions
from api.client.sessions import Sessions
from api.client.upkeep import Upkeep
from api.client.watches import Watches

LOCAL = "http://127.0.0.1:8000"
TIMEOUT = httpx.Timeout(300.0, connect=5.0)
T = TypeVar("T")
Page = TypeVar("Page")


class Options(TypedDict, total=False):
    """Who calls, in which workspace (empty: that of the key, or ``default``), and how patient they are."""

    key: str | None
    workspace: str
    patience: Patience


class Operations(Documents, Jobs, Questions, Sessions, Graph, Watches, Administration, Upkeep):
    """Every operation of the service, and who makes it."""

    def __init__(self, url: str, **options: Unpack[Options]) -> None:
        self.url = url
        self._options = options

    def with_options(self, **changed: Unpack[Options]) -> Self:
        """The same client over the same connections, with another ``key``, ``workspace`` or ``patience``."""
        other = copy.copy(self)
        other._options = {**self._options, **changed}
        return other

    @property
    def headers(self) -> dict[str, str]:
        """What every call says of who calls: the key and the workspace."""
        key, workspace = self._options.get("key"), self._options.get("workspace")
        return {
            **({"Authorization": f"Bearer {key}"} if key else {}),
            **({"X-Quipu-Workspace": workspace} if workspace else {}),
        }

    def _asked(self, call: Call[T] | EventCall[T]) -> dict[str, Any]:
        """A call as it is sent for whoever calls."""
        said = call.options()
        return {**said, "headers": {**self.headers, **said["headers"]}}

    def _tries(self, call: Call[T] | EventCall[T]) -> Tries:
        return Tries(self._options.get("patience", Patience()), self.url, repeatable=call.repeatable)


class Quipu(Operations):
    """A client that blocks: ``with Quipu("http://127.0.0.1:8000") as quipu: quipu.ask("…")``.

    Settings of the environment, such as proxies, are not looked at.
    """

    def __init__(
        self, url: str = LOCAL, *, timeout: httpx.Timeout = TIMEOUT, transport: httpx.BaseTransport | None = None,
        **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(url, **options)
        self._http = httpx.Client(base_url=url, timeout=timeout, transport=transport, trust_env=False)

    def close(self) -> None:
        """Close the connections, also those of clients that came from it."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, call: Call[T]) -> T:
        """Make one call, as often as it takes. Raises QuipuError."""
        tries = self._tries(call)
        while True:
            try:
                response = self._http.request(**self._asked(call))
            except httpx.TransportError as error:
                pause = tries.after_break(error)
            else:
                if (again := tries.after_answer(response)) is None:
                    return call.read(response)
                pause = again
            time.sleep(pause)

    def run(self, flow: Flow[T]) -> T:
        """The result of some calls. Raises QuipuError."""
        found: Any = None
        while True:
            try:
                step = flow.send(found)
            except StopIteration as ended:
                return ended.value  # type: ignore[no-any-return]
            if isinstance(step, Call):
                found = self.send(step)
            else:
                time.sleep(step)

    def listed(self, first: Call[Page], read: Callable[[Page], tuple[Sequence[T], str | None]]) -> Iterator[T]:
        """What the pages of a list hold, from the first on."""
        items, cursor = read(self.send(first))
        while True:
            yield from items
            if cursor is None:
                return
            items, cursor = read(self.send(first.at(cursor)))

    def follow(self, call: EventCall[T]) -> Generator[T, None, None]:
        """Events as they come, until it is closed or they end. Raises QuipuError."""
        tries = self._tries(call)
        while True:
            try:
                with self._http.stream(**self._asked(call)) as response:
                    if not response.is_success:
                        response.read()
                    again = tries.after_answer(response)
                    if again is None:
                        for event in EventSource(call.checked(response)).iter_sse():
                            if (told := call.read(event)) is None:
                                return
                            call = call.after(event)
                            tries = self._tries(call)
                            yield told
                        return
                    pause = again
            except httpx.TransportError as error:
                pause = tries.after_break(error)
            time.sleep(pause)


class AsyncQuipu(Operations):
    """The same, awaited: ``async with AsyncQuipu() as quipu: await quipu.ask("…")``; lists and events are iterated."""

    def __init__(
        self, url: str = LOCAL, *, timeout: httpx.Timeout = TIMEOUT, transport: httpx.AsyncBaseTransport | None = None,
        **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(url, **options)
        self._http = httpx.AsyncClient(base_url=url, timeout=timeout, transport=transport, trust_env=False)

    async def aclose(self) -> None:
        """Close the connections, also those of clients that came from it."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def send(self, call: Call[T]) -> T:
        """Make one call, as often as it takes. Raises QuipuError."""
        tries = self._tries(call)
        while True:
            try:
                response = await self._http.request(**self._asked(call))
            except httpx.TransportError as error:
                pause = tries.after_break(error)
            else:
                if (again := tries.after_answer(response)) is None:
                    return call.read(response)
                pause = again
            await anyio.sleep(pause)

    async def run(self, flow: Flow[T]) -> T:
        """The result of some calls. Raises QuipuError."""
        found: Any = None
        while True:
            try:
                step = flow.send(found)
            except StopIteration as ended:
                return ended.value  # type: ignore[no-any-return]
            if isinstance(step, Call):
                found = await self.send(step)
            else:
                await anyio.sleep(step)

    async def listed(
        self, first: Call[Page], read: Callable[[Page], tuple[Sequence[T], str | None]]
    ) -> AsyncIterator[T]:  # fmt: skip
        """What the pages of a list hold, from the first on."""
        items, cursor = read(await self.send(first))
        while True:
            for item in items:
                yield item
            if cursor is None:
                return
            items, cursor = read(await self.send(first.at(cursor)))

    async def follow(self, call: EventCall[T]) -> AsyncGenerator[T, None]:
        """Events as they come, until it is closed or they end. Raises QuipuError."""
        tries = self._tries(call)
        while True:
            try:
                async with self._http.stream(**self._asked(call)) as response:
                    if not response.is_success:
                        await response.aread()
                    again = tries.after_answer(response)
                    if again is None:
                        async for event in EventSource(call.checked(response)).aiter_sse():
                            if (told := call.read(event)) is None:
                                return
                            call = call.after(event)
                            tries = self._tries(call)
                            yield told
                        return
                    pause = again
            except httpx.TransportError as error:
                pause = tries.after_break(error)
            await anyio.sleep(pause)
