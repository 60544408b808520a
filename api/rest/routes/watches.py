"""Watches: standing questions, answered again when their evidence changes."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

import anyio
from fastapi import APIRouter, Header, Query, Response
from starlette.responses import StreamingResponse

from api.rest.context import RequestContext, TheContext
from api.rest.event_stream import event_stream
from api.schemas.watches import (
    WatchBodies,
    WatchBody,
    WatchRequest,
    WatchUpdateBodies,
    WatchUpdateBody,
    watch_body,
    watch_update_body,
)
from graph.errors import InputError, NotFoundError
from retrieval.standing.model import Watcher, new_watch

router = APIRouter(prefix="/v1/watches", tags=["watches"])
POLL_SECONDS = 0.25


@router.post("", status_code=201)
async def add(body: WatchRequest, response: Response, context: TheContext) -> WatchBody:
    """Register a question. It is answered in the background; that answer is its first update."""
    wanted = new_watch(
        context.workspace, body.question, mode=body.mode, filters=body.filters, webhook=body.webhook,
        watcher=_watcher(context),
    )  # fmt: skip
    watch = await context.in_thread(lambda: context.cases.watches.add(wanted))
    response.headers["Location"] = f"/v1/watches/{watch.id}"
    return watch_body(watch)


@router.get("")
async def list_watches(
    context: TheContext, cursor: str = "", limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> WatchBodies:
    """Watches with their present answers, by id."""
    watches = context.cases.watches
    found = await context.in_thread(
        lambda: watches.page(context.workspace, _watcher(context), after=cursor, limit=limit + 1)
    )
    more = found[limit - 1].id if len(found) > limit else None
    return WatchBodies(watches=[watch_body(watch) for watch in found[:limit]], next_cursor=more)


@router.get("/{watch_id}")
async def watch(watch_id: str, context: TheContext) -> WatchBody:
    """One watch with its present answer."""
    return watch_body(
        await context.in_thread(lambda: context.cases.watches.get(context.workspace, watch_id, _watcher(context)))
    )


@router.delete("/{watch_id}", status_code=204)
async def delete(watch_id: str, context: TheContext) -> None:
    """Drop a watch and its updates."""
    await context.in_thread(lambda: context.cases.watches.delete(context.workspace, watch_id, _watcher(context)))


@router.get("/{watch_id}/updates")
async def updates(
    watch_id: str, context: TheContext, after: int = 0, limit: Annotated[int, Query(ge=1, le=100)] = 100
) -> WatchUpdateBodies:
    """How the answer changed, oldest first: the latest hundred updates are kept."""
    return WatchUpdateBodies(updates=await context.in_thread(lambda: _updates(context, watch_id, after, limit)))


@router.get("/{watch_id}/events", response_class=StreamingResponse)
async def events(
    watch_id: str, context: TheContext, after: int = 0, last_event_id: Annotated[str | None, Header()] = None
) -> StreamingResponse:
    """Updates as server-sent events named ``update``: those kept after ``Last-Event-ID``, then each as it comes."""
    if last_event_id is not None:
        if not last_event_id.isdigit():
            raise InputError(f"Last-Event-ID is the id of an update, not {last_event_id!r}")
        after = int(last_event_id)
    await context.in_thread(lambda: context.cases.watches.get(context.workspace, watch_id, _watcher(context)))
    return event_stream(_follow(context, watch_id, after), number=lambda update: update.id)


async def _follow(context: RequestContext, watch_id: str, after: int) -> AsyncIterator[tuple[str, WatchUpdateBody]]:
    while not context.service.winding_down.is_set():
        try:
            found = await context.in_thread(partial(_updates, context, watch_id, after, 100))
        except NotFoundError:  # deleted: nothing more will come
            return
        for update in found:
            after = update.id
            yield "update", update
        await anyio.sleep(POLL_SECONDS)


def _updates(context: RequestContext, watch_id: str, after: int, limit: int) -> list[WatchUpdateBody]:
    found = context.cases.watches.updates(context.workspace, watch_id, _watcher(context), after=after, limit=limit)
    return [watch_update_body(update) for update in found]


def _watcher(context: RequestContext) -> Watcher:
    return Watcher(audience=context.audience, key_id=context.caller.key_id)
