"""Revisions, and what changed between two of them or between two dates."""

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.rest.context import RequestContext, TheContext
from api.schemas.changes import (
    ChangedBody,
    ChangedDocument,
    ChangedEntity,
    ChangedRelation,
    ChangesBody,
    NameBody,
    RevisionDayBody,
    RevisionDaysBody,
    RevisionsBody,
    changed_document,
    changed_entity,
    revision_body,
)
from api.schemas.strict import parse_as_of
from graph.errors import InputError
from graph.model import Difference, Document, Entity, Fact
from graph.parsing import LARGEST, read_json

router = APIRouter(prefix="/v1", tags=["changes"])
Kind = Literal["documents", "entities", "relations"]
V = TypeVar("V", Document, Entity, Fact)


@router.get("/changes")
async def changes(
    context: TheContext,
    since: Annotated[str, Query(description="a revision, or an ISO 8601 time")],
    until: Annotated[str | None, Query(description="the same; now, if left out")] = None,
    kind: Kind | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> ChangesBody:
    """Documents, entities and relations added, removed and altered in between; purged documents were never there."""
    if cursor is not None and kind is None:
        raise InputError("a cursor goes on with one kind; say which: kind=documents, entities or relations")

    def read() -> ChangesBody:
        first, last = _revision(context, since), _revision(context, until)
        if first > last:
            raise InputError(f"since (revision {first}) lies after until (revision {last})")
        return _Page(context, first, last, limit).body(kind, cursor)

    return await context.in_thread(read)


@router.get("/revisions")
async def revisions(
    context: TheContext,
    until: Annotated[str | None, Query(description="The newest to list: a revision, or an ISO 8601 time.")] = None,
    cursor: Annotated[int | None, Query(ge=0, le=LARGEST)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> RevisionsBody:
    """Revisions with their times, newest first, and the oldest one that can still be read."""

    def read() -> RevisionsBody:
        newest = context.graph.revision(context.workspace)
        last = _revision(context, until) if cursor is None else cursor
        found = context.graph.revisions(context.workspace, last, limit=limit + 1)
        return RevisionsBody(
            oldest=context.graph.horizon(context.workspace), newest=newest,
            revisions=[revision_body(one) for one in found[:limit]],
            next_cursor=str(found[limit].revision) if len(found) > limit else None,
        )  # fmt: skip

    return await context.in_thread(read)


@router.get("/revisions/days")
async def days(context: TheContext) -> RevisionDaysBody:
    """Days that made revisions, in order: how many, and the last of each."""

    def read() -> RevisionDaysBody:
        found = context.graph.days(context.workspace)
        return RevisionDaysBody(
            days=[RevisionDayBody(day=one.day, revisions=one.revisions, last=one.last) for one in found]
        )

    return await context.in_thread(read)


def _revision(context: RequestContext, raw: str | None) -> int:
    newest = context.graph.revision(context.workspace)
    moment = parse_as_of(raw)
    if moment is None:
        return newest
    revision = moment if isinstance(moment, int) else context.graph.revision_at(context.workspace, moment)
    if revision > newest:
        raise InputError(f"revision {revision} has not happened yet; the newest one is {newest}")
    return revision


class _Page:
    """One page of each kind of differences between two revisions."""

    def __init__(self, context: RequestContext, since: int, until: int, limit: int) -> None:
        self._graph, self._workspace = context.graph, context.workspace
        self._since, self._until, self._limit = since, until, limit

    def body(self, kind: Kind | None, cursor: str | None) -> ChangesBody:
        """Of one kind, or of all."""
        return ChangesBody(
            since=self._since,
            until=self._until,
            documents=self._documents(cursor or "") if kind in {None, "documents"} else None,
            entities=self._entities(cursor or "") if kind in {None, "entities"} else None,
            relations=self._relations(cursor) if kind in {None, "relations"} else None,
        )

    def _documents(self, after: str) -> ChangedBody[ChangedDocument]:
        found = self._graph.changed_documents(
            self._workspace, self._since, self._until, after=after, limit=self._limit + 1
        )
        return ChangedBody[ChangedDocument].model_validate(
            self._sorted(found, lambda d, _: changed_document(d), lambda d: d.id)
        )

    def _entities(self, after: str) -> ChangedBody[ChangedEntity]:
        found = self._graph.changed_entities(
            self._workspace, self._since, self._until, after=after, limit=self._limit + 1
        )
        page = self._sorted(found, lambda entity, _: changed_entity(entity), lambda entity: entity.id)
        return ChangedBody[ChangedEntity].model_validate(page)

    def _relations(self, cursor: str | None) -> ChangedBody[ChangedRelation]:
        found = self._graph.changed_facts(
            self._workspace, self._since, self._until, after=_fact_key(cursor), limit=self._limit + 1
        )
        names = {revision: self._names(found, revision) for revision in (self._since, self._until)}

        def body(fact: Fact, revision: int) -> ChangedRelation:
            source, target = (names[revision].get(one, "") for one in (fact.source_id, fact.target_id))
            return ChangedRelation(
                source=NameBody(id=fact.source_id, name=source), predicate=fact.predicate,
                target=NameBody(id=fact.target_id, name=target), passages=fact.passages,
                documents=list(fact.documents),
            )  # fmt: skip

        page = self._sorted(found, body, lambda fact: json.dumps(fact.key))
        return ChangedBody[ChangedRelation].model_validate(page)

    def _sorted(
        self, found: Sequence[Difference[V]], body: Callable[[V, int], BaseModel], cursor: Callable[[V], str]
    ) -> dict[str, object]:
        """A page by what became of things; its cursor is the key of its last one where there are more."""
        page: dict[str, list[object]] = {"added": [], "removed": [], "altered": []}
        last: V | None = None
        for difference in found[: self._limit]:
            before, after = difference.before, difference.after
            if before is not None and after is not None:
                page["altered"].append({"before": body(before, self._since), "after": body(after, self._until)})
            elif after is not None:
                page["added"].append(body(after, self._until))
            elif before is not None:
                page["removed"].append(body(before, self._since))
            last = after if after is not None else before
        more = cursor(last) if last is not None and len(found) > self._limit else None
        return {**page, "next_cursor": more}

    def _names(self, found: Sequence[Difference[Fact]], revision: int) -> dict[str, str]:
        """Names of the ends of facts by id; one that was purged meanwhile has none."""
        facts = [fact for one in found for fact in (one.before, one.after) if fact is not None]
        ids = sorted({end for fact in facts for end in (fact.source_id, fact.target_id)})
        return {one: it.name for one, it in self._graph.entities(self._workspace, ids, revision).items()}


def _fact_key(cursor: str | None) -> tuple[str, str, str]:
    if cursor is None:
        return "", "", ""
    match read_json("the cursor", cursor):
        case [str(source), str(predicate), str(target)]:
            return source, predicate, target
    raise InputError("the cursor is none that was given")
