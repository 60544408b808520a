"""Bodies of documents, their versions, chunks and deletions."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field, JsonValue

from api.schemas.readings import ModelReadingBody, ReadingBody, model_reading_body, reading_body
from api.schemas.strict import StrictBody
from graph.errors import InputError
from graph.filters import check_value, shown_metadata, told_language
from graph.model import Document, GraphCounts, Metadata, MetadataValue, PlacedChunk
from graph.parsing import check_text
from graph.rights import Readers
from ingest.given_names import MAX_ID, MAX_MEDIA_TYPE, MAX_TITLE
from ingest.loaders.registry import Format
from ingest.model import ReadingReport
from ingest.outcomes import Update
from ingest.reading_reports import SecondReading

MAX_METADATA_FIELDS = 64
MAX_METADATA_NAME = 256
MAX_METADATA_LIST = 1_000
"""Fields, characters of a name, values of a list. What a value may be says :func:`graph.filters.check_value`."""
MAX_READERS = 1_000
METADATA_FORM: dict[str, JsonValue] = {
    "maxProperties": MAX_METADATA_FIELDS,
    "propertyNames": {"maxLength": MAX_METADATA_NAME},
    "additionalProperties": {
        "anyOf": [
            {"type": ["string", "number", "boolean"]},
            {"type": "array", "maxItems": MAX_METADATA_LIST, "items": {"type": ["string", "number", "boolean"]}},
        ]
    },
}
_PRINCIPAL = re.compile(r"[^\s,]{1,256}")


READERS_DESCRIPTION = (
    "the principals that may read it; null: the whole workspace; []: administrators. Left out, a document that is there"
    " keeps its own, and a new one is for the whole workspace"
)


class TextDocument(StrictBody):
    """A document as text at hand."""

    id: str | None = Field(default=None, json_schema_extra={"minLength": 1, "maxLength": MAX_ID})
    title: str | None = Field(default=None, json_schema_extra={"maxLength": MAX_TITLE})
    text: str = Field(json_schema_extra={"minLength": 1, "pattern": r"\S"})
    media_type: str = Field(default="text/plain", json_schema_extra={"maxLength": MAX_MEDIA_TYPE})
    metadata: dict[str, Any] = Field(default_factory=dict, json_schema_extra=METADATA_FORM)
    readers: list[str] | None = Field(
        default=None,
        description=READERS_DESCRIPTION,
        json_schema_extra={
            "examples": [["user:ada@example.org", "group:hr"]],
            "items": {"type": "string", "pattern": r"^[^\s,]{1,256}$"},
        },
    )


class TextDocuments(StrictBody):
    """The JSON form of an upload."""

    documents: list[TextDocument] = Field(min_length=1, max_length=10_000)


class AcceptedBody(BaseModel):
    """What became of one part of an upload; ``error`` is a problem document. ``update`` is null until it is known.

    ``note`` tells who gave a document to others only that they will not see it themselves, and where two files of an
    upload have the same name.
    """

    id: str | None
    version: int | None
    job_id: str | None
    deduplicated: bool
    error: dict[str, Any] | None
    note: str | None = None
    update: Update | None = None


class AcceptedBodies(BaseModel):
    """One entry per part, in order.

    ``token`` names what was acknowledged: questions take it as ``after``. ``revision``: all of it can be read there.
    """

    documents: list[AcceptedBody]
    token: str | None = None
    revision: int | None = None


class DocumentBody(BaseModel):
    """A document as it stands; ``readers`` are shown to those who may write.

    ``part_of`` is the document that holds it, such as the mail of an attachment; ``members`` are ids of documents that
    it holds, the first thousand of ``members_count``. ``model`` is null where no language model reads it.
    """

    id: str
    version: int
    title: str
    source: str
    media_type: str
    metadata: dict[str, Any]
    language: str | None = None
    state: str
    stage: str
    revision: int
    chunks: int
    entities: int
    relations: int
    created_at: datetime
    updated_at: datetime
    readers: list[str] | None = None
    part_of: str | None = None
    members: list[str] | None = None
    members_count: int | None = None
    reading: ReadingBody | None = None
    model: ModelReadingBody | None = None


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


class FormatBody(BaseModel):
    """A format that is read, by its media types and the ends of its files' names; ``needs``: what else that takes."""

    name: str
    media_types: list[str]
    suffixes: list[str]
    needs: str


class FormatBodies(BaseModel):
    """Every format."""

    formats: list[FormatBody]


def format_bodies(formats: Iterable[Format]) -> FormatBodies:
    """Formats for people."""
    return FormatBodies(
        formats=[
            FormatBody(
                name=one.name, media_types=[one.media_type, *one.aliases], suffixes=list(one.suffixes), needs=one.needs
            )
            for one in formats
        ]
    )  # fmt: skip


def parse_metadata(raw: object) -> Metadata:
    """Metadata of a document. Raises InputError."""
    if not isinstance(raw, Mapping):
        raise InputError("metadata is a JSON object of strings, numbers, booleans, dates or lists of these")
    if len(raw) > MAX_METADATA_FIELDS:
        raise InputError(f"metadata has {len(raw)} fields; the limit is {MAX_METADATA_FIELDS}")
    for name in raw:
        check_text("the name of a metadata field", name, most=MAX_METADATA_NAME)
    return {name: _metadata_value(name, value) for name, value in raw.items()}


def parse_readers(raw: object) -> Readers:
    """The principals that may read a document; None: the whole workspace. Raises InputError."""
    if raw is None:
        return None
    if not isinstance(raw, list) or len(raw) > MAX_READERS:
        raise InputError(
            f"readers is null, or a list of at most {MAX_READERS} principals such as 'user:ada@example.org'"
        )
    for principal in raw:
        if not isinstance(principal, str) or not _PRINCIPAL.fullmatch(principal) or not principal.isprintable():
            raise InputError("a principal is 1 to 256 characters without spaces, commas or control characters")
    return frozenset(raw)


def _metadata_value(name: str, value: object) -> MetadataValue:
    if not isinstance(value, list):
        return check_value(f"metadata field {name!r}", value)
    if len(value) > MAX_METADATA_LIST:
        raise InputError(f"metadata field {name!r} has {len(value)} values; the limit is {MAX_METADATA_LIST}")
    return tuple(check_value(f"metadata field {name!r}", item) for item in value)


def document_body(
    document: Document, *, state: str, revision: int, counts: GraphCounts, reading: ReadingReport | None,
    second: SecondReading | None = None,
) -> DocumentBody:  # fmt: skip
    """A document for people."""
    return DocumentBody(
        id=document.id, version=document.version, title=document.title, source=document.source,
        media_type=document.media_type, metadata=dict(shown_metadata(document.metadata)),
        language=told_language(document), state=state, stage=document.stage,
        revision=revision,
        chunks=counts.chunks, entities=counts.entities, relations=counts.relations, created_at=document.created_at,
        updated_at=document.updated_at, reading=ReadingBody(state=reading_body(reading).state),
        model=model_reading_body(second),
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
