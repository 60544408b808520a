"""Bodies of the graph: entities, relations, merges."""

from typing import Literal

from pydantic import BaseModel, StrictBool

from api.schemas.strict import StrictBody
from graph.model import Entity
from graph.text.typed_values import typed_value


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


class ValueBody(BaseModel):
    """What a date or an amount is worth: an ISO 8601 day, or two with a slash; a number with its unit as written."""

    kind: Literal["date", "number"]
    value: str
    unit: str = ""


class RelationBody(BaseModel):
    """One statement, with its source.

    ``certainty`` is the share of relations read by the same rule that state what their sentence states; None where a
    model or a row of a table has stated it. ``value`` is what the target is worth, where it is a date or an amount.
    """

    source: EntityBody
    predicate: str
    target: EntityBody
    extractor: str
    evidence: SourceBody
    certainty: float | None = None
    value: ValueBody | None = None


class CommunityBody(BaseModel):
    """Names that texts mention together, and what the passages say that are mostly about them.

    ``id`` follows from its names and passages. ``sentences`` are literal, those that cover most of them.
    """

    id: str
    names: list[str]
    passages: int
    sentences: list[SourceBody]


class CommunityBodies(BaseModel):
    """The largest communities at a revision, of ``total`` in all."""

    revision: int
    total: int
    communities: list[CommunityBody]


class MergeBody(BaseModel):
    """Two entities that are one thing, why, and where a text says so."""

    first: EntityBody
    second: EntityBody
    reason: str
    evidence: SourceBody | None


class SplitBody(BaseModel):
    """Two entities that are not one thing, whatever texts state, and why."""

    first: EntityBody
    second: EntityBody
    reason: str


class Merges(BaseModel):
    """A page of the merges that hold at a revision; ask again with ``cursor=next_cursor``. The first has the splits."""

    revision: int
    merges: list[MergeBody]
    splits: list[SplitBody]
    next_cursor: str | None


class VerdictBody(StrictBody):
    """Whether two entities are one thing, whatever texts state; the newest verdict counts."""

    first_id: str
    second_id: str
    same: StrictBool


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


class LeftOffBody(BaseModel):
    """What a bound left off: how many entities at least, the first of them, and whether relations were left off."""

    count: int
    entities: list[EntityBody]
    relations: bool


class Neighbourhood(BaseModel):
    """Entities within some steps of one, the relations and merges among them, and what a bound left off."""

    revision: int
    entities: list[EntityBody]
    relations: list[RelationBody]
    merges: list[MergeBody]
    left_off: LeftOffBody


def value_body(entity: Entity) -> ValueBody | None:
    """What an entity is worth that is a date or an amount."""
    found = typed_value(entity.name, entity.type)
    return ValueBody(kind=found.kind, value=found.value, unit=found.unit) if found else None


def entity_body(entity: Entity) -> EntityBody:
    """An entity for people."""
    return EntityBody(
        id=entity.id, name=entity.name, type=entity.type, mentions=entity.mentions, documents=entity.documents
    )
