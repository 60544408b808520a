"""Bodies of questions and of what they find."""

from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, Field, JsonValue, StrictBool, StrictInt

from api.schemas.strict import After, AsOf, Revision, StrictBody, parse_as_of, rounded, tokens
from graph.audience import Audience
from graph.filters import Filters
from graph.model import PlacedChunk
from retrieval.model import MAX_HISTORY, MAX_QUESTION, MAX_VOTES, Hit, Question, SearchResult, Utterance, Why
from retrieval.modes import AskedMode, Effort, SearchMode

QUESTION_FORM: dict[str, JsonValue] = {"minLength": 1, "maxLength": MAX_QUESTION, "pattern": r"\S"}
"""What :func:`retrieval.pipeline.check_question` lets through, as a schema says it."""


PENDING = "changes that were acknowledged and that this does not contain yet"


class UtteranceBody(StrictBody):
    """What somebody said before a question."""

    speaker: Literal["user", "agent"]
    text: str = Field(max_length=MAX_QUESTION)


class _Query(StrictBody):
    filters: dict[str, Any] = Field(default_factory=dict)
    as_of: AsOf = None
    min_revision: Revision | None = None
    after: After | None = None
    history: list[UtteranceBody] = Field(
        default_factory=list, max_length=MAX_HISTORY,
        description="what was said before, oldest first: the question is understood by it, nothing is cited from it",
    )  # fmt: skip

    def _question(self, workspace: str, audience: Audience, text: str, mode: AskedMode) -> Question:
        return Question(
            text=text, workspace=workspace, audience=audience, mode=mode,
            filters=Filters.parse(self.filters),
            as_of=parse_as_of(self.as_of), min_revision=self.min_revision,
            after=tokens(self.after),
            history=tuple(Utterance(speaker=one.speaker, text=one.text) for one in self.history),
        )  # fmt: skip


class SearchBody(_Query):
    """A search."""

    query: str = Field(json_schema_extra=QUESTION_FORM)
    mode: SearchMode = "hybrid"
    k: StrictInt = Field(default=10, ge=1, le=100)

    def to_question(self, workspace: str, audience: Audience) -> Question:
        """The question that it puts to a workspace, for an audience."""
        return replace(self._question(workspace, audience, self.query, self.mode), k=self.k)


class AskBody(_Query):
    """A question to be answered."""

    question: str = Field(json_schema_extra=QUESTION_FORM)
    mode: AskedMode | None = Field(default=None, description="how it is answered; as the service is set where null")
    effort: Effort = Field(default="medium", description="what the answer may cost, in calls, tokens and steps")
    votes: StrictInt = Field(
        default=1, ge=1, le=MAX_VOTES, description="how often a model is asked for each step; the majority holds"
    )
    stream: StrictBool = False
    session_id: str | None = Field(
        default=None, min_length=1, max_length=100,
        description="the conversation that it belongs to, in place of `history`: it is understood by its turns, becomes"
        " one of them, and the answer tells which earlier ones no longer hold",
    )  # fmt: skip

    def to_question(self, workspace: str, audience: Audience, mode: AskedMode) -> Question:
        """The question that it puts to a workspace, for an audience, in a ``mode`` where it names none."""
        question = self._question(workspace, audience, self.question, self.mode or mode)
        return replace(question, effort=self.effort, votes=self.votes)


class PathStepBody(BaseModel):
    """One stop on the way to a passage."""

    kind: str
    id: str
    label: str


class WhyBody(BaseModel):
    """Why a passage was found: retriever, bridge, path, and the parts of its score."""

    retriever: str
    bridge: str | None
    path: list[PathStepBody]
    scores: dict[str, float]


class HitBody(BaseModel):
    """A passage that was found."""

    chunk_id: str
    document_id: str
    version: int
    title: str
    text: str
    score: float
    start: int
    end: int
    page: int | None
    why: WhyBody


class SearchResultBody(BaseModel):
    """Hits, best first, all of one revision."""

    revision: int
    hits: list[HitBody]
    degraded: list[str]
    notes: list[str] = []
    pending: int = Field(default=0, ge=0, description=PENDING)
    timings: dict[str, float]


def why_body(why: Why) -> WhyBody:
    """A reason for people."""
    return WhyBody(
        retriever=why.retriever,
        bridge=why.bridge,
        path=[PathStepBody(kind=step.kind, id=step.id, label=step.label) for step in why.path],
        scores={name: round(value, 4) for name, value in why.scores.items()},
    )


def search_body(result: SearchResult) -> SearchResultBody:
    """A search result for people."""
    return SearchResultBody(
        revision=result.revision,
        hits=[_hit_body(hit, result.chunks[hit.chunk_id]) for hit in result.hits],
        degraded=list(result.degraded),
        notes=list(result.notes),
        pending=result.pending,
        timings=rounded(result.timings),
    )


def _hit_body(hit: Hit, placed: PlacedChunk) -> HitBody:
    return HitBody(
        chunk_id=hit.chunk_id, document_id=hit.document_id, version=placed.document.version,
        title=placed.document.title, text=placed.chunk.text, score=hit.score, start=placed.position.start,
        end=placed.position.end, page=placed.position.page, why=why_body(hit.why),
    )  # fmt: skip
