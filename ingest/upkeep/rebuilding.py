"""Rebuilding a register of uploads that was lost, from the graph and the bytes that are left of the data folder.

The graph holds every version it was given, and of each document the newest version it was told of. What never reached
it is not known: jobs, access keys, watches, and uploads that no job had read. Bytes that nothing in the graph explains
are set aside, not removed, for they may be such uploads.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from graph.errors import ConflictError, DependencyError
from graph.filters import shown_metadata
from graph.identity import content_hash
from graph.jobs import JobProgress, NewJob
from graph.model import Document
from graph.ports.jobs import WorkQueue
from graph.ports.operations import OperationalState
from graph.ports.reading import ChangeReader, DocumentReader, RightsReader
from graph.ports.writing import GraphMaintenance, HistoryKeeper
from graph.rights import Rights
from ingest.acknowledged import new_token
from ingest.acknowledging.family import PART_OF
from ingest.acknowledging.quota import count_anew
from ingest.model import Upload
from ingest.ports import BlobStore, Holdings, UploadRegister


class KnownGraph(DocumentReader, ChangeReader, RightsReader, HistoryKeeper, GraphMaintenance, Protocol):
    """A store that a register is rebuilt from."""


class Shelf(BlobStore, Protocol):
    """Bytes, which can be set aside."""

    def set_aside(self, digest: str) -> Path:
        """Take bytes out of use without removing them; where they are."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What was rebuilt, and what could not be: ``lost_bytes`` name the versions whose uploaded bytes are gone.

    ``remade_bytes`` were made again from the text; ``unclaimed`` are the files that were set aside.
    """

    documents: int = 0
    versions: int = 0
    deleted: int = 0
    remade_bytes: int = 0
    lost_bytes: Sequence[str] = ()
    unclaimed: Sequence[str] = ()


class RegisterRebuilder:
    """Over a data folder that no service uses."""

    def __init__(
        self, *, graph: KnownGraph, state: OperationalState, register: UploadRegister, holdings: Holdings,
        jobs: WorkQueue, blobs: Shelf,
    ) -> None:  # fmt: skip
        self._graph = graph
        self._state = state
        self._register = register
        self._holdings = holdings
        self._jobs = jobs
        self._blobs = blobs
        self._bytes: set[str] = set()
        self._lost: list[str] = []
        self._remade = 0

    def rebuild(self) -> Rebuilt:
        """Rebuild all of it in one step.

        Raises:
            ConflictError: there is a register.
            DependencyError: the graph cannot be reached.
        """
        if known := self._register.workspaces():
            raise ConflictError(f"the register of uploads is there (workspaces {', '.join(known)}): nothing to rebuild")
        self._bytes = set(self._blobs.settled(-1.0))
        documents, versions, deleted = 0, 0, 0
        with self._state.transaction():
            for workspace in self._graph.workspaces():
                for document_id, newest in sorted(self._graph.barriers(workspace).items()):
                    kept, live = self._document(workspace, document_id, newest)
                    documents += live
                    deleted += not live
                    versions += kept
            # a start that was refused may have counted the register while it was empty
            count_anew(self._holdings, self._register, self._blobs)
        digests = set(self._register.digests())
        unclaimed = [str(self._blobs.set_aside(name)) for name in sorted(self._bytes - digests)]
        return Rebuilt(
            documents=documents, versions=versions, deleted=deleted, remade_bytes=self._remade, lost_bytes=self._lost,
            unclaimed=unclaimed,
        )  # fmt: skip

    def _document(self, workspace: str, document_id: str, newest: int) -> tuple[int, bool]:
        """Register what is kept of a document; how many versions that is, and whether it is live."""
        stages = self._graph.versions(workspace, document_id)
        kept = {document.version: (document, since) for document, since, _ in stages}
        live = any(until is None for _, _, until in stages)
        readers = self._graph.rights(workspace, [document_id]).get(document_id, Rights()).readers
        upload = None
        for version, (document, since) in sorted(kept.items()):
            self._see_to_bytes(workspace, document, since)
            upload = replace(self._as_uploaded(workspace, document), readers=readers)
            self._register.add(upload, deleted=False, job_id=self._done_job(workspace, document_id, version, since))
        if not live:
            upload = upload or _forgotten(workspace, document_id)
            version = max(newest, max(kept, default=0) + 1)
            self._register.add(
                replace(upload, version=version, updated_at=datetime.now(UTC)), deleted=True, job_id=""
            )  # fmt: skip
        return len(kept), live

    def _as_uploaded(self, workspace: str, document: Document) -> Upload:
        """A version, and the document that holds it: its metadata name that one, and its id begins with it.

        Parents come before their members, in order of ids.
        """
        upload, named = _upload(workspace, document), document.metadata.get(PART_OF)
        parent = self._register.latest(workspace, named) if isinstance(named, str) else None
        if parent is None or not document.id.startswith(f"{named}/"):
            return upload
        return replace(upload, parent=parent.upload.document_id, parent_version=parent.upload.version)

    def _see_to_bytes(self, workspace: str, document: Document, since: int) -> None:
        """Where the bytes of a version are gone and its text is the same bytes, make them again."""
        if document.content_hash in self._bytes:
            return
        data = self._graph.text(workspace, document.id, since).encode("utf-8", "surrogatepass")
        if content_hash(data) != document.content_hash:
            self._lost.append(f"{document.id!r} version {document.version}")
            return
        try:
            self._bytes.add(self._blobs.put(data))
        except DependencyError:
            self._lost.append(f"{document.id!r} version {document.version}")
        else:
            self._remade += 1

    def _done_job(self, workspace: str, document_id: str, version: int, revision: int) -> str:
        """A job that says where a version can be read."""
        new = NewJob(workspace=workspace, kind="ingest", document_id=document_id, version=version)
        job = self._jobs.submit([new])[0]
        return self._jobs.update(job.id, state="done", progress=JobProgress(stage="done", revision=revision)).id


def _upload(workspace: str, document: Document) -> Upload:
    return Upload(
        workspace=workspace, document_id=document.id, version=document.version, title=document.title,
        source=document.source, media_type=document.media_type, metadata=shown_metadata(document.metadata),
        content_hash=document.content_hash, created_at=document.created_at, updated_at=document.updated_at,
        token=new_token(),
    )  # fmt: skip


def _forgotten(workspace: str, document_id: str) -> Upload:
    """A document of which nothing is kept."""
    now = datetime.now(UTC)
    return Upload(
        workspace=workspace, document_id=document_id, version=0, title=None, source="", media_type="", metadata={},
        content_hash="", created_at=now, updated_at=now, token=new_token(),
    )  # fmt: skip
