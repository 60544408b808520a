"""Bringing a graph that fell behind up to date with the register: after it was restored from an older backup.

The register of uploads and the bytes of every document are in the data folder, and extractions and vectors are
kept by content, so nothing is asked of a model twice that is still known.
"""

from dataclasses import dataclass
from typing import Protocol

from graph.errors import NotFoundError
from graph.jobs import NewJob
from graph.ports import DocumentReader, JobQueue
from ingest.register import UploadRegister, Withdrawal


class LiveDocuments(DocumentReader, Protocol):
    """What a graph holds now."""

    def revision(self, workspace: str) -> int:
        """See ChangeReader."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp:
    """What has to be done again: documents to read, and documents to withdraw."""

    read: int
    withdrawn: int


def catch_up(workspace: str, register: UploadRegister, graph: LiveDocuments, jobs: JobQueue) -> CaughtUp:
    """Order again what the register has seen done, and the graph does not know; the workers carry it out."""
    revision, read, withdrawn, after = graph.revision(workspace), 0, 0, ""
    while page := register.newest_states(workspace, after=after):
        for upload, deleted, job_id in page:
            live = _live_version(graph, workspace, upload.document_id, revision)
            if deleted and live is not None:
                register.begin_withdrawal(
                    Withdrawal(
                        workspace=workspace, document_id=upload.document_id, version=upload.version,
                        purge=not upload.content_hash,
                    )
                )  # fmt: skip
                withdrawn += 1
            elif not deleted and live != upload.version and jobs.get(workspace, job_id).state == "done":
                jobs.submit([_again(workspace, upload.document_id, upload.version)])
                read += 1
        after = page[-1][0].document_id
    return CaughtUp(read=read, withdrawn=withdrawn)


def _live_version(graph: LiveDocuments, workspace: str, document_id: str, revision: int) -> int | None:
    try:
        return graph.document(workspace, document_id, revision).version
    except NotFoundError:
        return None


def _again(workspace: str, document_id: str, version: int) -> NewJob:
    return NewJob(workspace=workspace, kind="ingest", document_id=document_id, version=version)
