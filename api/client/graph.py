"""The graph, and what changed in it."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict, Unpack

from api.client.calls import AsOf, Sent
from api.client.methods import Listing, operation
from api.schemas.changes import ChangesBody, RevisionDaysBody, RevisionsBody
from api.schemas.facts import FactConditionBody, FactsBody
from api.schemas.graph import CommunityBodies, Decided, Entities, EntityDetail, Merges, Neighbourhood, Resolved
from retrieval.communities.model import Level
from retrieval.facts.model import FactKind, Measure

ChangedKind = Literal["documents", "entities", "relations"]


class FactLimits(TypedDict, total=False):
    """What else a question to the relations may say; see :class:`api.schemas.facts.FactsAskedBody`."""

    type: str
    filters: Mapping[str, Any]
    dated_before: str
    dated_after: str
    measure: Measure
    limit: int
    as_of: AsOf
    min_revision: int
    after: str | Sequence[str]


def _next_cursor(page: ChangesBody) -> str | None:
    """Where one kind goes on; of several kinds a page is all there is."""
    kinds = [kind for kind in (page.documents, page.entities, page.relations) if kind is not None]
    return kinds[0].next_cursor if len(kinds) == 1 else None


class Graph:
    """What a client reads of the graph, and decides about it."""

    @operation("GET", "/v1/graph/entities", Entities)
    def find_entities(self, query: str = "", *, limit: int | None = None, as_of: AsOf = None) -> Sent:
        """Entities one of whose names contains the query, the most mentioned first."""
        return Sent(query={"query": query, "limit": limit, "as_of": as_of})

    @operation("GET", "/v1/graph/entities/{entity_id}", EntityDetail)
    def get_entity(self, entity_id: str, *, limit: int | None = None, as_of: AsOf = None) -> Sent:
        """One entity under all its names, with relations and sources."""
        return Sent(query={"limit": limit, "as_of": as_of})

    @operation("GET", "/v1/graph/neighbourhood", Neighbourhood)
    def get_neighbourhood(
        self, entity_id: str, *, depth: int | None = None, limit: int | None = None, as_of: AsOf = None
    ) -> Sent:
        """What stands within ``depth`` relations of an entity."""
        return Sent(query={"entity_id": entity_id, "depth": depth, "limit": limit, "as_of": as_of})

    @operation("POST", "/v1/graph/facts", FactsBody, repeatable=True)
    def ask_facts(
        self, conditions: Sequence[FactConditionBody], *, kind: FactKind | None = None, **limits: Unpack[FactLimits]
    ) -> Sent:
        """What satisfies conditions on relations: listed, counted, compared; each row with its quotes."""
        said = [one.model_dump(exclude_defaults=True) for one in conditions]
        return Sent(body={"kind": kind, "conditions": said, **limits})

    @operation("GET", "/v1/graph/communities", CommunityBodies)
    def list_communities(
        self, *, limit: int | None = None, level: Level | None = None, as_of: AsOf = None
    ) -> Sent:  # fmt: skip
        """What the collection is about: the largest communities of names, each with a report."""
        return Sent(query={"limit": limit, "level": level, "as_of": as_of})

    @operation("GET", "/v1/graph/merges", Merges)
    def list_merges(self, *, limit: int | None = None, cursor: str | None = None, as_of: AsOf = None) -> Sent:
        """A page of which entities are one thing, and why."""
        return Sent(query={"limit": limit, "cursor": cursor, "as_of": as_of})

    @operation("POST", "/v1/graph/merges", Decided)
    def decide_merge(self, first_id: str, second_id: str, *, same: bool) -> Sent:
        """Say that two entities are one thing, or that they are not."""
        return Sent(body={"first_id": first_id, "second_id": second_id, "same": same})

    @operation("POST", "/v1/graph/resolve", Resolved)
    def merge_alike(self) -> Sent:
        """Merge what is named alike in different documents."""
        return Sent()

    @operation("GET", "/v1/changes", ChangesBody)
    def list_changes(
        self, since: AsOf, *, until: AsOf = None, kind: ChangedKind | None = None, limit: int | None = None,
        cursor: str | None = None,
    ) -> Sent:  # fmt: skip
        """The net difference between two revisions or moments; a ``cursor`` goes on with one ``kind``."""
        return Sent(query={"since": since, "until": until, "kind": kind, "limit": limit, "cursor": cursor})

    @operation("GET", "/v1/revisions", RevisionsBody)
    def list_revisions(self, *, until: AsOf = None, limit: int | None = None, cursor: int | None = None) -> Sent:
        """A page of revisions with their times, newest first."""
        return Sent(query={"until": until, "limit": limit, "cursor": cursor})

    @operation("GET", "/v1/revisions/days", RevisionDaysBody)
    def list_revision_days(self) -> Sent:
        """Days that made revisions, in order."""
        return Sent()

    change_pages = Listing(list_changes, lambda page: [page], _next_cursor)
