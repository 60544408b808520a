"""The graph for people: entities, their relations, and the passages each rests on."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from api.rest.context import RequestContext, TheContext
from api.schemas.graph import (
    Decided,
    Entities,
    EntityDetail,
    MergeBody,
    Merges,
    Neighbourhood,
    RelationBody,
    Resolved,
    SourceBody,
    VerdictBody,
    entity_body,
    value_body,
)
from api.schemas.strict import parse_as_of
from graph.model import Alias, Entity, Relation
from graph.text.names import norm
from graph.view.merging import aliases_around, chief, members
from ingest.extraction.stating.stated import certainty

router = APIRouter(prefix="/v1/graph", tags=["graph"])
MAX_QUERY = 1_000
"""Characters of a name that is looked for; a store takes no pattern of any length."""


@router.get("/entities")
async def find_entities(
    context: TheContext,
    query: Annotated[str, Query(max_length=MAX_QUERY)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    as_of: str | None = None,
) -> Entities:
    """Entities one of whose names contains the query, each once."""

    def read() -> Entities:
        revision = context.revision(parse_as_of(as_of))
        found = context.graph.find_entities(context.workspace, norm(query), revision, limit=limit)
        aliases = aliases_around(context.graph, context.workspace, [entity.id for entity in found], revision)
        things: dict[tuple[str, ...], Entity] = {}
        for entity in found:
            things.setdefault(members(entity.id, aliases), entity)
        return Entities(revision=revision, entities=[entity_body(entity) for entity in things.values()])

    return await context.in_thread(read)


@router.get("/entities/{entity_id}")
async def entity(
    entity_id: str, context: TheContext, limit: Annotated[int, Query(ge=1, le=200)] = 50, as_of: str | None = None
) -> EntityDetail:
    """One entity under all its names, with its relations and sources."""

    def read() -> EntityDetail:
        revision = context.revision(parse_as_of(as_of))
        aliases = aliases_around(context.graph, context.workspace, [entity_id], revision)
        ids = members(entity_id, aliases)
        names = [context.graph.entity(context.workspace, one, revision) for one in ids]
        spans: dict[tuple[str, int, int], None] = {}
        relations: dict[Relation, None] = {}
        for one in ids:
            mentions = context.graph.mentions(context.workspace, one, revision, limit=limit)
            spans |= dict.fromkeys((mention.chunk_id, mention.start, mention.end) for mention in mentions)
            relations |= dict.fromkeys(context.graph.relations(context.workspace, one, revision, limit=limit))
        sources = _sources(context, list(spans)[:limit], revision)
        whole = entity_body(chief(names)).model_dump() | {
            "id": entity_id, "mentions": sum(name.mentions for name in names),
            "documents": max(name.documents for name in names),
        }  # fmt: skip
        return EntityDetail(
            **whole, revision=revision, relations=_relations(context, list(relations)[:limit], revision),
            sources=[source for source in sources if source is not None], merges=_merges(context, aliases, revision),
        )  # fmt: skip

    return await context.in_thread(read)


@router.get("/merges")
async def merges(
    context: TheContext, limit: Annotated[int, Query(ge=1, le=1000)] = 100, as_of: str | None = None
) -> Merges:
    """Which entities are one thing, and why."""

    def read() -> Merges:
        revision = context.revision(parse_as_of(as_of))
        found = context.graph.aliases(context.workspace, revision, limit=limit)
        return Merges(revision=revision, merges=_merges(context, found, revision))

    return await context.in_thread(read)


@router.post("/merges")
async def decide(body: VerdictBody, context: TheContext) -> Decided:
    """Undo a merge (``same`` false), or merge two entities. Both can be taken back by another verdict."""
    merges = context.cases.merges
    revision = await context.in_thread(
        lambda: merges.decide(
            context.workspace, body.first_id, body.second_id, same=body.same, audience=context.audience
        )
    )
    return Decided(revision=revision)


@router.post("/resolve")
async def resolve(context: TheContext) -> Resolved:
    """Merge what is named alike in different documents: by string, vector and type, without a model call."""
    report = await context.in_thread(lambda: context.cases.merges.merge_alike(context.workspace))
    return Resolved(names=report.names, compared=report.compared, merged=report.merged, revision=report.revision)


@router.get("/neighbourhood")
async def neighbourhood(
    context: TheContext,
    entity_id: str,
    depth: Annotated[int, Query(ge=1, le=3)] = 1,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    as_of: str | None = None,
) -> Neighbourhood:
    """What stands within ``depth`` relations of an entity."""

    def read() -> Neighbourhood:
        revision = context.revision(parse_as_of(as_of))
        context.graph.entity(context.workspace, entity_id, revision)
        seen, frontier, found = {entity_id}, [entity_id], dict[Relation, None]()
        for _ in range(depth):
            for node in frontier:
                found |= dict.fromkeys(context.graph.relations(context.workspace, node, revision, limit=limit))
            ends = {end for relation in found for end in (relation.source_id, relation.target_id)}
            frontier = sorted(ends - seen)[:limit]
            seen |= set(frontier)
        kept = [r for r in found if r.source_id in seen and r.target_id in seen][:limit]
        ids = sorted({entity_id} | {end for r in kept for end in (r.source_id, r.target_id)})
        entities = [entity_body(context.graph.entity(context.workspace, node, revision)) for node in ids]
        return Neighbourhood(revision=revision, entities=entities, relations=_relations(context, kept, revision))

    return await context.in_thread(read)


def _merges(context: RequestContext, aliases: Sequence[Alias], revision: int) -> list[MergeBody]:
    ids = sorted({end for alias in aliases for end in (alias.first_id, alias.second_id)})
    entities = {one: entity_body(context.graph.entity(context.workspace, one, revision)) for one in ids}
    sources = _sources(context, [(alias.chunk_id, alias.start, alias.end) for alias in aliases], revision)
    return [
        MergeBody(
            first=entities[alias.first_id], second=entities[alias.second_id], reason=alias.reason, evidence=source
        )
        for alias, source in zip(aliases, sources, strict=True)
    ]


def _relations(
    context: RequestContext, relations: tuple[Relation, ...] | list[Relation], revision: int
) -> list[RelationBody]:
    ids = {end for relation in relations for end in (relation.source_id, relation.target_id)}
    found = {node: context.graph.entity(context.workspace, node, revision) for node in sorted(ids)}
    entities = {node: entity_body(entity) for node, entity in found.items()}
    sources = _sources(context, [(r.chunk_id, r.start, r.end) for r in relations], revision)
    return [
        RelationBody(
            source=entities[relation.source_id], predicate=relation.predicate, target=entities[relation.target_id],
            extractor=relation.extractor, evidence=source, certainty=certainty(relation.extractor),
            value=value_body(found[relation.target_id]),
        )
        for relation, source in zip(relations, sources, strict=True)
        if source is not None
    ]  # fmt: skip


def _sources(context: RequestContext, spans: list[tuple[str, int, int]], revision: int) -> list[SourceBody | None]:
    """The passage of each (chunk, start, end); None where it was purged meanwhile."""
    ids = sorted({span[0] for span in spans})
    placed = {item.chunk.id: item for item in context.graph.chunks(context.workspace, ids, revision)}
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
