"""Watches: standing questions."""

from collections.abc import Mapping
from typing import Any

from api.client.calls import Sent
from api.client.methods import Listing, following, operation
from api.schemas.watches import WatchBodies, WatchBody, WatchUpdateBodies, WatchUpdateBody
from retrieval.modes import SearchMode


class Watches:
    """What a client does with watches."""

    @operation("POST", "/v1/watches", WatchBody)
    def add_watch(
        self, question: str, *, mode: SearchMode | None = None, filters: Mapping[str, Any] | None = None,
        webhook: str | None = None,
    ) -> Sent:  # fmt: skip
        """Have a question answered again whenever its evidence changes."""
        return Sent(body={"question": question, "mode": mode, "filters": filters, "webhook": webhook})

    @operation("GET", "/v1/watches", WatchBodies)
    def list_watches(self, *, limit: int | None = None, cursor: str | None = None) -> Sent:
        """A page of watches with their present answers, by id."""
        return Sent(query={"limit": limit, "cursor": cursor})

    every_watch = Listing(list_watches, lambda page: page.watches)

    @operation("GET", "/v1/watches/{watch_id}", WatchBody)
    def get_watch(self, watch_id: str) -> Sent:
        """One watch with its present answer."""
        return Sent()

    @operation("DELETE", "/v1/watches/{watch_id}", type(None))
    def delete_watch(self, watch_id: str) -> Sent:
        """Drop it, with its updates."""
        return Sent()

    @operation("GET", "/v1/watches/{watch_id}/updates", WatchUpdateBodies)
    def list_watch_updates(self, watch_id: str, *, after: int | None = None, limit: int | None = None) -> Sent:
        """How its answer changed, oldest first; only updates with a higher id than ``after``."""
        return Sent(query={"after": after, "limit": limit})

    @following("GET", "/v1/watches/{watch_id}/events", {"update": WatchUpdateBody}, resumes=True)
    def follow_watch(self, watch_id: str, *, after: int | None = None) -> Sent:
        """Updates that are kept, then each as it comes, until the watch is deleted or the service ends."""
        return Sent(query={"after": after})
