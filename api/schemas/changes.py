"""Bodies of what changed between two revisions, and of what a deletion took away."""

from datetime import date, datetime
from typing import Generic, TypeVar

from pydantic import BaseModel

from api.schemas.documents import CountsBody
from graph.filters import shown_metadata
from graph.model import Document, Entity, RevisionRecord

B = TypeVar("B", bound=BaseModel)


class ReceiptBody(BaseModel):
    """What a deletion took away; ``members`` counts the documents that went with the one that held them.

    Questions take ``token`` as ``after``. Where the graph could not be reached and somebody waited for it, nothing was
    counted; until it was reached ``revision`` is null.
    """

    id: str
    version: int
    revision: int | None
    purged: bool
    gone: CountsBody | None = None
    jobs_cancelled: int = 0
    blobs: int = 0
    members: int = 0
    token: str


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


class RevisionBody(BaseModel):
    """One revision: what it did, to which version of which document where it is about one."""

    revision: int
    kind: str
    document_id: str | None
    version: int | None
    at: datetime


class RevisionsBody(BaseModel):
    """A page of revisions, newest first; ask again with ``cursor=next_cursor``.

    ``oldest`` and ``newest`` are the first and the last revision that can be read.
    """

    oldest: int
    newest: int
    revisions: list[RevisionBody]
    next_cursor: str | None


class RevisionDayBody(BaseModel):
    """A day (UTC): how many revisions it made, and the last of them."""

    day: date
    revisions: int
    last: int


class RevisionDaysBody(BaseModel):
    """Days that made revisions, in order."""

    days: list[RevisionDayBody]


def revision_body(record: RevisionRecord) -> RevisionBody:
    """A revision for people."""
    return RevisionBody(
        revision=record.revision, kind=record.kind, document_id=record.document_id, version=record.version,
        at=record.committed_at,
    )  # fmt: skip


def changed_document(document: Document) -> ChangedDocument:
    """A document at one end."""
    return ChangedDocument(
        id=document.id, version=document.version, title=document.title,
        metadata=dict(shown_metadata(document.metadata)), updated_at=document.updated_at.isoformat(),
    )  # fmt: skip


def changed_entity(entity: Entity) -> ChangedEntity:
    """An entity at one end."""
    return ChangedEntity(
        id=entity.id, name=entity.name, type=entity.type, mentions=entity.mentions, documents=entity.documents
    )
