"""What the present versions of documents say that earlier ones did not. Reads the store, at revisions that are kept.

What is gone is counted and never shown: whatever an answer shows stands in what is live.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from graph.errors import NotFoundError
from graph.model import Document, PlacedChunk, Span
from graph.ports.reading import KnowledgeReader
from graph.view.snapshot import Snapshot

MOST_DOCUMENTS = 8
"""Documents whose versions are compared for one question. A bound of work, as those below; none was measured."""
MOST_REVISIONS = 200
"""Revisions that are looked through for the documents that were written last."""
MOST_CHUNKS = 400
"""Passages of one version that are compared; what lies beyond is not looked at, and that is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedDocument:
    """A document as it stands, and what is new in it since an earlier version; ``before`` is None where it was added.

    ``new`` are passages with those of their sentences that the earlier version did not have; ``gone`` counts sentences
    of the earlier version that it has no more. ``whole`` is false where it is too long to be compared to its end.
    """

    document: Document
    before: Document | None
    new: tuple[tuple[PlacedChunk, tuple[Span, ...]], ...]
    gone: int
    whole: bool = True


class Differences:
    """Compares versions, as an audience may read them: up to the revision of a snapshot."""

    def __init__(self, reader: KnowledgeReader, snapshot: Snapshot) -> None:
        self._reader = reader
        self._snapshot = snapshot

    def revision_on(self, day: date) -> int | None:
        """The revision at the beginning of a day (UTC); None where nothing had been written by then."""
        moment = datetime.combine(day, time(), tzinfo=UTC)
        return min(self._reader.revision_at(self._snapshot.workspace, moment), self._snapshot.revision) or None

    def documents_since(self, revision: int) -> tuple[str, ...]:
        """Ids of documents that were added or changed after a revision. Raises NotFoundError where it was swept."""
        found = self._reader.changed_documents(
            self._snapshot.workspace, revision, self._snapshot.revision, limit=MOST_DOCUMENTS + 1
        )
        return tuple(one.after.id for one in found if one.after is not None)

    def last_written(self) -> tuple[str, ...]:
        """Ids of the documents of the last revisions, the newest first."""
        until = self._snapshot.revision
        log = self._reader.log(self._snapshot.workspace, max(0, until - MOST_REVISIONS), until)
        written = (one.document_id for one in reversed(log) if one.kind == "apply" and one.document_id is not None)
        return tuple(dict.fromkeys(written))

    def changed(self, document_ids: Sequence[str], since: int | None) -> tuple[ChangedDocument, ...]:
        """Those documents that changed after the revision ``since``; where that is None, by their last new version."""
        return tuple(self._changed(document_ids[:MOST_DOCUMENTS], since))

    def _changed(self, document_ids: Sequence[str], since: int | None) -> Iterator[ChangedDocument]:
        workspace, revision = self._snapshot.workspace, self._snapshot.revision
        for document_id in document_ids:
            lives = self._reader.versions(workspace, document_id)
            live = _live_at(revision, lives)
            if live is None:
                continue
            if since is None:
                ended = ((doc, end - 1) for doc, _, end in reversed(lives) if end and doc.version < live.version)
                then = next(ended, None)
            else:
                earlier = _live_at(since, lives)
                then = (earlier, since) if earlier is not None else None
            if (then is None and since is None) or (then is not None and then[0].version == live.version):
                continue
            try:
                yield self._compared(live, then)
            except NotFoundError:
                continue  # swept between the two reads: there is nothing left to compare with

    def _compared(self, live: Document, then: tuple[Document, int] | None) -> ChangedDocument:
        now = self._snapshot.document_chunks(live.id)
        before = self._reader.document_chunks(self._snapshot.workspace, live.id, then[1]) if then else ()
        whole = max(len(now), len(before)) <= MOST_CHUNKS
        had = {_said(one, span) for one in before[:MOST_CHUNKS] for span in one.chunk.sentences}
        has = {_said(one, span) for one in now[:MOST_CHUNKS] for span in one.chunk.sentences}
        new = ((one, tuple(s for s in one.chunk.sentences if _said(one, s) not in had)) for one in now[:MOST_CHUNKS])
        return ChangedDocument(
            document=live, before=then[0] if then else None, new=tuple((one, spans) for one, spans in new if spans),
            gone=len(had - has), whole=whole,
        )  # fmt: skip


def _live_at(revision: int, lives: Sequence[tuple[Document, int, int | None]]) -> Document | None:
    return next((doc for doc, start, end in lives if start <= revision and (end is None or end > revision)), None)


def _said(placed: PlacedChunk, span: Span) -> str:
    """A sentence, whatever white space it is written with."""
    return " ".join(placed.chunk.text[span.start : span.end].split())
