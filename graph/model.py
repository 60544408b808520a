"""The values that flow through Quipu. All are frozen; arrays say shape and dtype.

Offsets are half-open character ranges (Unicode code points). A *revision* is the counter of a
workspace, raised by one with each applied change; revision 0 is the empty workspace.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

DEFAULT_WORKSPACE = "default"

Scalar: TypeAlias = str | int | float | bool
MetadataValue: TypeAlias = Scalar | tuple[Scalar, ...]
Metadata: TypeAlias = Mapping[str, MetadataValue]
Stage: TypeAlias = Literal["rules", "model"]
FloatArray: TypeAlias = NDArray[np.float32]
RowArray: TypeAlias = NDArray[np.int32]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A half-open character range ``[start, end)``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of one document, without its text.

    ``version`` counts the acknowledged uploads and deletions of this id, from 1.
    ``content_hash`` is the SHA-256 (hex) of the uploaded bytes. ``stage`` says what has read it:
    rules only, or a language model as well, which makes a second revision of the same version.
    """

    id: str
    version: int
    title: str
    source: str
    media_type: str
    metadata: Metadata
    content_hash: str
    created_at: datetime
    updated_at: datetime
    stage: Stage = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of a document. Its id hashes document, title, headings, text and occurrence.

    Whatever is computed from a chunk (vector, extraction) is a function of what the id hashes,
    so an unchanged chunk keeps id, vector and extraction when the document changes.
    ``sentences`` are ranges within ``text``, in order.
    """

    id: str
    document_id: str
    headings: tuple[str, ...]
    text: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a chunk stands in one version: ``document_text[start:end] == chunk.text``."""

    chunk_id: str
    ordinal: int
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedChunk:
    """A chunk as it stands in the version that is live at the revision read."""

    chunk: Chunk
    position: Position
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name in its place.

    ``name`` is literal, ``key`` is ``graph.text.names.norm(name)``, ``sentence`` indexes
    ``chunk.sentences``; -1 means the document's title or the headings above the chunk, and then
    ``start == end == 0``. ``is_name`` tells whether a search may follow it; noun phrases
    and quantities are entities for people to browse only.
    """

    chunk_id: str
    entity_id: str
    sentence: int
    start: int
    end: int
    name: str
    key: str
    type: str
    is_name: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One statement read in one chunk: ``source -predicate→ target``.

    Both ends have a mention in the same chunk. ``start`` and ``end`` span the evidence within
    the chunk's text. ``extractor`` names what read it (``"light"`` or a model).
    """

    chunk_id: str
    source_id: str
    target_id: str
    predicate: str
    start: int
    end: int
    extractor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Two entities are one thing, and why. ``first_id < second_id``.

    Stated in a text: ``chunk_id``, ``start`` and ``end`` are where, both entities have a mention in that
    chunk, and the alias lives as long as it. By a :class:`Verdict`: ``chunk_id`` is empty, and the alias
    lives while both entities do.
    """

    first_id: str
    second_id: str
    reason: str
    chunk_id: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether two entities are one thing, whatever texts state. ``first_id < second_id``; the newest one counts.

    It outlives its entities and holds no text of any document: neither does ``reason``.
    """

    first_id: str
    second_id: str
    same: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A thing that at least one live chunk mentions, as seen at one revision.

    ``name`` and ``type`` are the most frequent literals among its live mentions (ties by code
    point order), ``mentions`` their number, ``documents`` the number of documents they stand in.
    """

    id: str
    key: str
    name: str
    type: str
    mentions: int
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphChange:
    """Everything one document version contributes, as one value.

    ``positions[i]`` places ``chunks[i]``; ``vectors`` is float32, shape ``(len(chunks), d)``,
    rows of unit length.
    """

    document: Document
    text: str
    chunks: tuple[Chunk, ...]
    positions: tuple[Position, ...]
    vectors: FloatArray
    mentions: tuple[Mention, ...]
    relations: tuple[Relation, ...]
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphCounts:
    """How much is live: in a workspace, in a document, or in what a removal took away."""

    documents: int = 0
    chunks: int = 0
    mentions: int = 0
    entities: int = 0
    relations: int = 0


REWRITING = frozenset({"purge", "sweep", "reembed"})
"""Kinds of revisions that change what earlier ones hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionRecord:
    """One line of the revision log."""

    revision: int
    kind: Literal["apply", "remove", "purge", "sweep", "import", "merge", "reembed", "rights"]
    document_id: str | None
    version: int | None
    committed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRevision:
    """A revision as it was: what the log says of it, and what of its change can still be read.

    ``change`` is what an ``apply`` put there, ``verdicts`` what a ``merge`` decided, less what is purged or swept.
    """

    record: RevisionRecord
    change: GraphChange | None = None
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What ``remove`` or ``purge`` did: the revision it made and how much it took away."""

    revision: int
    gone: GraphCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow:
    """One live chunk with all that the resident indexes need. ``vector`` is float32 ``(d,)``."""

    chunk: Chunk
    title: str
    vector: FloatArray
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDelta:
    """What a view at ``since`` must do to stand at ``until``.

    A chunk whose mentions changed is both in ``closed`` and in ``opened``, which may be read from the store as it is
    iterated. ``documents`` are those whose live version changed, as they stand at ``until``.
    """

    since: int
    until: int
    closed: tuple[str, ...]
    opened: Iterable[IndexRow]
    documents: tuple[Document, ...]
    documents_gone: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What relations say, however many say it: ``source -predicate→ target``, as seen at one revision.

    ``passages`` is the number of live chunks it is read in, ``documents`` the ids these stand in, sorted.
    """

    source_id: str
    predicate: str
    target_id: str
    passages: int
    documents: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same fact at another revision."""
        return self.source_id, self.predicate, self.target_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference(Generic[T]):
    """Something as it stood at one revision and as it stands at a later one; never equal, never both None."""

    before: T | None
    after: T | None

    @property
    def kind(self) -> Literal["added", "removed", "altered"]:
        """What became of it."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "altered"
