"""What became of an upload and of the version before it, of pages that are pictures, and of a deletion."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from graph.errors import QuipuError
from graph.jobs import Job, JobProgress
from graph.model import GraphCounts
from ingest.model import LineBox, ReadingReport


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedPage:
    """The text of a page that is a picture; ``unsure`` counts lines that are left out: hardly legible."""

    text: str
    unsure: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturesRead:
    """What became of pages that are pictures: the text of each, pages still to be read, and why others are not, or not
    all of them.

    ``unsure`` counts, by page, lines that were seen and are left out because they are hardly legible.
    """

    texts: Mapping[int, str] = field(default_factory=dict)
    pending: tuple[int, ...] = ()
    skipped: Mapping[int, str] = field(default_factory=dict)
    unsure: Mapping[int, int] = field(default_factory=dict)


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
    could not read a chunk or, of ``chunks_partly``, not all of it, ``pages_skipped`` by number why it did not read a
    page, or all of it; ``nothing_added`` counts chunks that it read in vain, by reason. Of the ``chunks`` those that
    the version before had are ``chunks_kept``; ``chunks_removed`` had only that one; ``retitled``: its title was
    another.
    ``reading``: how it was read; ``places``: where its lines are drawn.
    """

    document_id: str
    version: int
    revision: int
    chunks: int
    chunks_reused: int
    chunks_kept: int
    chunks_removed: int
    retitled: bool
    entities: int
    relations: int
    reading: ReadingReport
    pages_pending: int = 0
    pages_skipped: Mapping[int, str] = field(default_factory=dict)
    chunks_pending: int = 0
    chunks_partly: int = 0
    failures: dict[int, str] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    nothing_added: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    places: tuple[LineBox, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A document that did not get through, and the step it failed at."""

    step: str
    error: QuipuError


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What an upload did to its document: how many passages it kept, brought and took away, and why so many.

    ``unchanged``: nothing, for just this is there. ``incremental``: passages of the version before were kept, and not
    read again. ``full``: none was.
    """

    kind: Literal["unchanged", "incremental", "full"]
    kept: int
    added: int
    removed: int
    reason: str


def unchanged(job: Job) -> Update:
    """The update by an upload that has brought what ``job`` has read, or is to read."""
    reason = "the same bytes, title and metadata are there"
    return Update(kind="unchanged", kept=job.progress.chunks_total, added=0, removed=0, reason=reason)


def update_by(job: Job) -> Update | None:
    """What the version of a job did to its document; None where that is not known, or not yet.

    A job that lets a model read a version again brings none.
    """
    counts = job.progress
    known = counts.chunks_kept + counts.chunks_added == counts.chunks_total
    if job.kind != "ingest" or job.state != "done" or not known or not counts.chunks_total + counts.chunks_removed:
        return None
    if job.version == 1:  # what is kept of a first version, an interrupted reading of it has brought
        return Update(kind="full", kept=0, added=counts.chunks_total, removed=0, reason=_NEW)
    return Update(
        kind="incremental" if counts.chunks_kept else "full",
        kept=counts.chunks_kept, added=counts.chunks_added, removed=counts.chunks_removed, reason=_reason(counts),
    )  # fmt: skip


def _reason(counts: JobProgress) -> str:
    if counts.chunks_kept:
        if counts.chunks_added or counts.chunks_removed:
            return "only passages that changed were read"
        return "every passage is as it was; the metadata or the file around them differ"
    if not counts.chunks_removed:
        return _NEW
    if counts.retitled:
        return "the title is another, and every passage is read with its title"
    return "no passage of the version before is left"


_NEW = "nothing of the document was there before"
