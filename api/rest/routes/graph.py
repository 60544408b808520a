"""The graph for people: entities, their relations, and the passages each rests on."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from api.bootstrap import Service
from api.rest.context import TheService, in_thread
from api.schemas.bodies import parse_as_of
from graph.errors import InputError
from graph.model import DEFAULT_WORKSPACE, Alias, Entity, Relation, Verdict
from graph.text.names import norm
from graph.view.merging import aliases_around, chief, members
from ingest.resolving.entity_merging import merge_alike

router = APIRouter(prefix="/v1/graph", tags=["graph"])
BY_HAND = "by hand"
"""Reason of a verdict that a person gave."""


class EntityBody(BaseModel):
    """A thing that live passages mention."""

    id: str
    name: str
    type: str
    mentions: int
    documents: int


class SourceBody(BaseModel):
    """The passage a fact was read in."""

    document_id: str
    version: int
    title: str
    chunk_id: str
    quote: str


class RelationBody(BaseModel):
    """One statement, with its source."""

    source: EntityBody
    predicate: str
    target: EntityBody
    extractor: str
    evidence: SourceBody


class MergeBody(BaseModel):
    """Two entities that are one thing, why, and where a text says so."""

    first: EntityBody
    second: EntityBody
    reason: str
    evidence: SourceBody | None


class Merges(BaseModel):
    """Merges that hold at a revision."""

    revision: int
    merges: list[MergeBody]


class VerdictBody(BaseModel):
    """Whether two entities are one thing, whatever texts state; the newest verdict counts."""

    model_config = ConfigDict(extra="forbid")

    first_id: str
    second_id: str
    same: bool


class Decided(BaseModel):
    """Where a verdict can be read."""

    revision: int


class Resolved(BaseModel):
    """What a pass over all names found: pairs compared, merged now, and where that can be read."""

    names: int
    compared: int
    merged: int
    revision: int


class EntityDetail(EntityBody):
    """An entity under all its names, with its relations and some of its mentions."""

    revision: int
    merges: list[MergeBody]
    relations: list[RelationBody]
    sources: list[SourceBody]


class Entities(BaseModel):
    """Entities, the most mentioned first."""

    revision: int
    entities: list[EntityBody]


class Neighbourhood(BaseModel):
    """Entities within some steps of one, and the relations among them."""

    revision: int
    entities: list[EntityBody]
    relations: list[RelationBody]


@router.get("/entities")
async def find_entities(
    service: TheService, query: str = "", limit: Annotated[int, Query(ge=1, le=200)] = 20, as_of: str | None = None
) -> Entities:
    """Entities one of whose names contains the query, each once."""

    def read() -> Entities:
        revision = service.views.revision(DEFAULT_WORKSPACE, as_of=parse_as_of(as_of))
        found = service.graph.find_entities(DEFAULT_WORKSPACE, norm(query), revision, limit=limit)
        aliases = aliases_around(service.graph, DEFAULT_WORKSPACE, [entity.id for entity in found], revision)
        things: dict[tuple[str, ...], Entity] = {}
        for entity in found:
            things.setdefault(members(entity.id, aliases), entity)
        return Entities(revision=revision, entities=[_entity(entity) for entity in things.values()])

    return await in_thread(service, read)


@router.get("/entities/{entity_id}")
async def entity(
    entity_id: str, service: TheService, limit: Annotated[int, Query(ge=1, le=200)] = 50, as_of: str | None = None
) -> EntityDetail:
    """One entity under all its names, with its relations and sources."""

    def read() -> EntityDetail:
        revision = service.views.revision(DEFAULT_WORKSPACE, as_of=parse_as_of(as_of))
        aliases = aliases_around(service.graph, DEFAULT_WORKSPACE, [entity_id], revision)
        ids = members(entity_id, aliases)
        names = [service.graph.entity(DEFAULT_WORKSPACE, one, revision) for one in ids]
        spans: dict[tuple[str, int, int], None] = {}
        relations: dict[Relation, None] = {}
        for one in ids:
            mentions = service.graph.mentions(DEFAULT_WORKSPACE, one, revision, limit=limit)
            spans |= dict.fromkeys((mention.chunk_id, mention.start, mention.end) for mention in mentions)
            relations |= dict.fromkeys(service.graph.relations(DEFAULT_WORKSPACE, one, revision, limit=limit))
        sources = _sources(service, list(spans)[:limit], revision)
        whole = _entity(chief(names)).model_dump() | {
            "id": entity_id, "mentions": sum(name.mentions for name in names),
            "documents": max(name.documents for name in names),
        }  # fmt: skip
        return EntityDetail(
            **whole, revision=revision, relations=_relations(service, list(relations)[:limit], revision),
            sources=[source for source in sources if source is not None], merges=_merges(service, aliases, revision),
        )  # fmt: skip

    return await in_thread(service, read)


@router.get("/merges")
async def merges(
    service: TheService, limit: Annotated[int, Query(ge=1, le=1000)] = 100, as_of: str | None = None
) -> Merges:
    """Which entities are one thing, and why."""

    def read() -> Merges:
        revision = service.views.revision(DEFAULT_WORKSPACE, as_of=parse_as_of(as_of))
        found = service.graph.aliases(DEFAULT_WORKSPACE, revision, limit=limit)
        return Merges(revision=revision, merges=_merges(service, found, revision))

    return await in_thread(service, read)


@router.post("/merges")
async def decide(body: VerdictBody, service: TheService) -> Decided:
    """Undo a merge (``same`` false), or merge two entities. Both can be taken back by another verdict."""
    first, second = sorted((body.first_id, body.second_id))
    if first == second:
        raise InputError("a verdict is about two entities")
    verdict = Verdict(first_id=first, second_id=second, same=body.same, reason=BY_HAND)

    def write() -> Decided:
        revision = service.graph.revision(DEFAULT_WORKSPACE)
        for entity_id in (first, second):
            service.graph.entity(DEFAULT_WORKSPACE, entity_id, revision)
        revision = service.graph.decide(DEFAULT_WORKSPACE, [verdict])
        service.views.catch_up(DEFAULT_WORKSPACE)
        return Decided(revision=revision)

    return await in_thread(service, write)


@router.post("/resolve")
async def resolve(service: TheService) -> Resolved:
    """Merge what is named alike in different documents: by string, vector and type, without a model call."""

    def work() -> Resolved:
        report = merge_alike(service.graph, service.embedder, DEFAULT_WORKSPACE)
        service.views.catch_up(DEFAULT_WORKSPACE)
        return Resolved(
            names=report.names, compared=report.compared, merged=report.merged, revision=report.revision
        )  # fmt: skip

    return await in_thread(service, work)


@router.get("/neighbourhood")
async def neighbourhood(
    service: TheService,
    entity_id: str,
    depth: Annotated[int, Query(ge=1, le=3)] = 1,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    as_of: str | None = None,
) -> Neighbourhood:
    """What stands within ``depth`` relations of an entity."""

    def read() -> Neighbourhood:
        revision = service.views.revision(DEFAULT_WORKSPACE, as_of=parse_as_of(as_of))
        service.graph.entity(DEFAULT_WORKSPACE, entity_id, revision)
        seen, frontier, found = {entity_id}, [entity_id], dict[Relation, None]()
        for _ in range(depth):
            for node in frontier:
                found |= dict.fromkeys(service.graph.relations(DEFAULT_WORKSPACE, node, revision, limit=limit))
            ends = {end for relation in found for end in (relation.source_id, relation.target_id)}
            frontier = sorted(ends - seen)[:limit]
            seen |= set(frontier)
        kept = [r for r in found if r.source_id in seen and r.target_id in seen][:limit]
        ids = sorted({entity_id} | {end for r in kept for end in (r.source_id, r.target_id)})
        entities = [_entity(service.graph.entity(DEFAULT_WORKSPACE, node, revision)) for node in ids]
        return Neighbourhood(revision=revision, entities=entities, relations=_relations(service, kept, revision))

    return await in_thread(service, read)


def _merges(service: Service, aliases: Sequence[Alias], revision: int) -> list[MergeBody]:
    ids = sorted({end for alias in aliases for end in (alias.first_id, alias.second_id)})
    entities = {one: _entity(service.graph.entity(DEFAULT_WORKSPACE, one, revision)) for one in ids}
    sources = _sources(service, [(alias.chunk_id, alias.start, alias.end) for alias in aliases], revision)
    return [
        MergeBody(
            first=entities[alias.first_id], second=entities[alias.second_id], reason=alias.reason, evidence=source
        )
        for alias, source in zip(aliases, sources, strict=True)
    ]


def _relations(service: Service, relations: tuple[Relation, ...] | list[Relation], revision: int) -> list[RelationBody]:
    ids = {end for relation in relations for end in (relation.source_id, relation.target_id)}
    entities = {node: _entity(service.graph.entity(DEFAULT_WORKSPACE, node, revision)) for node in sorted(ids)}
    sources = _sources(service, [(r.chunk_id, r.start, r.end) for r in relations], revision)
    return [
        RelationBody(
            source=entities[relation.source_id], predicate=relation.predicate, target=entities[relation.target_id],
            extractor=relation.extractor, evidence=source,
        )
        for relation, source in zip(relations, sources, strict=True)
        if source is not None
    ]  # fmt: skip


def _sources(service: Service, spans: list[tuple[str, int, int]], revision: int) -> list[SourceBody | None]:
    """The passage of each (chunk, start, end); None where it was purged meanwhile."""
    ids = sorted({span[0] for span in spans})
    placed = {item.chunk.id: item for item in service.graph.chunks(DEFAULT_WORKSPACE, ids, revision)}
    return [
        SourceBody(
            document_id=placed[chunk].document.id, version=placed[chunk].document.version,
            title=placed[chunk].document.title, chunk_id=chunk,
            quote=placed[chunk].chunk.text[start:end] or placed[chunk].document.title,
        )
        if chunk in placed
        else None
        for chunk, start, end in spans
    ]  # fmt: skip


def _entity(entity: Entity) -> EntityBody:
    return EntityBody(
        id=entity.id, name=entity.name, type=entity.type, mentions=entity.mentions, documents=entity.documents
    )
