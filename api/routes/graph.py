"""The graph for people: entities, their relations, and the passages each rests on."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.bootstrap import Service
from api.context import TheService, in_thread
from api.schemas import parse_as_of
from graph.model import DEFAULT_WORKSPACE, Entity, Relation
from graph.names import norm

router = APIRouter(prefix="/v1/graph", tags=["graph"])


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


class EntityDetail(EntityBody):
    """An entity with its relations and some of its mentions."""

    revision: int
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
    """Entities whose name contains the query."""

    def read() -> Entities:
        revision = service.views.snapshot(DEFAULT_WORKSPACE, as_of=parse_as_of(as_of)).revision
        found = service.graph.find_entities(DEFAULT_WORKSPACE, norm(query), revision, limit=limit)
        return Entities(revision=revision, entities=[_entity(entity) for entity in found])

    return await in_thread(service, read)


@router.get("/entities/{entity_id}")
async def entity(
    entity_id: str, service: TheService, limit: Annotated[int, Query(ge=1, le=200)] = 50, as_of: str | None = None
) -> EntityDetail:
    """One entity, with its relations and sources."""

    def read() -> EntityDetail:
        revision = service.views.snapshot(DEFAULT_WORKSPACE, as_of=parse_as_of(as_of)).revision
        found = service.graph.entity(DEFAULT_WORKSPACE, entity_id, revision)
        mentions = service.graph.mentions(DEFAULT_WORKSPACE, entity_id, revision, limit=limit)
        spans = [(mention.chunk_id, mention.start, mention.end) for mention in mentions]
        relations = service.graph.relations(DEFAULT_WORKSPACE, entity_id, revision, limit=limit)
        return EntityDetail(
            **_entity(found).model_dump(), revision=revision, relations=_relations(service, relations, revision),
            sources=[source for source in _sources(service, spans, revision) if source is not None],
        )  # fmt: skip

    return await in_thread(service, read)


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
        revision = service.views.snapshot(DEFAULT_WORKSPACE, as_of=parse_as_of(as_of)).revision
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
