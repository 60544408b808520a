"""What routes ask for: the service, who calls, and a thread for synchronous work."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

import anyio
import anyio.to_thread
from fastapi import Depends, Request

from api.access import Caller
from api.rest.edge.calls import Notes
from api.schemas.asking.answers import AnswerBody, BoxBody, CitationBody
from api.service import Service, UseCases
from graph.audience import Audience
from graph.errors import QuipuError
from graph.ports.reading import KnowledgeReader
from ingest.documents import Documents
from retrieval.conversation.model import Holder
from retrieval.modes import AskedMode

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
    def default_mode(self) -> AskedMode:
        """How a question is answered that does not say."""
        return self.service.settings.mode

    @property
    def audience(self) -> Audience:
        """What the caller may read of the workspace."""
        return self.caller.audience

    @property
    def account(self) -> str:
        """Who pays for models that the caller's jobs ask: the id of a key; empty where none was sent."""
        return self.caller.key_id or ""

    @property
    def holder(self) -> Holder:
        """Whose conversations are meant."""
        return Holder(workspace=self.workspace, audience=self.audience, key_id=self.caller.key_id)

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
    """The result of work; None, and the work cancelled, where the client goes away before it is done.

    Raises:
        Stopped: the service has to end first.
    """
    last_call = request.app.state.service.last_call
    found: list[T] = []
    failed: list[QuipuError] = []
    async with anyio.create_task_group() as group:

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                continue
            group.cancel_scope.cancel()

        group.start_soon(watch)
        try:
            found.append(await last_call.within(work))
        except QuipuError as error:  # raised below, for a task group would wrap it
            failed.append(error)
        group.cancel_scope.cancel()
    if failed:
        raise failed[0]
    return found[0] if found else None


async def placed_answer(context: RequestContext, body: AnswerBody) -> AnswerBody:
    """An answer whose citations say where they stand."""
    sides = body.conflict.sides if body.conflict else []
    await _place(context, [*body.citations, *(side.citation for side in sides)])
    return body


async def placed_citation(context: RequestContext, body: CitationBody) -> CitationBody:
    """A citation that says where it stands."""
    await _place(context, [body])
    return body


async def _place(context: RequestContext, citations: Sequence[CitationBody]) -> None:
    """Only documents with pages have places; a citation of another one is let be."""
    paged = [citation for citation in citations if citation.page is not None]
    if not paged:
        return
    places = context.cases.places

    def found() -> None:
        for one in paged:
            lines = places.places(context.workspace, one.document_id, one.version, one.start, one.end)
            one.boxes = [
                BoxBody(page=line.page, x0=line.x0, y0=line.y0, x1=line.x1, y1=line.y1) for line in lines
            ] or None

    await context.in_thread(found)
