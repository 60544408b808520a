"""How a document was read: the report that is kept with each version, where it is kept, and the model's reading."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from graph.jobs import Job
from graph.model import Document
from graph.ports.jobs import JobQueue
from ingest.model import LineBox, LoadedDocument, ReadingReport, Skipped
from ingest.outcomes import PicturesRead

PAGES, LINES = "pages", "lines of pictures"
NOTHING = "nothing to be read in this picture"
PENDING = "a picture that has yet to be read"
MOST_JOBS = 1_000
"""Jobs of one document whose costs are added up, the newest."""


class ReadingReports(Protocol):
    """The report of each version, as long as the version itself is kept."""

    def set_reading(self, workspace: str, document_id: str, version: int, report: ReadingReport) -> None:
        """Keep it in place of an earlier one; nothing is kept of a version that is forgotten."""
        ...

    def readings(self, workspace: str, versions: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], ReadingReport]:
        """The reports of versions (document id, number), of those that have one."""
        ...


class LinePlaces(Protocol):
    """The boxes of lines, kept as long as the version that they are of. A version without any has no place."""

    def set_places(self, workspace: str, document_id: str, version: int, boxes: Sequence[LineBox]) -> None:
        """Keep the boxes of a version in place of earlier ones; nothing is kept of a version that is forgotten."""
        ...

    def places(self, workspace: str, document_id: str, version: int, start: int, end: int) -> Sequence[LineBox]:
        """The lines that ``[start, end)`` of a version's text touches, in order."""
        ...


def completed(loaded: LoadedDocument, pictures: PicturesRead, size: int) -> ReadingReport:
    """The report of a file of ``size`` bytes, with its pages that are pictures and what became of each.

    A page that was read is no longer missing; one in which there is nothing to read misses nothing.
    """
    report = loaded.report
    blank = sum(reason == NOTHING for reason in pictures.skipped.values())
    reasons = Counter(reason for reason in pictures.skipped.values() if reason != NOTHING)
    reasons.update({PENDING: len(pictures.pending)} if pictures.pending else {})
    unread = [Skipped(part=PAGES, reason=reason, count=count, unread=True) for reason, count in sorted(reasons.items())]
    if pictures.unsure:
        unread.append(Skipped(part=LINES, reason="hardly legible", count=sum(pictures.unsure.values()), unread=True))
    empty = [Skipped(part=PAGES, reason=NOTHING, count=blank)] if blank else []
    parts = dict(report.parts)
    if pictures.texts:
        parts["pictures"] = parts.get("pictures", 0) + len(pictures.texts)
    return replace(
        report, parts=parts, skipped=(*report.skipped, *unread, *empty), bytes=size, characters=len(loaded.text)
    )


def nothing_to_read(name: str, pictures: PicturesRead) -> str:
    """Why there is no text."""
    if not pictures.skipped:
        return f"{name!r} holds no text"
    first = min(pictures.skipped)
    return (
        f"{name!r} holds no text but {len(pictures.skipped)} pictures"
        f" (page {first}: {pictures.skipped[first]}); the file is kept, and its job can be tried again"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReading:
    """The job in which a language model reads a version, and what models have cost for its document in all."""

    job: Job
    calls: int
    tokens: int

    @property
    def added(self) -> int:
        """Passages to which the model added something, once it is done."""
        progress = self.job.progress
        read_in_vain = progress.chunks_failed + sum(progress.nothing_added.values())
        return progress.chunks_total - read_in_vain if self.job.state == "done" else 0


def second_reading(jobs: JobQueue, workspace: str, document: Document) -> SecondReading | None:
    """The newest job of a model for a version; that by rule, where it found all that a model had answered before.

    None where no model has read the version or is to read it.
    """
    by_model = jobs.list(workspace, document_id=document.id, kind="extract", limit=MOST_JOBS)
    of_version = [job for job in by_model if job.version == document.version]
    if not of_version and document.stage == "model":
        by_rule = jobs.list(workspace, document_id=document.id, kind="ingest")
        of_version = [job for job in by_rule if job.version == document.version]
    if not of_version:
        return None
    costs = [job.progress for job in by_model]
    return SecondReading(
        job=of_version[0], calls=sum(cost.calls for cost in costs), tokens=sum(cost.tokens for cost in costs)
    )  # fmt: skip
