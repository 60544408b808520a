"""Quotas: what a workspace holds and spends, and how much it may."""

from fastapi import APIRouter

from api.rest.context import TheContext
from api.schemas.workspaces import LimitsBody, QuotaBody, quota_body

router = APIRouter(prefix="/v1/quota", tags=["quotas"])


@router.get("")
async def get_quota(context: TheContext) -> QuotaBody:
    """What the workspace holds and spends, and its limits."""
    standing = await context.in_thread(lambda: context.cases.quotas.standing(context.workspace))
    return quota_body(context.workspace, standing)


@router.put("")
async def set_quota(body: LimitsBody, context: TheContext) -> QuotaBody:
    """Set other limits for the workspace, in force at once; what it holds over them stays. For operators."""
    standing = await context.in_thread(lambda: context.cases.quotas.limit(context.workspace, body.to_limits()))
    return quota_body(context.workspace, standing)
