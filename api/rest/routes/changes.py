"""What changed between two revisions or dates."""

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, Literal, TypeVar

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.bootstrap import Service
from api.rest.context import TheService, in_thread
from api.schemas.bodies import parse_as_of
from graph.errors import InputError, NotFoundError
from graph.model import DEFAULT_WORKSPACE, Difference, Document, Entity, Fact

router = APIRouter(prefix="/v1/changes", tags=["changes"])
Kind = Literal["documents", "entities", "relations"]
B = TypeVar("B", bound=BaseModel)
V = TypeVar("V", Document, Entity, Fact)


class ChangedDocument(BaseModel):
    """A document as it stood at one end."""

    id: str
    version: int
    title: str
    metadata: dict[str, object]
    updated_at: str


class ChangedEntity(BaseModel):
    """An entity as it stood at one end."""

    id: str
    name: str
    type: str
    mentions: int
    documents: int


class NameBody(BaseModel):
    """An entity by id and name."""

    id: str
    name: str


class ChangedRelation(BaseModel):
    """A fact as it stood at one end: how many passages say it, and in which documents."""

    source: NameBody
    predicate: str
    target: NameBody
    passages: int
    documents: list[str]


class AlteredBody(BaseModel, Generic[B]):
    """What was live at both ends, and differs."""

    before: B
    after: B


class ChangedBody(BaseModel, Generic[B]):
    """One kind of things; where there is more, ask again with this ``kind`` and ``cursor=next_cursor``."""

    added: list[B] = []
    removed: list[B] = []
    altered: list[AlteredBody[B]] = []
    next_cursor: str | None = None


class ChangesBody(BaseModel):
    """The net difference of revision ``until`` from revision ``since``."""

    since: int
    until: int
    documents: ChangedBody[ChangedDocument] | None
    entities: ChangedBody[ChangedEntity] | None
    relations: ChangedBody[ChangedRelation] | None


@router.get("")
async def changes(
    service: TheService,
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
        first, last = _revision(service, since), _revision(service, until)
        if first > last:
            raise InputError(f"since (revision {first}) lies after until (revision {last})")
        return _Reader(service, first, last, limit).body(kind, cursor)

    return await in_thread(service, read)


def _revision(service: Service, raw: str | None) -> int:
    newest = service.graph.revision(DEFAULT_WORKSPACE)
    moment = parse_as_of(raw)
    if moment is None:
        return newest
    revision = moment if isinstance(moment, int) else service.graph.revision_at(DEFAULT_WORKSPACE, moment)
    if revision > newest:
        raise InputError(f"revision {revision} has not happened yet; the newest one is {newest}")
    return revision


class _Reader:
    """Reads one page of each kind between two revisions."""

    def __init__(self, service: Service, since: int, until: int, limit: int) -> None:
        self._graph = service.graph
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
            DEFAULT_WORKSPACE, self._since, self._until, after=after, limit=self._limit + 1
        )
        return ChangedBody[ChangedDocument].model_validate(
            self._sorted(found, lambda d, _: _document(d), lambda d: d.id)
        )

    def _entities(self, after: str) -> ChangedBody[ChangedEntity]:
        found = self._graph.changed_entities(
            DEFAULT_WORKSPACE, self._since, self._until, after=after, limit=self._limit + 1
        )
        page = self._sorted(found, lambda entity, _: _entity(entity), lambda entity: entity.id)
        return ChangedBody[ChangedEntity].model_validate(page)

    def _relations(self, cursor: str | None) -> ChangedBody[ChangedRelation]:
        found = self._graph.changed_facts(
            DEFAULT_WORKSPACE, self._since, self._until, after=_fact_key(cursor), limit=self._limit + 1
        )
        page = self._sorted(found, self._fact, lambda fact: json.dumps(fact.key))
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

    def _fact(self, fact: Fact, revision: int) -> ChangedRelation:
        return ChangedRelation(
            source=self._name(fact.source_id, revision), predicate=fact.predicate,
            target=self._name(fact.target_id, revision), passages=fact.passages, documents=list(fact.documents),
        )  # fmt: skip

    def _name(self, entity_id: str, revision: int) -> NameBody:
        try:
            return NameBody(id=entity_id, name=self._graph.entity(DEFAULT_WORKSPACE, entity_id, revision).name)
        except NotFoundError:  # purged meanwhile
            return NameBody(id=entity_id, name="")


def _fact_key(cursor: str | None) -> tuple[str, str, str]:
    if cursor is None:
        return "", "", ""
    try:
        source, predicate, target = json.loads(cursor)
    except (ValueError, TypeError) as error:
        raise InputError("the cursor is none that was given") from error
    return str(source), str(predicate), str(target)


def _document(document: Document) -> ChangedDocument:
    return ChangedDocument(
        id=document.id, version=document.version, title=document.title, metadata=dict(document.metadata),
        updated_at=document.updated_at.isoformat(),
    )  # fmt: skip


def _entity(entity: Entity) -> ChangedEntity:
    return ChangedEntity(
        id=entity.id, name=entity.name, type=entity.type, mentions=entity.mentions, documents=entity.documents
    )
