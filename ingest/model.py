"""Values on the way from an upload to a :class:`graph.model.GraphChange`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from graph.errors import QuipuError
from graph.model import Document, Metadata, Span
from graph.ports.spending import Payer, nobody
from graph.rights import Readers


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Bytes at hand, as they were sent. ``media_type`` is what the sender claims, with its charset, or empty."""

    name: str
    media_type: str
    data: bytes

    @property
    def kind(self) -> str:
        """The media type alone."""
        return self.media_type.partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """One part of an upload. Without an id, the same bytes, title, metadata and readers are the same document.

    ``readers`` count where they are ``readers_given``. Where they are not, a document that is there keeps its own, and
    one that is new is for the whole workspace.
    """

    source: Source
    document_id: str | None = None
    title: str | None = None
    metadata: Metadata
    readers: Readers = None
    readers_given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What became of one part: its document, version and job, or why it was refused.

    ``locked_out``: the sender is not among the readers, and will not see it. ``namesake``: another file of the same
    upload has its name; both are kept. ``token``: what it was acknowledged under.
    """

    document_id: str | None
    version: int | None = None
    job_id: str | None = None
    deduplicated: bool = False
    error: QuipuError | None = None
    locked_out: bool = False
    namesake: bool = False
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An acknowledged upload: its bytes are durable under ``content_hash``, its job is committed.

    ``media_type`` names the charset, too, where its sender did, and it is not UTF-8. ``readers`` are those that its
    sender gave the document; who may read it now is told by the graph. ``parent`` is the document that holds this one,
    and ``parent_version`` its newest version that was seen to. ``token`` names the request that it came with. While
    it is under way, ``account`` is that of its job, which pays for what it holds as well. The register keeps none.
    """

    workspace: str
    document_id: str
    version: int
    title: str | None
    source: str
    media_type: str
    metadata: Metadata
    content_hash: str
    created_at: datetime
    updated_at: datetime
    readers: Readers = None
    parent: str | None = None
    parent_version: int = 0
    token: str = ""
    account: str = ""

    @property
    def kind(self) -> str:
        """The media type alone."""
        return self.media_type.partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredVersion:
    """A version as the register holds it: an upload, or a deletion, which counts as a version and has no job."""

    upload: Upload
    deleted: bool
    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A deletion that has been recorded, and has yet to reach the graph."""

    workspace: str
    document_id: str
    version: int
    purge: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A stretch of a loaded document under one heading path; ``[start, end)`` in its text.

    Sections are in order; what stands between two of them (front matter, comments) is in no passage. ``headings`` are
    outermost first; ``page`` counts from 1.
    """

    start: int
    end: int
    headings: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A row of a table in a text: its range, and those of its cells, one a column; an empty cell is an empty range."""

    start: int
    end: int
    cells: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Where a table stands in a text, its names of columns included where they are written there.

    ``columns`` are their names, some of which may be empty. Of a very long table only the first ``rows`` are told.
    """

    start: int
    end: int
    columns: tuple[str, ...]
    rows: Sequence[TableRow] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineBox:
    """Where a line of text is drawn on a page of a PDF: in points, from the page's lower left corner."""

    start: int
    end: int
    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Parts of a file that are not in its text, and why.

    ``unread``: they may say something that a reader of the file would see, and could not be read. Otherwise they are
    left out because nobody sees them, or because they belong to no text.
    """

    part: str
    reason: str
    count: int = 1
    unread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingReport:
    """What was read in a file, and what was not. It holds no text of the document.

    ``parts`` counts what was read, by its kind ("paragraphs", "footnotes"). ``encoding`` is that of a text file,
    ``guessed`` says that nothing in the file told it, and ``replaced`` counts bytes that are no text in it.
    """

    parts: Mapping[str, int] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    pages: int | None = None
    encoding: str = ""
    guessed: bool = False
    replaced: int = 0
    bytes: int = 0
    characters: int = 0

    @property
    def partly(self) -> bool:
        """Whether something that a reader of the file would see could not be read."""
        return self.replaced > 0 or any(one.unread for one in self.skipped)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedDocument:
    """What a loader made of a file. ``title`` is the document's own, or None.

    ``picture_pages`` are those without any text (scans, pictures), by number: a model that sees reads them.
    ``metadata`` is what the file says of itself (front matter, headers of a mail). ``boxes`` are in order of the text.
    """

    text: str
    sections: tuple[Section, ...]
    title: str | None = None
    picture_pages: tuple[int, ...] = ()
    metadata: Metadata = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    boxes: tuple[LineBox, ...] = ()
    report: ReadingReport = ReadingReport()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkTable:
    """What a chunk holds of a table: names of columns, and each whole row as ranges of its cells within the chunk."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkText:
    """A chunk before it has an id: its range in the document, context, sentences within it.

    One that begins within a table has its columns' names as last heading. ``first`` is its first sentence's number.
    """

    start: int
    end: int
    text: str
    headings: tuple[str, ...]
    page: int | None
    sentences: tuple[Span, ...]
    tables: tuple[ChunkTable, ...] = ()
    first: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedName:
    """A name as written in a chunk. ``sentence`` is -1 for the title or headings (then start == end == 0)."""

    name: str
    type: str
    sentence: int
    start: int
    end: int
    is_name: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedRelation:
    """A statement between two names of the same extraction, by index; ``extractor``: its reader, where another's."""

    source: int
    target: int
    predicate: str
    start: int
    end: int
    extractor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedAlias:
    """Two names of the same extraction, by index into its ``names``, that the text says to be one thing."""

    first: int
    second: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passages:
    """The chunks of one document version, to be read; ``payer`` is told what that costs."""

    workspace: str
    document: Document
    chunks: tuple[ChunkText, ...]
    payer: Payer = nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What was read in one chunk, names unresolved. Never leaves ``ingest``.

    ``state`` is ``rules`` where no model is set, ``pending`` where one has not read the chunk yet, ``model`` where it
    has, ``partly`` where it has in part, ``failed`` where it could not; ``failure`` says why. Names by rule are there
    in any case. ``rejected`` counts what was refused, by reason; ``nothing`` says why the model's answer added nothing.
    """

    extractor: str
    names: tuple[ExtractedName, ...]
    relations: tuple[ExtractedRelation, ...]
    aliases: tuple[ExtractedAlias, ...] = ()
    state: Literal["rules", "pending", "model", "partly", "failed"] = "rules"
    failure: str = ""
    rejected: dict[str, int] = field(default_factory=dict)
    nothing: str = ""
