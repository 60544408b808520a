"""What each tool gives: of what the REST interface answers, that which a model or a person uses."""

from datetime import date

from pydantic import BaseModel

from api.schemas.asking.understanding import ChangedTurnBody


class Passage(BaseModel):
    """A passage that was found; ``text`` is literally ``start`` to ``end`` of that version of the document."""

    document_id: str
    version: int
    title: str
    text: str
    start: int
    end: int
    page: int | None
    score: float


class Found(BaseModel):
    """Passages, the best first."""

    revision: int
    hits: list[Passage]
    notes: list[str] = []


class Quote(BaseModel):
    """A literal quote that an answer rests on."""

    marker: int
    document_id: str
    version: int
    title: str
    quote: str
    start: int
    end: int
    page: int | None


class Side(BaseModel):
    """What one of several sources says that contradict each other."""

    date: date | None
    citation: Quote


class Conflict(BaseModel):
    """Sources that say different things, the newest first."""

    kind: str
    sides: list[Side]


class Session(BaseModel):
    """A conversation that was begun."""

    id: str


class Answered(BaseModel):
    """An answer and its verified quotes. ``abstained``: the documents do not answer, and ``answer`` says so.

    In a conversation ``session_id`` goes on with it, and ``changed_since`` are earlier answers that no longer hold.
    ``pending`` counts changes that were acknowledged and are not in it yet; ``degraded``: what is not as it should be.
    """

    answer: str
    abstained: bool
    citations: list[Quote]
    conflict: Conflict | None = None
    notes: list[str] = []
    degraded: list[str] = []
    revision: int
    pending: int = 0
    session_id: str | None = None
    changed_since: list[ChangedTurnBody] = []


class Named(BaseModel):
    """Something that documents mention."""

    id: str
    name: str
    type: str
    mentions: int
    documents: int


class Source(BaseModel):
    """Where a statement stands."""

    document_id: str
    version: int
    title: str
    quote: str


class Statement(BaseModel):
    """One relation, and where it was read. ``certainty`` is the share of such readings that are right, where known."""

    source: Named
    predicate: str
    target: Named
    evidence: Source
    certainty: float | None = None


class Entities(BaseModel):
    """What has a name, each once."""

    revision: int
    entities: list[Named]


class Entity(Named):
    """One of them, with what is said of it."""

    revision: int
    relations: list[Statement]
    sources: list[Source]


class Facts(BaseModel):
    """What the graph holds of the first of ``entities``; the others have the name in theirs, too."""

    revision: int
    entities: list[Named]
    relations: list[Statement]
    mentions: list[Source]


class Document(BaseModel):
    """A document as it stands. ``state``: ``live``, ``partly read``, or that of its job."""

    id: str
    version: int
    title: str
    state: str
    media_type: str
    metadata: dict[str, object]
    updated_at: str


class Documents(BaseModel):
    """A page of the list; ask again with ``next_cursor`` where there is one."""

    documents: list[Document]
    next_cursor: str | None


class Text(BaseModel):
    """A piece of a document, from ``start`` to ``end`` of ``characters``."""

    document_id: str
    version: int
    title: str
    text: str
    start: int
    end: int
    characters: int


class Accepted(BaseModel):
    """What became of one document."""

    id: str
    version: int
    deduplicated: bool
    note: str | None = None


class Acknowledged(BaseModel):
    """What became of an upload."""

    documents: list[Accepted]
    revision: int | None = None


class Added(BaseModel):
    """A document that was acknowledged; ``revision``: every question can read it there, null while it is being read."""

    document: Accepted
    revision: int | None
