"""What became of an upload, of its pages that are pictures, and of a deletion."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.errors import QuipuError
from graph.model import GraphCounts
from ingest.model import LineBox, ReadingReport


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedPage:
    """The text of a page that is a picture; ``unsure`` counts lines that are left out: hardly legible."""

    text: str
    unsure: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturesRead:
    """What became of pages that are pictures: the text of each, pages still to be read, and why others are not.

    ``unsure`` counts, by page, lines that were seen and are left out because they are hardly legible.
    """

    texts: Mapping[int, str] = field(default_factory=dict)
    pending: tuple[int, ...] = ()
    skipped: Mapping[int, str] = field(default_factory=dict)
    unsure: Mapping[int, int] = field(default_factory=dict)
    calls: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a deletion took away; ``members`` counts the documents that went with the one that held them. ``token``
    names the deletion, and theirs.
    """

    document_id: str
    version: int
    revision: int
    purged: bool
    gone: GraphCounts
    jobs_cancelled: int
    blobs: int
    members: int = 0
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """The yield of one applied document version. Seconds are wall clock, by step.

    ``chunks_pending`` and ``pages_pending`` (pictures) wait for the language model; ``failures`` says by ordinal why it
    could not read a chunk, ``pages_skipped`` by number why it did not read a page. Of the ``chunks`` those that the
    version before had are ``chunks_kept``; ``chunks_removed`` had only that one. ``reading``: how it was
    read; ``places``: where its lines are drawn.
    """

    document_id: str
    version: int
    revision: int
    chunks: int
    chunks_reused: int
    chunks_kept: int
    chunks_removed: int
    entities: int
    relations: int
    reading: ReadingReport
    pages_pending: int = 0
    pages_skipped: Mapping[int, str] = field(default_factory=dict)
    chunks_pending: int = 0
    failures: dict[int, str] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    tokens: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    places: tuple[LineBox, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A document that did not get through, and the step it failed at."""

    step: str
    error: QuipuError
