"""Reading documents again after an upgrade has changed the rules by which names and relations are read."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from graph.jobs import TERMINAL, NewJob
from graph.ports.jobs import JobQueue
from graph.ports.operations import ReadRules
from ingest.acknowledged import ANEW
from ingest.model import Upload
from ingest.ports import VersionRegister

PAGE = 1000
FIRST_RULES = "light/1"
"""What had read every document before anybody noted it."""


class KnownUploads(VersionRegister, Protocol):
    """What is asked of the register."""

    def workspaces(self) -> Sequence[str]:
        """Workspaces that anything was uploaded to."""
        ...


def read_anew(rules: str, read: ReadRules, register: KnownUploads, jobs: JobQueue) -> int:
    """Order every document to be read again where other rules have read them; how many.

    They are served as they were read until their turn comes, after all that is waiting. Vectors are kept, and a
    model's recorded answers are read again without a call. Told twice after a death between the two steps, the same is
    read twice, which changes nothing.
    """
    if read.known() == rules:
        return 0
    ordered = 0
    for workspace in register.workspaces():
        found = [
            NewJob(
                workspace=workspace, kind="extract", document_id=upload.document_id, version=upload.version,
                priority=-1, payload=ANEW,
            )
            for upload in _read_ones(workspace, register, jobs)
        ]  # fmt: skip
        for begin in range(0, len(found), PAGE):
            ordered += len(jobs.submit(found[begin : begin + PAGE]))
    read.note(rules)
    return ordered


def _read_ones(workspace: str, register: VersionRegister, jobs: JobQueue) -> Iterator[Upload]:
    """The newest version of every document that no job is about to read anyway."""
    after = ""
    while page := register.page(workspace, after=after):
        for newest in page:
            if newest.deleted or not newest.upload.content_hash:
                continue
            under_way = jobs.list(workspace, document_id=newest.upload.document_id, limit=PAGE)
            if all(job.state in TERMINAL for job in under_way):
                yield newest.upload
        after = page[-1].upload.document_id
