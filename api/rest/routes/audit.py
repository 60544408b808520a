"""The audit of the caller's workspace."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.audit.bodies import AuditLineBody, AuditPageBody
from api.audit.reading import CURSOR, Wanted, parse_moment, read_page
from api.rest.context import TheContext
from graph.errors import NotFoundError

router = APIRouter(prefix="/v1/audit", tags=["audit"])


@router.get("")
async def audit(
    context: TheContext,
    since: Annotated[
        str | None, Query(max_length=40, description="An ISO time, UTC where it has no offset; or seconds since 1970.")
    ] = None,
    key: Annotated[str | None, Query(max_length=128, description="Only lines of the key with this id.")] = None,
    cursor: Annotated[str, Query(pattern=CURSOR)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> AuditPageBody:
    """Who called what in the workspace, the oldest first.

    A line for every call, and none of its text. For administrators.
    """
    folder = context.service.settings.audit_folder
    if folder is None:
        raise NotFoundError("no audit is kept: QUIPU_AUDIT is off")
    wanted = Wanted(workspace=context.workspace, since=parse_moment(since), key=key)
    page = await context.in_thread(lambda: read_page(folder, wanted, cursor=cursor, limit=limit))
    return AuditPageBody(
        lines=[AuditLineBody.model_validate(line) for line in page.lines], next_cursor=page.cursor,
        unreadable=page.unreadable,
    )  # fmt: skip
