"""Bodies of workspaces and of their quotas."""

from datetime import datetime

from pydantic import BaseModel, Field

from api.admission.model import NAME_FORM, Workspace, WorkspaceState
from api.schemas.documents import CountsBody
from api.schemas.strict import StrictBody
from graph.quotas import Limits, Standing


class NewWorkspaceBody(StrictBody):
    """A workspace to create: a-z, 0-9 and -."""

    name: str = Field(pattern=NAME_FORM, examples=["research"])


class WorkspaceBody(BaseModel):
    """A workspace. One in state ``deleting`` is no longer there for anybody, and its name is free once all is gone."""

    name: str
    state: WorkspaceState
    created_at: datetime


class WorkspaceDetail(WorkspaceBody):
    """A workspace, and how much is in it at its newest revision."""

    revision: int
    counts: CountsBody


class DeletedWorkspaceBody(BaseModel):
    """``gone``: nothing is left of it. If not yet, the rest goes by itself, also after a restart."""

    name: str
    gone: bool


class WorkspaceBodies(BaseModel):
    """A page of workspaces; ask again with ``cursor=next_cursor``."""

    workspaces: list[WorkspaceBody]
    next_cursor: str | None


def workspace_body(workspace: Workspace) -> WorkspaceBody:
    """A workspace for people."""
    return WorkspaceBody(name=workspace.name, state=workspace.state, created_at=workspace.created_at)


class QuotaUseBody(BaseModel):
    """One quota: ``limit`` is null where there is none."""

    used: int
    limit: int | None


class TokenUseBody(QuotaUseBody):
    """Tokens of language models spent today (UTC); they are counted anew from ``free_at`` on."""

    free_at: datetime


class QuotaBody(BaseModel):
    """What the workspace holds and spends, and how much it may: ``bytes`` are those of its newest originals."""

    workspace: str
    documents: QuotaUseBody
    bytes: QuotaUseBody
    tokens: TokenUseBody


class LimitsBody(StrictBody):
    """Limits for one workspace; null (or left out): as in the settings, 0: none."""

    documents: int | None = Field(default=None, ge=0, le=2**53, strict=True)
    bytes: int | None = Field(default=None, ge=0, le=2**53, strict=True)
    tokens: int | None = Field(default=None, ge=0, le=2**53, strict=True)

    def to_limits(self) -> Limits:
        """For the use case."""
        return Limits(documents=self.documents, bytes=self.bytes, tokens=self.tokens)


def quota_body(workspace: str, standing: Standing) -> QuotaBody:
    """A standing for people."""
    limits, holding = standing.limits, standing.holding
    return QuotaBody(
        workspace=workspace,
        documents=QuotaUseBody(used=holding.documents, limit=limits.documents),
        bytes=QuotaUseBody(used=holding.bytes, limit=limits.bytes),
        tokens=TokenUseBody(used=standing.tokens, limit=limits.tokens, free_at=standing.free_at),
    )
