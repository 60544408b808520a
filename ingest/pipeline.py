"""Uploads, top to bottom: load → split → extract → embed → resolve and plan → apply → take in what they hold.

Work is batched across documents (one embedding call, one transaction), but each document has its own
revision, and fails or succeeds on its own.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from graph.errors import DependencyError, ModelOutputError, NotFoundError, QuipuError, Superseded, Unreadable
from graph.model import Document, GraphChange
from graph.ports.models import Embedder
from graph.ports.reading import ChangeReader, DocumentReader
from graph.ports.spending import Cost, paid_by
from graph.ports.writing import GraphWriter
from graph.tracing import span, traced
from ingest.chunking import split_document
from ingest.extraction.grounding import total
from ingest.extraction.transcribing import with_pictures
from ingest.loaders.unpacking import UNKEPT, Unpacked
from ingest.member_ports import MemberKeeper
from ingest.model import LoadedDocument, Passages, Source, Upload
from ingest.outcomes import Failure, IngestReport, PicturesRead
from ingest.planning import document_of, place_chunks, plan_change, with_language
from ingest.ports import BlobStore, Extractor, InterruptibleLoader, PictureTranscriber
from ingest.reading_reports import completed, nothing_to_read
from ingest.under_way.embedding import ToEmbed, embed
from ingest.under_way.slicing import Slice
from ingest.under_way.work import Progress, Work

Spent = Callable[[Upload, Cost], object]
"""Called with an upload, and what a call of a model for it has cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractors:
    """What reads names and relations in the chunks of a document, and what turns its pictures into text."""

    chunks: Extractor
    pictures: PictureTranscriber


class LiveReader(ChangeReader, DocumentReader, Protocol):
    """What is asked of the store: vectors that it holds, and what is live of a document."""


class IngestPipeline:
    """Turns acknowledged uploads into revisions."""

    def __init__(  # noqa: PLR0913 - built in one place, from what the steps need
        self, *, blobs: BlobStore, loader: InterruptibleLoader, extractors: Extractors, embedder: Embedder,
        reader: LiveReader, writer: GraphWriter, keeper: MemberKeeper = UNKEPT,
    ) -> None:  # fmt: skip
        self._blobs = blobs
        self._loader = loader
        self._extractors = extractors
        self._embedder = embedder
        self._reader = reader
        self._writer = writer
        self._keeper = keeper

    def run(
        self, uploads: Sequence[Upload], progress: Progress, spent: Spent = lambda *_: None
    ) -> tuple[IngestReport | Failure, ...]:
        """Take the first uploads of one workspace through every step; one outcome each, in order.

        As many as make a slice: they are committed together, and a process that dies has lost no more than that.
        ``spent`` is told what calls of models cost as they end.

        Raises:
            DependencyError: a store or the embedder failed; nothing was applied, and all may be tried again.
        """
        outcomes: dict[int, IngestReport | Failure] = {}
        works: dict[int, Work] = {}
        filling = Slice()
        for place, upload in enumerate(uploads):
            if filling.full(len(works), sum(len(work.chunks) for work in works.values())):
                break
            with paid_by(partial(spent, upload)):
                prepared = self._prepare(upload, progress)
            if isinstance(prepared, Failure):
                outcomes[place] = prepared
            else:
                works[place] = prepared
        for place, failure in self._extract(works, progress, spent).items():
            outcomes[place] = failure
            works.pop(place).unpacked.drop()
        self._embed(list(works.values()), progress)
        for place, outcome in zip(works, self._apply(list(works.values()), progress), strict=True):
            tell = partial(progress, works[place].upload, "members")
            outcomes[place] = works[place].unpacked.after(outcome, tell)
        return tuple(outcomes[place] for place in range(len(outcomes)))

    def _prepare(self, upload: Upload, progress: Progress) -> Work | Failure:
        """Load and split one upload."""
        step = "load"
        unpacked = Unpacked(self._keeper, upload, lambda count: progress(upload, "load", count, 0))
        try:
            started = time.perf_counter()
            progress(upload, step, 0, 0)
            data = self._blobs.get(upload.content_hash)
            source = Source(name=upload.source, media_type=upload.media_type, data=data)
            with span("load", {"quipu.bytes": len(data), "quipu.media_type": upload.kind}):
                loaded = unpacked.read(self._loader, source, lambda: progress(upload, "load", len(unpacked.members), 0))
            document = document_of(upload, loaded)
            step = "pictures"
            pictures = self._transcribe(upload, document, source, loaded, progress)
            if pictures.texts:
                loaded = with_pictures(loaded, pictures.texts)
            loaded = replace(loaded, report=completed(loaded, pictures, len(data)))
            loading, step = time.perf_counter(), "split"
            with span("chunk"):
                texts = tuple(split_document(loaded))
            if not texts and not pictures.pending:
                unpacked.drop()
                raise Unreadable(nothing_to_read(upload.source, pictures))
            chunks, positions = place_chunks(document, texts)
            seconds = {"load": loading - started, "split": time.perf_counter() - loading}
        except DependencyError:
            raise
        except QuipuError as error:
            return Failure(step=step, error=error)
        return Work(
            upload=upload, document=with_language(document, loaded.text), loaded=loaded, pictures=pictures,
            texts=texts, chunks=chunks, positions=positions, seconds=seconds, unpacked=unpacked,
        )  # fmt: skip

    def _transcribe(
        self, upload: Upload, document: Document, source: Source, loaded: LoadedDocument, progress: Progress
    ) -> PicturesRead:
        if not loaded.picture_pages:
            return PicturesRead()

        def tell(done: int, total: int) -> bool:
            return progress(upload, "pictures", done, total)

        return self._extractors.pictures.transcribe(upload.workspace, document, source, loaded.picture_pages, tell)

    @traced("extract")
    def _extract(self, works: Mapping[int, Work], progress: Progress, spent: Spent) -> dict[int, Failure]:
        """One call of the extractor for all documents. One of which the model could read no chunk fails."""
        ordered = list(works.values())
        started = time.perf_counter()

        def tell(place: int, done: int) -> bool:
            return ordered[place].tell(progress, "extract", done)

        documents = [
            Passages(
                workspace=work.upload.workspace, document=work.document, chunks=work.texts,
                payer=partial(spent, work.upload),
            )
            for work in ordered
        ]  # fmt: skip
        extracted = self._extractors.chunks.extract(documents, tell) if documents else ()
        each = (time.perf_counter() - started) / max(len(works), 1)
        failures: dict[int, Failure] = {}
        for (place, work), extractions in zip(works.items(), extracted, strict=True):
            work.extractions = list(extractions)
            work.seconds["extract"] = each
            states = {extraction.state for extraction in extractions}
            read = not (states & {"rules", "pending"} or work.pictures.pending)
            work.document = replace(work.document, stage="model" if read else "rules")
            if states == {"failed"}:
                error = ModelOutputError(f"no passage could be read by the language model: {extractions[0].failure}")
                failures[place] = Failure(step="extract", error=error)
        return failures

    @traced("embed")
    def _embed(self, works: Sequence[Work], progress: Progress) -> None:
        """The chunks of all documents together, those that are held already left out."""
        if not works:
            return
        started = time.perf_counter()

        def tell(place: int, done: int) -> bool:
            return works[place].tell(progress, "embed", done)

        wanted = [ToEmbed(ids=[chunk.id for chunk in work.chunks], text=work.embedded_text) for work in works]
        embedded = embed(self._embedder, self._reader, works[0].upload.workspace, wanted, tell)
        each = (time.perf_counter() - started) / max(sum(one.new for one in embedded), 1)
        for work, one in zip(works, embedded, strict=True):
            work.vectors, work.reused = one.vectors, len(work.chunks) - one.new
            work.seconds["embed"] = each * one.new

    @traced("apply")
    def _apply(self, works: Sequence[Work], progress: Progress) -> list[IngestReport | Failure]:
        """Plan every change and apply them in one transaction. A change that is refused is left out."""
        started = time.perf_counter()
        outcomes: dict[int, IngestReport | Failure] = {}
        changes: dict[int, GraphChange] = {}
        for place, work in enumerate(works):
            self._compare(work)
            try:
                changes[place] = plan_change(
                    work.upload.workspace, work.document, work.loaded.text, (work.chunks, work.positions),
                    work.hand_over(progress), work.vectors,
                )  # fmt: skip
            except Superseded as error:
                outcomes[place] = Failure(step="apply", error=error)
        revisions, refused = self._commit(works, changes)
        outcomes.update(refused)
        each = (time.perf_counter() - started) / max(len(works), 1)
        for place, revision in revisions.items():
            works[place].seconds["apply"] = each
            outcomes[place] = _report(works[place], changes[place], revision)
        return [outcomes[place] for place in range(len(works))]

    def _compare(self, work: Work) -> None:
        """How many passages of the version that is live stay, how many go, and whether its title is another."""
        if work.upload.version == 1:  # what is held of it, an earlier reading of the same version has brought
            work.kept = work.reused
            return
        workspace, document_id = work.upload.workspace, work.document.id
        revision = self._reader.revision(workspace)
        try:
            live = self._reader.document_chunks(workspace, document_id, revision)
            work.retitled = self._reader.document(workspace, document_id, revision).title != work.document.title
        except NotFoundError:
            return
        before, now = {placed.chunk.id for placed in live}, {chunk.id for chunk in work.chunks}
        work.kept, work.removed = len(before & now), len(before - now)

    def _commit(
        self, works: Sequence[Work], changes: Mapping[int, GraphChange]
    ) -> tuple[dict[int, int], dict[int, Failure]]:
        if not changes:
            return {}, {}
        workspace = works[0].upload.workspace
        try:
            applied = self._writer.apply(workspace, list(changes.values()))
            return dict(zip(changes, applied, strict=True)), {}
        except DependencyError:
            raise
        except QuipuError:
            return self._commit_one_by_one(workspace, changes)

    def _commit_one_by_one(
        self, workspace: str, changes: Mapping[int, GraphChange]
    ) -> tuple[dict[int, int], dict[int, Failure]]:
        """The slow way, where one change of a batch was refused: the others must not suffer."""
        revisions: dict[int, int] = {}
        refused: dict[int, Failure] = {}
        for place, change in changes.items():
            try:
                revisions[place] = self._writer.apply(workspace, [change])[0]
            except DependencyError:
                raise
            except QuipuError as error:
                refused[place] = Failure(step="superseded" if isinstance(error, Superseded) else "apply", error=error)
        return revisions, refused


def _report(work: Work, change: GraphChange, revision: int) -> IngestReport:
    return IngestReport(
        document_id=work.document.id,
        version=work.document.version,
        revision=revision,
        chunks=len(work.chunks),
        chunks_reused=work.reused,
        chunks_kept=work.kept,
        chunks_removed=work.removed,
        retitled=work.retitled,
        entities=len({mention.entity_id for mention in change.mentions}),
        relations=len(change.relations),
        reading=work.loaded.report,
        pages_pending=len(work.pictures.pending),
        pages_skipped=work.pictures.skipped,
        chunks_pending=sum(extraction.state == "pending" for extraction in work.extractions),
        chunks_partly=sum(extraction.state == "partly" for extraction in work.extractions),
        failures={n: extraction.failure for n, extraction in enumerate(work.extractions) if extraction.failure},
        rejected=total(extraction.rejected for extraction in work.extractions),
        nothing_added=total({extraction.nothing: 1} for extraction in work.extractions if extraction.nothing),
        seconds=work.seconds,
        places=work.loaded.boxes,
    )
