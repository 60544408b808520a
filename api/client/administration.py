"""What administrators and operators do: keys, workspaces, quotas, and the audit."""

from collections.abc import Sequence
from datetime import datetime

from api.access import Role
from api.audit.bodies import AuditPageBody
from api.client.calls import Sent
from api.client.methods import Listing, operation
from api.schemas.keys import CallerBody, CreatedKeyBody, KeyBodies, KeyBody
from api.schemas.workspaces import (
    DeletedWorkspaceBody,
    QuotaBody,
    WorkspaceBodies,
    WorkspaceBody,
    WorkspaceDetail,
)


class Administration:
    """What a client does for others."""

    @operation("GET", "/v1/caller", CallerBody)
    def get_caller(self) -> Sent:
        """Who the client is for the service: its role, and the workspace it works in."""
        return Sent()

    @operation("POST", "/v1/keys", CreatedKeyBody)
    def create_key(
        self, role: Role, *, workspace: str | None = None, principals: Sequence[str] = (), label: str = "",
        expires_at: datetime | None = None,
    ) -> Sent:  # fmt: skip
        """Make a key. ``key`` of the answer is what to send; it is shown there and never again."""
        return Sent(
            body={
                "role": role, "workspace": workspace, "principals": principals, "label": label,
                "expires_at": expires_at,
            }
        )  # fmt: skip

    @operation("GET", "/v1/keys", KeyBodies)
    def list_keys(self, *, limit: int | None = None, cursor: str | None = None) -> Sent:
        """A page of keys, revoked ones as well."""
        return Sent(query={"limit": limit, "cursor": cursor})

    every_key = Listing(list_keys, lambda page: page.keys)

    @operation("GET", "/v1/keys/{key_id}", KeyBody)
    def get_key(self, key_id: str) -> Sent:
        """One key, without its secret."""
        return Sent()

    @operation("DELETE", "/v1/keys/{key_id}", KeyBody)
    def revoke_key(self, key_id: str) -> Sent:
        """Revoke it: the next request that carries it is refused."""
        return Sent()

    @operation("POST", "/v1/workspaces", WorkspaceBody)
    def create_workspace(self, name: str) -> Sent:
        """Create an empty workspace."""
        return Sent(body={"name": name})

    @operation("GET", "/v1/workspaces", WorkspaceBodies)
    def list_workspaces(self, *, limit: int | None = None, cursor: str | None = None) -> Sent:
        """A page of the workspaces that the key opens, in order of their names."""
        return Sent(query={"limit": limit, "cursor": cursor})

    every_workspace = Listing(list_workspaces, lambda page: page.workspaces)

    @operation("GET", "/v1/workspaces/{name}", WorkspaceDetail)
    def get_workspace(self, name: str) -> Sent:
        """One workspace, and how much is in it."""
        return Sent()

    @operation("DELETE", "/v1/workspaces/{name}", DeletedWorkspaceBody)
    def delete_workspace(self, name: str, *, wait: float | None = None) -> Sent:
        """Delete it with every byte of it."""
        return Sent(query={"wait": wait})

    @operation("GET", "/v1/quota", QuotaBody)
    def get_quota(self) -> Sent:
        """What the workspace holds and spends, and how much it may."""
        return Sent()

    @operation("PUT", "/v1/quota", QuotaBody)
    def set_quota(
        self, *, documents: int | None = None, bytes: int | None = None, tokens: int | None = None,  # noqa: A002
        workspace: str | None = None,
    ) -> Sent:  # fmt: skip
        """Set other limits; None: as in the settings, 0: none."""
        return Sent(
            query={"workspace": workspace}, body={"documents": documents, "bytes": bytes, "tokens": tokens}
        )  # fmt: skip

    @operation("GET", "/v1/audit", AuditPageBody)
    def list_audit_lines(
        self, *, since: datetime | str | None = None, key: str | None = None, limit: int | None = None,
        cursor: str | None = None,
    ) -> Sent:  # fmt: skip
        """A page of who called what in the workspace, the oldest first."""
        return Sent(query={"since": since, "key": key, "limit": limit, "cursor": cursor})

    every_audit_line = Listing(list_audit_lines, lambda page: page.lines)
