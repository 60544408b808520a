"""Bodies of requests and answers."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from graph.errors import InputError
from graph.filters import Filters
from graph.jobs import Job
from graph.model import DEFAULT_WORKSPACE, Document, GraphCounts, Metadata, MetadataValue, PlacedChunk
from retrieval.model import Answer, Citation, Conflict, Hit, Mode, Question, SearchResult, Why

MAX_METADATA_FIELDS = 64
MAX_METADATA_TEXT = 4_096


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TextDocument(_Strict):
    """A document as text at hand."""

    id: str | None = None
    title: str | None = None
    text: str
    media_type: str = "text/plain"
    metadata: dict[str, Any] = Field(default_factory=dict)


class TextDocuments(_Strict):
    """The JSON form of an upload."""

    documents: list[TextDocument] = Field(min_length=1, max_length=10_000)


class AcceptedBody(BaseModel):
    """What became of one part of an upload; ``error`` is a problem document."""

    id: str | None
    version: int | None
    job_id: str | None
    deduplicated: bool
    error: dict[str, Any] | None


class AcceptedBodies(BaseModel):
    """One entry per part, in order."""

    documents: list[AcceptedBody]


class DocumentBody(BaseModel):
    """A document as it stands."""

    id: str
    version: int
    title: str
    source: str
    media_type: str
    metadata: dict[str, Any]
    state: str
    stage: str
    revision: int
    chunks: int
    entities: int
    relations: int
    created_at: datetime
    updated_at: datetime


class DocumentPage(BaseModel):
    """A page of the list; ask again with ``cursor=next_cursor``."""

    documents: list[DocumentBody]
    next_cursor: str | None


class VersionBody(BaseModel):
    """One version that is kept; live for revisions ``valid_from <= r < valid_to``."""

    version: int
    title: str
    content_hash: str
    updated_at: datetime
    valid_from: int
    valid_to: int | None


class ChunkBody(BaseModel):
    """A passage in its place: ``content[start:end] == text``, in characters."""

    id: str
    ordinal: int
    text: str
    headings: list[str]
    start: int
    end: int
    page: int | None


class CountsBody(BaseModel):
    """How much, by kind."""

    documents: int
    chunks: int
    mentions: int
    entities: int
    relations: int


class ReceiptBody(BaseModel):
    """What a deletion took away."""

    id: str
    version: int
    revision: int
    purged: bool
    gone: CountsBody
    jobs_cancelled: int
    blobs: int


class JobErrorBody(BaseModel):
    """Why a job failed."""

    type: str
    code: str
    stage: str
    detail: str
    retriable: bool


class JobBody(BaseModel):
    """A job as it stands; ``revision`` is where its change can be read."""

    id: str
    kind: str
    document_id: str | None
    version: int | None
    state: Literal["queued", "running", "waiting", "done", "failed", "cancelled"]
    stage: str
    chunks_done: int
    chunks_total: int
    chunks_reused: int
    entities: int
    relations: int
    calls: int
    tokens: int
    seconds: float
    chunks_failed: int
    failures: dict[str, str]
    rejected: dict[str, int]
    revision: int | None
    attempt: int
    error: JobErrorBody | None
    created_at: datetime
    updated_at: datetime


class JobBodies(BaseModel):
    """Jobs, newest first."""

    jobs: list[JobBody]


class _Query(_Strict):
    mode: Mode = "hybrid"
    filters: dict[str, Any] = Field(default_factory=dict)
    as_of: int | str | None = Field(default=None, description="a revision, or an ISO 8601 time")
    min_revision: int | None = Field(default=None, ge=0)

    def _question(self, text: str, k: int) -> Question:
        return Question(
            text=text, workspace=DEFAULT_WORKSPACE, mode=self.mode, k=k, filters=Filters.parse(self.filters),
            as_of=parse_as_of(self.as_of), min_revision=self.min_revision,
        )  # fmt: skip


class SearchBody(_Query):
    """A search."""

    query: str
    k: int = Field(default=10, ge=1, le=100)

    def question(self) -> Question:
        """The question it puts."""
        return self._question(self.query, self.k)


class AskBody(_Query):
    """A question to be answered."""

    question: str
    stream: bool = False

    def to_question(self) -> Question:
        """The question it puts."""
        return self._question(self.question, 10)


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
    timings: dict[str, float]


class CitationBody(BaseModel):
    """A literal quote: ``content[start:end] == quote`` in that version of the document."""

    marker: int
    document_id: str
    version: int
    chunk_id: str
    title: str
    quote: str
    start: int
    end: int
    page: int | None


class StepBody(BaseModel):
    """One step of the work."""

    name: str
    detail: str
    seconds: float


class SideBody(BaseModel):
    """What one source says, and the day it is of: its metadata ``date``, or that of its version."""

    date: date
    citation: CitationBody


class ConflictBody(BaseModel):
    """Sources that contradict each other, the newest first."""

    sides: list[SideBody]


class AnswerBody(BaseModel):
    """An answer; every citation has been verified."""

    answer: str
    citations: list[CitationBody]
    abstained: bool
    revision: int
    mode: Mode
    steps: list[StepBody]
    paths: list[WhyBody]
    conflict: ConflictBody | None
    usage: dict[str, int]
    timings: dict[str, float]
    degraded: list[str]


def parse_as_of(raw: int | str | None) -> int | datetime | None:
    """A revision or a moment. Raises InputError."""
    if raw is None or isinstance(raw, int):
        return raw
    if raw.isdigit():
        return int(raw)
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError as error:
        raise InputError(f"as_of is neither a revision nor an ISO 8601 time: {raw!r}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse_metadata(raw: object) -> Metadata:
    """Metadata of a document. Raises InputError."""
    if not isinstance(raw, Mapping):
        raise InputError("metadata is a JSON object of strings, numbers, booleans, dates or lists of these")
    if len(raw) > MAX_METADATA_FIELDS:
        raise InputError(f"metadata has {len(raw)} fields; the limit is {MAX_METADATA_FIELDS}")
    return {str(name): _metadata_value(str(name), value) for name, value in raw.items()}


def _metadata_value(name: str, value: object) -> MetadataValue:
    if isinstance(value, list):
        return tuple(_metadata_scalar(name, item) for item in value)
    return _metadata_scalar(name, value)


def _metadata_scalar(name: str, value: object) -> str | int | float | bool:
    if isinstance(value, str) and len(value) > MAX_METADATA_TEXT:
        raise InputError(f"metadata field {name!r} is longer than {MAX_METADATA_TEXT} characters")
    if isinstance(value, str | int | float | bool):
        return value
    raise InputError(f"metadata field {name!r}: {type(value).__name__} is no string, number, boolean, date or list")


def document_body(document: Document, *, state: str, revision: int, counts: GraphCounts) -> DocumentBody:
    """A document for people."""
    return DocumentBody(
        id=document.id, version=document.version, title=document.title, source=document.source,
        media_type=document.media_type, metadata=dict(document.metadata), state=state, stage=document.stage,
        revision=revision,
        chunks=counts.chunks, entities=counts.entities, relations=counts.relations, created_at=document.created_at,
        updated_at=document.updated_at,
    )  # fmt: skip


def chunk_body(placed: PlacedChunk) -> ChunkBody:
    """A chunk for people."""
    return ChunkBody(
        id=placed.chunk.id, ordinal=placed.position.ordinal, text=placed.chunk.text,
        headings=list(placed.chunk.headings), start=placed.position.start, end=placed.position.end,
        page=placed.position.page,
    )  # fmt: skip


def counts_body(counts: GraphCounts) -> CountsBody:
    """Counts for people."""
    return CountsBody(
        documents=counts.documents, chunks=counts.chunks, mentions=counts.mentions, entities=counts.entities,
        relations=counts.relations,
    )  # fmt: skip


def job_body(job: Job) -> JobBody:
    """A job for people."""
    progress, error = job.progress, job.error
    return JobBody(
        id=job.id, kind=job.kind, document_id=job.document_id, version=job.version, state=job.state,
        stage=progress.stage, chunks_done=progress.chunks_done, chunks_total=progress.chunks_total,
        chunks_reused=progress.chunks_reused,
        entities=progress.entities, relations=progress.relations, calls=progress.calls, tokens=progress.tokens,
        seconds=progress.seconds, chunks_failed=progress.chunks_failed, failures=dict(progress.failures),
        rejected=dict(progress.rejected), revision=progress.revision, attempt=job.attempt,
        created_at=job.created_at, updated_at=job.updated_at,
        error=JobErrorBody(
            type=f"urn:quipu:problem:{error.code}", code=error.code, stage=error.stage, detail=error.message,
            retriable=error.retriable,
        ) if error else None,
    )  # fmt: skip


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
        timings=_rounded(result.timings),
    )


def _hit_body(hit: Hit, placed: PlacedChunk) -> HitBody:
    return HitBody(
        chunk_id=hit.chunk_id, document_id=hit.document_id, version=placed.document.version,
        title=placed.document.title, text=placed.chunk.text, score=hit.score, start=placed.position.start,
        end=placed.position.end, page=placed.position.page, why=why_body(hit.why),
    )  # fmt: skip


def citation_body(citation: Citation) -> CitationBody:
    """A citation for people."""
    return CitationBody(
        marker=citation.marker, document_id=citation.document_id, version=citation.version,
        chunk_id=citation.chunk_id, title=citation.title, quote=citation.quote, start=citation.start,
        end=citation.end, page=citation.page,
    )  # fmt: skip


def answer_body(answer: Answer) -> AnswerBody:
    """An answer for people."""
    return AnswerBody(
        answer=answer.text,
        citations=[citation_body(citation) for citation in answer.citations],
        abstained=answer.abstained,
        revision=answer.revision,
        mode=answer.mode,
        steps=[StepBody(name=step.name, detail=step.detail, seconds=round(step.seconds, 4)) for step in answer.steps],
        paths=[why_body(why) for why in answer.paths],
        conflict=_conflict_body(answer.conflict) if answer.conflict else None,
        usage={
            "calls": answer.calls, "tokens": answer.tokens, "dropped_citations": answer.dropped_citations,
            "dropped_sentences": answer.dropped_sentences,
        },
        timings=_rounded(answer.timings),
        degraded=list(answer.degraded),
    )  # fmt: skip


def _conflict_body(conflict: Conflict) -> ConflictBody:
    return ConflictBody(
        sides=[SideBody(date=side.dated, citation=citation_body(side.citation)) for side in conflict.sides]
    )


def _rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in seconds.items()}
