"""Intake and both workers over what is kept in memory, driven by hand: no file, no process, no thread."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from hashing_embedder import HashingEmbedder
from in_memory_operations import InMemoryRoom
from kept_state import Kept, in_memory
from reference_store import ReferenceStore

from graph.errors import DependencyError, InputError
from graph.jobs import Job
from graph.long_change import AnyChange
from graph.model import FloatArray, Removal
from graph.quotas import Limits
from graph.rights import Readers
from graph.view.knowledge_view import KnowledgeViews
from ingest.acknowledging.quota import StorageQuota
from ingest.documents import Documents
from ingest.extraction.light_extractor import LightExtractor
from ingest.extraction.transcribing import BlindTranscriber
from ingest.intake import Intake
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.loaders.texts import plain
from ingest.loaders.unpacking import UNKEPT
from ingest.member_ports import Member, MemberKeeper, Take
from ingest.model import Accepted, Extraction, LoadedDocument, NewDocument, Passages, Source
from ingest.pipeline import Extractors, IngestPipeline
from ingest.ports import Extractor, InterruptibleLoader, Tell, Wanted
from ingest.upkeep.rereading import Rereading
from ingest.worker import Line, Worker

W = "w"
DOWN = DependencyError("the graph is down")


class AsText(InterruptibleLoader):
    """Reads whatever comes as text; it is done before anybody could ask it to end.

    A line ``+ name: text`` is a member, as a text, or where its name says so as a program.
    """

    def load(
        self, source: Source, wanted: Wanted = lambda: True, take: Take = lambda _: None
    ) -> LoadedDocument:  # fmt: skip
        for line in source.data.decode().splitlines():
            if line.startswith("+ "):
                name, _, text = line[2:].partition(": ")
                kind = "application/x-msdownload" if name.endswith(".exe") else ""
                take(Member(name=name, media_type=kind, data=text.replace("\\n", "\n").encode()))
        return plain.load(source, DEFAULT_LIMITS)


class MoodyStore(ReferenceStore):
    """A graph that can be out of reach, or refuse a document; ``meanwhile`` happens before the next commit."""

    def __init__(self) -> None:
        super().__init__()
        self.down = False
        self.refused: set[str] = set()
        self.meanwhile: Callable[[], object] = lambda: None
        self.commits: list[list[str]] = []

    def apply(self, workspace: str, changes: Sequence[AnyChange]) -> tuple[int, ...]:
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        self._reach()
        if any(change.document.id in self.refused for change in changes):
            raise InputError("the graph refuses it")
        revisions = super().apply(workspace, changes)
        self.commits.append([change.document.id for change in changes])
        return revisions

    def remove(self, workspace: str, document_id: str, version: int) -> Removal:
        self._reach()
        return super().remove(workspace, document_id, version)

    def purge(self, workspace: str, document_id: str, version: int) -> Removal:
        self._reach()
        return super().purge(workspace, document_id, version)

    def vectors(self, workspace: str, chunk_ids: Sequence[str]) -> dict[str, FloatArray]:
        held: dict[str, FloatArray] = {}
        for state in self._history(workspace):
            for change in state.values():
                held |= {chunk.id: row for chunk, row in zip(change.chunks, change.vectors, strict=True)}
        return {chunk_id: held[chunk_id] for chunk_id in chunk_ids if chunk_id in held}

    def set_readers(self, workspace: str, document_id: str, version: int, readers: Readers) -> int:
        self._reach()
        return super().set_readers(workspace, document_id, version, readers)

    def _reach(self) -> None:
        if self.down:
            raise DOWN

    def live(self, document_id: str) -> int | None:
        """The version that is live now."""
        change = self._at(W, self.revision(W)).get(document_id)
        return change.document.version if change else None


class Pending(Extractor):
    """Reads by rule, and says that a model has yet to read."""

    identity = "pending/1"

    def __init__(self) -> None:
        self._rules = LightExtractor()

    def extract(self, documents: Sequence[Passages], tell: Tell) -> tuple[tuple[Extraction, ...], ...]:
        read = self._rules.extract(documents, tell)
        return tuple(tuple(_pending(each) for each in document) for document in read)


def _pending(extraction: Extraction) -> Extraction:
    return Extraction(
        extractor=extraction.extractor, names=extraction.names, relations=extraction.relations, state="pending"
    )


class Desk:
    """``intake`` acknowledges; ``worker`` reads by rule, ``reading`` whatever that left to a model."""

    def __init__(
        self, kept: Kept | None = None, *, batch: int = 10, max_bytes: int = 1000, limits: Limits | None = None
    ) -> None:
        self.kept = kept or in_memory()
        self.store = MoodyStore()
        self._graph = cast(Any, self.store)  # it has what is asked of it here, not all that the ports have
        self.embedder = HashingEmbedder()
        self.forgotten: list[tuple[str, str]] = []
        self.committed: list[str] = []
        self.caught_up: list[str] = []
        self.ended: list[tuple[str, str]] = []
        self.room = InMemoryRoom()
        self.intake = Intake(
            state=self.kept.state, register=self.kept.register, blobs=self.kept.blobs, jobs=self.kept.jobs,
            graph=self.store, quota=StorageQuota(self.kept.book, self.kept.holdings, limits or Limits()),
            room=self.room, max_bytes=max_bytes,
            forget=lambda *purged: self.forgotten.append(purged), committed=self.committed.append,
        )  # fmt: skip
        self.rereading = Rereading(
            state=self.kept.state, register=self.kept.register, jobs=self.kept.jobs, by_model=True
        )  # fmt: skip
        self.documents = Documents(
            store=self._graph, views=KnowledgeViews(self._graph), register=self.kept.register, jobs=self.kept.jobs,
            blobs=self.kept.blobs,
        )  # fmt: skip
        self.reading = self._worker(Line(kind="extract", batch=batch, ended=self._end), LightExtractor(), UNKEPT)
        first = self.intake.finish_withdrawals
        self.worker = self._worker(
            Line(kind="ingest", batch=batch, first=first, after="extract", ended=self._end), LightExtractor(),
            self.intake.members,
        )  # fmt: skip

    def _worker(self, line: Line, extractor: Extractor, keeper: MemberKeeper) -> Worker:
        return Worker(
            line=line, jobs=self.kept.jobs, register=self.kept.register, pipeline=self.pipeline(extractor, keeper),
            state=self.kept.state, committed=self.caught_up.append,
        )  # fmt: skip

    def worker_of(self, line: Line) -> Worker:
        """A worker of a line of the test's own."""
        return self._worker(line, LightExtractor(), self.intake.members)

    def pipeline(self, extractor: Extractor, keeper: MemberKeeper = UNKEPT) -> IngestPipeline:
        return IngestPipeline(
            blobs=self.kept.blobs, loader=AsText(), embedder=self.embedder, reader=self._graph,
            writer=self._graph, keeper=keeper, extractors=Extractors(chunks=extractor, pictures=BlindTranscriber()),
        )  # fmt: skip

    def _end(self, workspace: str, document_id: str) -> None:
        self.ended.append((workspace, document_id))

    def put(self, document_id: str | None, text: str = "Ada Stone built the Selm Tower.", **more: Any) -> Accepted:
        return self.intake.accept(W, [part(document_id, text)], **more)[0]

    def job(self, accepted: Accepted) -> Job:
        return self.kept.jobs.get(W, str(accepted.job_id))

    def work(self) -> None:
        """Everything that can be done now."""
        while self.worker.work() or self.reading.work():
            pass


def part(
    document_id: str | None, text: str, *, title: str | None = None, name: str = "a.txt", kind: str = "text/plain",
    **readers: Readers,
) -> NewDocument:  # fmt: skip
    """``readers``: to be given, where they are named at all."""
    source = Source(name=name, media_type=kind, data=text.encode())
    return NewDocument(
        source=source, document_id=document_id, title=title, metadata={}, readers_given=bool(readers), **readers
    )  # fmt: skip
