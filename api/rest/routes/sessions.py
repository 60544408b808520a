"""Conversations that the service keeps. Their turns are made by ``POST /v1/ask`` with ``session_id``."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.rest.context import TheContext
from api.schemas.asking.sessions import SessionBodies, SessionBody, session_body, session_entry_body

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])


@router.post("", status_code=201)
async def open_session(response: Response, context: TheContext) -> SessionBody:
    """Begin a conversation. It belongs to the key that it is begun with, and to nobody else."""
    session = await context.in_thread(lambda: context.cases.conversations.open(context.holder))
    context.notes.ids.append(session.id)
    response.headers["Location"] = f"/v1/sessions/{session.id}"
    return session_body(session, ())


@router.get("")
async def list_sessions(
    context: TheContext, cursor: str = "", limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> SessionBodies:
    """Conversations of the caller, the newest first."""
    sessions = context.cases.conversations
    found = await context.in_thread(lambda: sessions.page(context.holder, after=cursor, limit=limit + 1))
    more = found[limit - 1].id if len(found) > limit else None
    return SessionBodies(sessions=[session_entry_body(one) for one in found[:limit]], next_cursor=more)


@router.get("/{session_id}")
async def session(session_id: str, context: TheContext) -> SessionBody:
    """One conversation with its turns: what was said, whether it still holds, and what holds now."""

    def read() -> SessionBody:
        found = context.cases.conversations.get(context.holder, session_id)
        return session_body(found, context.cases.conversations.shown(found))

    return await context.in_thread(read)


@router.delete("/{session_id}", status_code=204)
async def delete_session(session_id: str, context: TheContext) -> None:
    """Drop a conversation with its turns."""
    await context.in_thread(lambda: context.cases.conversations.delete(context.holder, session_id))
