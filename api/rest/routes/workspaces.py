"""Workspaces: created, listed, deleted."""

from typing import Annotated

import anyio
from fastapi import APIRouter, Query, Response

from api.rest.context import TheContext
from api.schemas.documents import counts_body
from api.schemas.workspaces import (
    DeletedWorkspaceBody,
    NewWorkspaceBody,
    WorkspaceBodies,
    WorkspaceBody,
    WorkspaceDetail,
    workspace_body,
)

router = APIRouter(prefix="/v1/workspaces", tags=["workspaces"])
POLL_SECONDS = 0.05


@router.post("", status_code=201)
async def create_workspace(body: NewWorkspaceBody, response: Response, context: TheContext) -> WorkspaceBody:
    """Create an empty workspace, with revisions, documents, jobs and watches of its own."""
    workspaces = context.cases.admission.workspaces
    created = await context.in_thread(lambda: workspaces.create(context.caller, body.name))
    response.headers["Location"] = f"/v1/workspaces/{created.name}"
    return workspace_body(created)


@router.get("")
async def list_workspaces(
    context: TheContext, cursor: str = "", limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> WorkspaceBodies:
    """Workspaces in order of their names: the one that the caller is bound to, or all for an operator."""
    found = context.cases.admission.workspaces.page(context.caller, after=cursor, limit=limit + 1)
    more = found[limit - 1].name if len(found) > limit else None
    return WorkspaceBodies(workspaces=[workspace_body(one) for one in found[:limit]], next_cursor=more)


@router.get("/{name}")
async def get_workspace(name: str, context: TheContext) -> WorkspaceDetail:
    """One workspace, and how much is in it."""
    workspace = context.cases.admission.workspaces.get(context.caller, name)

    def read() -> WorkspaceDetail:
        revision = context.graph.revision(name)
        counts = counts_body(context.graph.counts(name, revision))
        return WorkspaceDetail(**workspace_body(workspace).model_dump(), revision=revision, counts=counts)

    return await context.in_thread(read)


@router.delete("/{name}", status_code=202, responses={200: {"model": DeletedWorkspaceBody}})
async def delete_workspace(
    name: str, response: Response, context: TheContext, wait: Annotated[float, Query(ge=0, le=60)] = 30.0
) -> DeletedWorkspaceBody:
    """Delete a workspace with every byte of it. It is gone for everybody at once.

    200 once nothing is left on disk either; 202 where that takes longer than ``wait`` seconds, and goes on by itself.
    """
    workspaces, caller = context.cases.admission.workspaces, context.caller
    await context.in_thread(lambda: workspaces.delete(caller, name))
    with anyio.move_on_after(wait):
        while workspaces.state(name) == "deleting":
            await anyio.sleep(POLL_SECONDS)
    gone = workspaces.state(name) != "deleting"
    response.status_code = 200 if gone else 202
    return DeletedWorkspaceBody(name=name, gone=gone)
