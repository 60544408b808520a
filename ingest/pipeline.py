"""Uploads, top to bottom: load → split → extract → embed → resolve and plan → apply → take in what they hold.

Work is batched across documents (one embedding call, one transaction), but each document has its own
revision, and fails or succeeds on its own.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from graph.errors import DependencyError, ModelOutputError, NotFoundError, QuipuError, Superseded, Unreadable
from graph.long_change import AnyChange
from graph.model import Document
from graph.ports.models import Embedder
from graph.ports.reading import ChangeReader, DocumentReader
from graph.ports.spending import Cost, paid_by
from graph.ports.writing import GraphWriter
from graph.tracing import span, traced
from ingest.chunking import split_document
from ingest.extraction.transcribing import with_pictures
from ingest.loaders.unpacking import UNKEPT, Unpacked
from ingest.member_ports import MemberKeeper
from ingest.model import LoadedDocument, Passages, Source, Upload
from ingest.outcomes import Failure, IngestReport, PicturesRead
from ingest.planning import chunk_ids, document_of, with_language
from ingest.ports import BlobStore, Extractor, InterruptibleLoader, PictureTranscriber
from ingest.reading_reports import completed, nothing_to_read
from ingest.under_way.embedding import ToEmbed, embed
from ingest.under_way.slicing import Slice
from ingest.under_way.spool import Spool
from ingest.under_way.work import Part, Progress, Work

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
        reader: LiveReader, writer: GraphWriter, keeper: MemberKeeper = UNKEPT, aside: Path | None = None,
    ) -> None:  # fmt: skip
        """``aside``: the folder for what has been read of a long document; None: that for temporary files."""
        self._blobs = blobs
        self._loader = loader
        self._extractors = extractors
        self._embedder = embedder
        self._reader = reader
        self._writer = writer
        self._keeper = keeper
        self._aside = aside

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
        begun: list[Work] = []
        filling = Slice()
        for place, upload in enumerate(uploads):
            if filling.full(len(works), sum(len(work.texts) for work in works.values())):
                break
            with paid_by(partial(spent, upload)):
                prepared = self._prepare(upload, progress)
            if isinstance(prepared, Failure):
                outcomes[place] = prepared
            else:
                works[place] = prepared
                begun.append(prepared)
        try:
            for place, failure in self._read(works, progress, spent).items():
                outcomes[place] = failure
                works.pop(place).unpacked.drop()
            for place, outcome in zip(works, self._apply(list(works.values()), progress), strict=True):
                tell = partial(progress, works[place].upload, "members")
                outcomes[place] = works[place].unpacked.after(outcome, tell)
        finally:
            for work in begun:
                work.close()
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
                texts = split_document(loaded)
            if not texts and not pictures.pending:
                unpacked.drop()
                raise Unreadable(nothing_to_read(upload.source, pictures))
            ids = chunk_ids(document, texts)
            seconds = {"load": loading - started, "split": time.perf_counter() - loading}
        except DependencyError:
            raise
        except QuipuError as error:
            return Failure(step=step, error=error)
        return Work(
            upload=upload, document=with_language(document, loaded.text), loaded=loaded, pictures=pictures,
            texts=texts, ids=ids, seconds=seconds, unpacked=unpacked, spool=Spool(self._aside),
        )  # fmt: skip

    def _transcribe(
        self, upload: Upload, document: Document, source: Source, loaded: LoadedDocument, progress: Progress
    ) -> PicturesRead:
        if not loaded.picture_pages:
            return PicturesRead()

        def tell(done: int, total: int) -> bool:
            return progress(upload, "pictures", done, total)

        return self._extractors.pictures.transcribe(upload.workspace, document, source, loaded.picture_pages, tell)

    def _read(self, works: Mapping[int, Work], progress: Progress, spent: Spent) -> dict[int, Failure]:
        """Read and embed all documents part by part, the first parts together. What no model could read fails."""
        for number in range(max((len(work.parts) for work in works.values()), default=0)):
            parts = [work.part(number) for work in works.values() if number < len(work.parts) and work.wanted]
            if not parts:
                break
            self._extract(parts, progress, spent)
            self._embed(parts, progress)
            for part in parts:
                if part.work.wanted:
                    part.work.keep(part)
        failures: dict[int, Failure] = {}
        for place, work in works.items():
            states = work.tally.states.keys()
            read = not (states & {"rules", "pending"} or work.pictures.pending)
            work.document = replace(work.document, stage="model" if read else "rules")
            if states == {"failed"}:
                first = work.tally.failures[min(work.tally.failures)]
                error = ModelOutputError(f"no passage could be read by the language model: {first}")
                failures[place] = Failure(step="extract", error=error)
        return failures

    @traced("extract")
    def _extract(self, parts: Sequence[Part], progress: Progress, spent: Spent) -> None:
        """One call of the extractor for all documents."""
        started = time.perf_counter()

        def tell(place: int, done: int) -> bool:
            return parts[place].work.tell(progress, "extract", parts[place].first + done)

        documents = [
            Passages(
                workspace=part.work.upload.workspace, document=part.work.document, chunks=part.texts,
                payer=partial(spent, part.work.upload),
            )
            for part in parts
        ]  # fmt: skip
        each = self._extractors.chunks.extract(documents, tell)
        for part, extractions in zip(parts, each, strict=True):
            part.extractions = extractions
            part.work.spent("extract", (time.perf_counter() - started) / len(parts))

    @traced("embed")
    def _embed(self, parts: Sequence[Part], progress: Progress) -> None:
        """The chunks of all documents together, those that are held already left out."""
        started = time.perf_counter()

        def tell(place: int, done: int) -> bool:
            return parts[place].work.tell(progress, "embed", parts[place].first + done)

        wanted = [ToEmbed(ids=[chunk.id for chunk in part.chunks], text=part.embedded_text) for part in parts]
        embedded = embed(self._embedder, self._reader, parts[0].work.upload.workspace, wanted, tell)
        each = (time.perf_counter() - started) / max(sum(one.new for one in embedded), 1)
        for part, one in zip(parts, embedded, strict=True):
            part.vectors = one.vectors
            part.work.reused += len(part.chunks) - one.new
            part.work.spent("embed", each * one.new)

    @traced("apply")
    def _apply(self, works: Sequence[Work], progress: Progress) -> list[IngestReport | Failure]:
        """Plan every change and apply them in one transaction. A change that is refused is left out."""
        started = time.perf_counter()
        outcomes: dict[int, IngestReport | Failure] = {}
        changes: dict[int, AnyChange] = {}
        for place, work in enumerate(works):
            self._compare(work)
            try:
                changes[place] = work.change(progress)
            except Superseded as error:
                outcomes[place] = Failure(step="apply", error=error)
        revisions, refused = self._commit(works, changes)
        outcomes.update(refused)
        each = (time.perf_counter() - started) / max(len(works), 1)
        for place, revision in revisions.items():
            works[place].seconds["apply"] = each
            outcomes[place] = _report(works[place], revision)
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
        before, now = {placed.chunk.id for placed in live}, set(work.ids)
        work.kept, work.removed = len(before & now), len(before - now)

    def _commit(
        self, works: Sequence[Work], changes: Mapping[int, AnyChange]
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
        self, workspace: str, changes: Mapping[int, AnyChange]
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


def _report(work: Work, revision: int) -> IngestReport:
    found = work.tally
    return IngestReport(
        document_id=work.document.id,
        version=work.document.version,
        revision=revision,
        chunks=len(work.texts),
        chunks_reused=work.reused,
        chunks_kept=work.kept,
        chunks_removed=work.removed,
        retitled=work.retitled,
        entities=found.entities,
        relations=found.relations,
        reading=work.loaded.report,
        pages_pending=len(work.pictures.pending),
        pages_skipped=work.pictures.skipped,
        chunks_pending=found.states["pending"],
        chunks_partly=found.states["partly"],
        failures=found.failures,
        rejected=dict(found.rejected),
        nothing_added=dict(found.nothing),
        seconds=work.seconds,
        places=work.loaded.boxes,
    )
