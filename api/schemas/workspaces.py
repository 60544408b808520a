"""Bodies of workspaces."""

from datetime import datetime

from pydantic import BaseModel, Field

from api.admission.model import Workspace, WorkspaceState
from api.schemas.documents import CountsBody
from api.schemas.strict import StrictBody


class NewWorkspaceBody(StrictBody):
    """A workspace to create: a-z, 0-9 and -."""

    name: str = Field(max_length=63, examples=["research"])


class WorkspaceBody(BaseModel):
    """A workspace. One in state ``deleting`` is no longer there for anybody, and its name is free once all is gone."""

    name: str
    state: WorkspaceState
    created_at: datetime


class WorkspaceDetail(WorkspaceBody):
    """A workspace, and how much is in it at its newest revision."""

    revision: int
    counts: CountsBody


class WorkspaceBodies(BaseModel):
    """A page of workspaces; ask again with ``cursor=next_cursor``."""

    workspaces: list[WorkspaceBody]
    next_cursor: str | None


def workspace_body(workspace: Workspace) -> WorkspaceBody:
    """A workspace for people."""
    return WorkspaceBody(name=workspace.name, state=workspace.state, created_at=workspace.created_at)
