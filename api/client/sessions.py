"""Conversations that the service keeps."""

from api.client.calls import Sent
from api.client.methods import Listing, operation
from api.schemas.asking.sessions import SessionBodies, SessionBody


class Sessions:
    """What a client does with conversations; ``ask`` goes on with one."""

    @operation("POST", "/v1/sessions", SessionBody)
    def open_session(self) -> Sent:
        """Begin a conversation; it belongs to the key that the client sends."""
        return Sent()

    @operation("GET", "/v1/sessions", SessionBodies)
    def list_sessions(self, *, limit: int | None = None, cursor: str | None = None) -> Sent:
        """A page of conversations, the newest first."""
        return Sent(query={"limit": limit, "cursor": cursor})

    every_session = Listing(list_sessions, lambda page: page.sessions)

    @operation("GET", "/v1/sessions/{session_id}", SessionBody)
    def get_session(self, session_id: str) -> Sent:
        """One conversation with its turns, and which of them still hold."""
        return Sent()

    @operation("DELETE", "/v1/sessions/{session_id}", type(None))
    def delete_session(self, session_id: str) -> Sent:
        """Drop it, with its turns."""
        return Sent()
