"""Bodies of questions to the graph's relations, and of the rows that answer them."""

from typing import Any

from pydantic import BaseModel, Field, StrictBool, StrictInt

from api.schemas.graph import SourceBody
from api.schemas.strict import After, AsOf, Revision, StrictBody, parse_as_of, tokens
from graph.audience import Audience
from graph.filters import Filters
from retrieval.facts.model import (
    MAX_CONDITIONS,
    MAX_ROWS,
    MAX_WORDS,
    Direction,
    FactCondition,
    FactKind,
    FactQuery,
    FactRow,
    FactRows,
    Measure,
    Stated,
    Taken,
)
from retrieval.model import Question

_DAY = r"^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$"


class FactConditionBody(StrictBody):
    """``entity -predicate→ answer`` (``out``), or the other way round (``in``).

    ``entity`` is a name, another name of the same thing, or an entity's id. ``predicate`` is taken by its meaning,
    where it is ``exact`` as it is written; ``_`` in it stands where the entity stands ("founded by _").
    """

    entity: str = Field(min_length=1, max_length=MAX_WORDS, pattern=r"\S")
    predicate: str = Field(default="", max_length=MAX_WORDS)
    direction: Direction = "either"
    exact: StrictBool = False


class FactsAskedBody(StrictBody):
    """A question to the relations: what satisfies all conditions; ``compare`` sets what satisfies each side by side.

    ``type`` is a type of the graph, or a word for one. ``dated_before`` and ``dated_after`` are days, months or years,
    themselves excluded. All rows are counted, and at most ``limit`` are given.
    """

    kind: FactKind = "list"
    conditions: list[FactConditionBody] = Field(min_length=1, max_length=MAX_CONDITIONS)
    type: str = Field(default="", max_length=MAX_WORDS)
    filters: dict[str, Any] = Field(default_factory=dict)
    dated_before: str = Field(default="", pattern=_DAY)
    dated_after: str = Field(default="", pattern=_DAY)
    measure: Measure = "count"
    limit: StrictInt = Field(default=100, ge=1, le=MAX_ROWS)
    as_of: AsOf = None
    min_revision: Revision | None = None
    after: After | None = None

    def to_query(self) -> FactQuery:
        """What is asked. Raises InputError."""
        return FactQuery(
            kind=self.kind, conditions=tuple(FactCondition(**one.model_dump()) for one in self.conditions),
            type=self.type, filters=Filters.parse(self.filters), dated_before=self.dated_before,
            dated_after=self.dated_after, measure=self.measure, limit=self.limit,
        )  # fmt: skip

    def to_question(self, workspace: str, audience: Audience) -> Question:
        """Of what it is asked: a workspace, for an audience, at a time."""
        return Question(
            text="", workspace=workspace, audience=audience, as_of=parse_as_of(self.as_of),
            min_revision=self.min_revision, after=tokens(self.after),
        )  # fmt: skip


class QuoteBody(SourceBody):
    """A literal sentence: ``content[start:end] == quote`` in that version of the document."""

    start: int
    end: int
    page: int | None


class StatedBody(BaseModel):
    """A relation that supports a row: the condition (from 0) that it satisfies, its ends, and where it is stated."""

    condition: int
    source: str
    predicate: str
    target: str
    extractor: str
    evidence: QuoteBody


class FactRowBody(BaseModel):
    """A thing that satisfies the conditions, once under whatever names, and what states that it does.

    ``dated`` is its day where days are asked for, ``value`` what it is worth if it is a date or an amount.
    """

    entity_id: str
    name: str
    type: str
    dated: str
    value: str
    stated: list[StatedBody]


class TakenPredicateBody(BaseModel):
    """A predicate that was taken to be meant; ``out``: the named thing is its source."""

    predicate: str
    out: bool
    relations: int


class TakenBody(BaseModel):
    """What a condition was taken to ask, and how many things satisfy it alone.

    ``entity_id`` is null where nothing is known of this name; ``candidates`` are names that hold it.
    """

    entity_id: str | None
    name: str
    predicates: list[TakenPredicateBody]
    candidates: list[str]
    count: int
    values: list[str]


class CompletenessBody(BaseModel):
    """How far the rows can be all: passages looked at, those of them read by rule alone, and what was left out."""

    passages: int
    unread: int
    cut: int
    undated: int
    untyped: int
    bounded: bool


class FactsBody(BaseModel):
    """Rows, at a revision; ``count`` is that of all, ``leading`` the condition with most where things are compared."""

    revision: int
    kind: FactKind
    count: int
    rows: list[FactRowBody]
    taken: list[TakenBody]
    completeness: CompletenessBody
    leading: int | None


def facts_body(rows: FactRows) -> FactsBody:
    """Rows for people."""
    found = rows.completeness
    return FactsBody(
        revision=rows.revision, kind=rows.query.kind, count=rows.count, rows=[_row(row) for row in rows.rows],
        taken=[_taken(one) for one in rows.taken], leading=rows.leading,
        completeness=CompletenessBody(
            passages=found.passages, unread=found.unread, cut=found.cut, undated=found.undated,
            untyped=found.untyped, bounded=found.bounded,
        ),
    )  # fmt: skip


def _row(row: FactRow) -> FactRowBody:
    return FactRowBody(
        entity_id=row.entity_id, name=row.name, type=row.type, dated=row.dated, value=row.value,
        stated=[_stated(one) for one in row.stated],
    )  # fmt: skip


def _stated(one: Stated) -> StatedBody:
    placed, quote = one.quote.placed, one.quote
    return StatedBody(
        condition=one.condition, source=one.source, predicate=one.predicate, target=one.target,
        extractor=one.extractor,
        evidence=QuoteBody(
            document_id=placed.document.id, version=placed.document.version, title=placed.document.title,
            chunk_id=placed.chunk.id, quote=quote.text, start=placed.position.start + quote.start,
            end=placed.position.start + quote.end, page=placed.position.page,
        ),
    )  # fmt: skip


def _taken(one: Taken) -> TakenBody:
    return TakenBody(
        entity_id=one.entity_id or None, name=one.name, count=one.count, values=list(one.values),
        candidates=list(one.candidates),
        predicates=[
            TakenPredicateBody(predicate=each.predicate, out=each.out, relations=each.relations)
            for each in one.predicates
        ],
    )  # fmt: skip
