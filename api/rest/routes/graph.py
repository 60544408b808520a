"""The graph for people: entities, their relations, and the passages each rests on."""

import json
from bisect import bisect_right
from collections.abc import Sequence
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query

from api.rest.context import RequestContext, TheContext
from api.schemas.graph import (
    CommunityBodies,
    CommunityBody,
    Decided,
    Entities,
    EntityBody,
    EntityDetail,
    LeftOffBody,
    MergeBody,
    Merges,
    Neighbourhood,
    RelationBody,
    Resolved,
    SourceBody,
    SplitBody,
    VerdictBody,
    entity_body,
    value_body,
)
from api.schemas.strict import parse_as_of
from graph.errors import InputError, NotFoundError
from graph.model import Alias, Entity, PlacedChunk, Relation
from graph.parsing import read_json
from graph.text.names import norm
from graph.view.merging import aliases_around, chief, members
from ingest.extraction.stating.stated import certainty
from retrieval.communities.model import Level, Report
from retrieval.exploring import surroundings

router = APIRouter(prefix="/v1/graph", tags=["graph"])
MergeKey: TypeAlias = tuple[str, str, str, int]
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
        names = list(context.graph.entities(context.workspace, ids, revision).values())
        if not names:
            raise NotFoundError(f"no entity {entity_id!r} at revision {revision}")
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
    context: TheContext, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    as_of: str | None = None,
) -> Merges:  # fmt: skip
    """Which entities are one thing, and why; and which are kept apart, whatever texts state."""
    after = _merge_key(cursor)

    def read() -> Merges:
        revision = context.revision(parse_as_of(as_of))
        every = context.graph.aliases(context.workspace, revision)
        found = every[bisect_right(every, after, key=_key) :][: limit + 1]
        return Merges(
            revision=revision, merges=_merges(context, found[:limit], revision),
            splits=[] if cursor else _splits(context, revision)[:limit],
            next_cursor=json.dumps(_key(found[limit - 1])) if len(found) > limit else None,
        )  # fmt: skip

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
    """What stands within ``depth`` relations of an entity, all its names together, the most related first.

    ``limit`` bounds the entities; ``left_off`` tells what it left off.
    """

    def read() -> Neighbourhood:
        revision = context.revision(parse_as_of(as_of))
        found = surroundings(context.graph, context.workspace, entity_id, revision, depth=depth, limit=limit)
        return Neighbourhood(
            revision=revision, entities=[entity_body(one) for one in found.entities],
            relations=_relations(context, found.relations, revision),
            merges=_merges(context, found.aliases, revision),
            left_off=LeftOffBody(
                count=found.left_off_count, entities=[entity_body(one) for one in found.left_off],
                relations=found.relations_left_off,
            ),
        )  # fmt: skip

    return await context.in_thread(read)


@router.get("/communities")
async def communities(
    context: TheContext, limit: Annotated[int, Query(ge=1, le=50)] = 10, level: Level = "fine", as_of: str | None = None
) -> CommunityBodies:
    """What the collection is about: the largest communities of names that texts mention together.

    Each of the ``broad`` level is one or several of the ``fine`` level.
    """
    found = await context.cases.communities.largest(
        context.workspace, context.audience, parse_as_of(as_of), limit, level
    )  # fmt: skip
    shown = (item.placed.document.id for report in found.reports for item in report.evidence)
    context.notes.ids += list(dict.fromkeys(shown))
    return CommunityBodies(
        revision=found.communities.revision, total=len(found.communities.all),
        communities=[_community(report) for report in found.reports],
    )  # fmt: skip


def _community(report: Report) -> CommunityBody:
    by_marker = {item.marker: item.placed for item in report.evidence}
    return CommunityBody(
        id=report.community.id, names=list(report.labels),
        passages=len(report.community.chunk_ids),
        sentences=[
            _source(by_marker[marker], quote or "")
            for claim in report.claims for marker, quote in claim.quotes
        ],
    )  # fmt: skip


def _source(placed: PlacedChunk, quote: str) -> SourceBody:
    document = placed.document
    return SourceBody(
        document_id=document.id, version=document.version, title=document.title, chunk_id=placed.chunk.id, quote=quote
    )


def _merge_key(cursor: str | None) -> MergeKey:
    if cursor is None:
        return "", "", "", -1
    match read_json("the cursor", cursor):
        case [str(first), str(second), str(chunk), int(start)]:
            return first, second, chunk, start
    raise InputError("the cursor is none that was given")


def _key(alias: Alias) -> MergeKey:
    return alias.first_id, alias.second_id, alias.chunk_id, alias.start


def _splits(context: RequestContext, revision: int) -> list[SplitBody]:
    """Verdicts that two entities which are both live are not one thing."""
    apart = [one for one in context.graph.verdicts(context.workspace, revision) if not one.same]
    ids = sorted({end for one in apart for end in (one.first_id, one.second_id)})
    found = context.graph.entities(context.workspace, ids, revision)
    return [
        SplitBody(first=entity_body(found[one.first_id]), second=entity_body(found[one.second_id]), reason=one.reason)
        for one in apart
        if one.first_id in found and one.second_id in found
    ]


def _merges(context: RequestContext, aliases: Sequence[Alias], revision: int) -> list[MergeBody]:
    ids = sorted({end for alias in aliases for end in (alias.first_id, alias.second_id)})
    entities = _bodies(context, ids, revision)
    sources = _sources(context, [(alias.chunk_id, alias.start, alias.end) for alias in aliases], revision)
    return [
        MergeBody(
            first=entities[alias.first_id], second=entities[alias.second_id], reason=alias.reason, evidence=source
        )
        for alias, source in zip(aliases, sources, strict=True)
        if alias.first_id in entities and alias.second_id in entities  # one of them may have been purged meanwhile
    ]


def _bodies(context: RequestContext, ids: Sequence[str], revision: int) -> dict[str, EntityBody]:
    found = context.graph.entities(context.workspace, ids, revision)
    return {one: entity_body(entity) for one, entity in found.items()}


def _relations(context: RequestContext, relations: Sequence[Relation], revision: int) -> list[RelationBody]:
    ids = sorted({end for relation in relations for end in (relation.source_id, relation.target_id)})
    found = context.graph.entities(context.workspace, ids, revision)
    sources = _sources(context, [(r.chunk_id, r.start, r.end) for r in relations], revision)
    return [
        RelationBody(
            source=entity_body(found[relation.source_id]), predicate=relation.predicate,
            target=entity_body(found[relation.target_id]), extractor=relation.extractor, evidence=source,
            certainty=certainty(relation.extractor), value=value_body(found[relation.target_id]),
        )
        for relation, source in zip(relations, sources, strict=True)
        if source is not None and relation.source_id in found and relation.target_id in found
    ]  # fmt: skip


def _sources(context: RequestContext, spans: list[tuple[str, int, int]], revision: int) -> list[SourceBody | None]:
    """The passage of each (chunk, start, end); None where it was purged meanwhile."""
    ids = sorted({span[0] for span in spans})
    placed = {item.chunk.id: item for item in context.graph.chunks(context.workspace, ids, revision)}
    return [
        _source(placed[chunk], placed[chunk].chunk.text[start:end] or placed[chunk].document.title)
        if chunk in placed
        else None
        for chunk, start, end in spans
    ]  # fmt: skip
