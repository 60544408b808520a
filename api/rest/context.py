"""What routes ask for: the service, who calls, and a thread for synchronous work."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

import anyio
import anyio.to_thread
from fastapi import Depends, Request

from api.access import Caller
from api.rest.edge.calls import Notes
from api.service import Service, UseCases
from graph.audience import Audience
from graph.errors import QuipuError
from graph.ports.reading import KnowledgeReader
from ingest.documents import Documents

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContext:
    """The service that answers a request, its caller, and what a route notes of it for audit and metrics."""

    service: Service
    caller: Caller
    notes: Notes

    @property
    def workspace(self) -> str:
        """The workspace that the request is about."""
        return self.caller.workspace

    @property
    def cases(self) -> UseCases:
        """What can be asked."""
        return self.service.cases

    @property
    def audience(self) -> Audience:
        """What the caller may read of the workspace."""
        return self.caller.audience

    @property
    def graph(self) -> KnowledgeReader:
        """The graph store as the caller may read it."""
        return self.service.graph.read_as(self.caller.audience)

    @property
    def documents(self) -> Documents:
        """The documents that the caller may read."""
        return self.service.cases.documents.read_as(self.caller.audience)

    def revision(self, as_of: int | datetime | None) -> int:
        """The revision that ``as_of`` means. Raises NotFoundError and InputError."""
        return self.service.views.revision(self.workspace, as_of=as_of)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Run synchronous work without blocking the event loop, in one of a bounded number of threads."""
        return await anyio.to_thread.run_sync(work, limiter=self.service.limiter)


def context_of(request: Request) -> RequestContext:
    """The context of a request that :class:`api.rest.doorkeeper.Doorkeeper` has let through."""
    notes = getattr(request.state, "notes", None) or Notes()  # nobody reads those of a probe
    return RequestContext(service=request.app.state.service, caller=request.state.caller, notes=notes)


TheContext = Annotated[RequestContext, Depends(context_of)]


async def while_connected(request: Request, work: Callable[[], Awaitable[T]]) -> T | None:
    """The result of work; None, and the work cancelled, where the client goes away before it is done."""
    found: list[T] = []
    failed: list[QuipuError] = []
    async with anyio.create_task_group() as group:

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                continue
            group.cancel_scope.cancel()

        group.start_soon(watch)
        try:
            found.append(await work())
        except QuipuError as error:  # raised below, for a task group would wrap it
            failed.append(error)
        group.cancel_scope.cancel()
    if failed:
        raise failed[0]
    return found[0] if found else None
