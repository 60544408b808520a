"""Quotas: what a workspace holds and spends, and how much it may."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.rest.context import TheContext
from api.schemas.workspaces import LimitsBody, QuotaBody, quota_body

router = APIRouter(prefix="/v1/quota", tags=["quotas"])


@router.get("")
async def get_quota(context: TheContext) -> QuotaBody:
    """What the workspace holds and spends, and its limits."""
    standing = await context.in_thread(lambda: context.cases.quotas.standing(context.workspace))
    return quota_body(context.workspace, standing)


@router.put("")
async def set_quota(
    body: LimitsBody, context: TheContext,
    workspace: Annotated[str | None, Query(max_length=63, description="Which one; `default`, if left out.")] = None,
) -> QuotaBody:  # fmt: skip
    """Set other limits for a workspace.

    They are in force at once; what it holds over them stays. For operators.
    """
    name = context.workspace if workspace is None else workspace
    context.notes.ids.append(name)

    def limit() -> QuotaBody:
        context.cases.admission.workspaces.get(context.caller, name)  # there is no quota of what is not there
        return quota_body(name, context.cases.quotas.limit(name, body.to_limits()))

    return await context.in_thread(limit)
