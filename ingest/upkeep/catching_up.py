"""Bringing a graph that fell behind up to date with the register: after it was restored from an older backup.

The register of uploads and the bytes of every document are in the data folder, and extractions and vectors are
kept by content. So a model is not asked again for anything that is still known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from graph.errors import NotFoundError
from graph.jobs import TERMINAL, NewJob
from graph.ports.jobs import JobQueue
from graph.ports.reading import DocumentReader, RightsReader
from graph.ports.writing import RightsWriter
from graph.rights import Rights
from ingest.model import Withdrawal
from ingest.ports import UploadRegister, VersionRegister


class LiveDocuments(DocumentReader, Protocol):
    """What a graph holds now."""

    def revision(self, workspace: str) -> int:
        """The newest revision."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A document whose newest version is done by the register, while the graph shows another one or none (``live``).

    ``purged`` tells a purge from another deletion.
    """

    document_id: str
    version: int
    deleted: bool
    purged: bool
    live: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp:
    """What has to be done again: documents to read, and documents to withdraw."""

    read: int
    withdrawn: int


def behind(workspace: str, register: VersionRegister, graph: LiveDocuments, jobs: JobQueue) -> Iterator[Behind]:
    """Documents that the graph is behind with, by id. Those that a job is about to mend are left out."""
    after = ""
    while page := register.page(workspace, after=after):
        revision = graph.revision(workspace)
        for newest in page:
            document_id = newest.upload.document_id
            live = _live_version(graph, workspace, document_id, revision)
            agrees = live is None if newest.deleted else live == newest.upload.version
            found = None if agrees else _behind_with(workspace, document_id, register, graph, jobs)
            if found is not None:
                yield found
        after = page[-1].upload.document_id


def _behind_with(
    workspace: str, document_id: str, register: VersionRegister, graph: LiveDocuments, jobs: JobQueue
) -> Behind | None:
    """Look again, at the register first: the graph's newest revision must show what the register has seen done."""
    latest = register.latest(workspace, document_id)
    if latest is None:
        return None
    version, deleted = latest.upload.version, latest.deleted
    if not deleted and (_under_way(jobs, workspace, document_id) or jobs.get(workspace, latest.job_id).state != "done"):
        return None
    live = _live_version(graph, workspace, document_id, graph.revision(workspace))
    wrong = live is not None and live < version if deleted else live is None or live < version
    if not wrong:
        return None
    return Behind(
        document_id=document_id, version=version, deleted=deleted, purged=not latest.upload.content_hash, live=live
    )


class CaughtUpGraph(LiveDocuments, RightsReader, RightsWriter, Protocol):
    """A graph that fell behind."""


def catch_up(workspace: str, register: UploadRegister, graph: CaughtUpGraph, jobs: JobQueue) -> CaughtUp:
    """Order again what the register has seen done and the graph does not know. The workers carry it out.

    Readers that were given are given again at once, before anything of theirs is read.
    """
    give_again(workspace, register, graph)
    read, withdrawn = 0, 0
    for one in behind(workspace, register, graph, jobs):
        if one.deleted:
            register.begin_withdrawal(
                Withdrawal(
                    workspace=workspace, document_id=one.document_id, version=one.version, purge=one.purged
                )
            )  # fmt: skip
            withdrawn += 1
        else:
            jobs.submit([NewJob(workspace=workspace, kind="ingest", document_id=one.document_id, version=one.version)])
            read += 1
    return CaughtUp(read=read, withdrawn=withdrawn)


def give_again(workspace: str, register: VersionRegister, graph: CaughtUpGraph) -> None:
    """Give documents the readers that the register has seen given. None is made readable to more by this."""
    after = ""
    while page := register.page(workspace, after=after):
        given = {one.upload.document_id: one.upload for one in page if one.upload.readers is not None}
        known = graph.rights(workspace, sorted(given))
        for document_id, upload in given.items():
            held = known.get(document_id, Rights())
            if upload.readers not in {held.readers, held.coming}:
                graph.set_readers(workspace, document_id, upload.version, upload.readers)
        after = page[-1].upload.document_id


def _live_version(graph: LiveDocuments, workspace: str, document_id: str, revision: int) -> int | None:
    try:
        return graph.document(workspace, document_id, revision).version
    except NotFoundError:
        return None


def _under_way(jobs: JobQueue, workspace: str, document_id: str) -> bool:
    return any(
        job.kind == "ingest" and job.state not in TERMINAL for job in jobs.list(workspace, document_id=document_id)
    )
