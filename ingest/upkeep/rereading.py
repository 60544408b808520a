"""Letting the language model read again what has been read, while that goes on serving."""

from collections.abc import Iterator, Sequence

from graph.errors import ConflictError
from graph.jobs import TERMINAL, Job, JobProgress, NewJob
from graph.ports.jobs import JobQueue
from graph.ports.operations import OperationalState
from ingest.model import Upload
from ingest.ports import VersionRegister


class Rereading:
    """Orders the reading of every document of a workspace.

    Args:
        state: makes looking and ordering one step.
        register: which documents there are.
        jobs: where the work is ordered.
        by_model: whether a language model reads documents here.
    """

    def __init__(
        self, *, state: OperationalState, register: VersionRegister, jobs: JobQueue, by_model: bool
    ) -> None:  # fmt: skip
        self._state = state
        self._register = register
        self._jobs = jobs
        self._by_model = by_model

    def order(self, workspace: str, account: str = "") -> Sequence[Job]:
        """Let the model read every document, after all that is waiting already; what it has read before is cached.

        Documents that wait for it anyway, or have not come in yet, are left out. ``account`` pays for it.

        Raises:
            ConflictError: no language model reads documents here.
        """
        if not self._by_model:
            raise ConflictError("no language model reads documents here; set QUIPU_EXTRACT_LLM or QUIPU_LLM")
        with self._state.transaction():
            found = []
            for upload in self._newest(workspace):
                jobs = self._jobs.list(workspace, document_id=upload.document_id, limit=1000)
                if all(job.state in TERMINAL for job in jobs):
                    found.append(
                        NewJob(
                            workspace=workspace, kind="extract", document_id=upload.document_id,
                            version=upload.version, priority=-1, account=account, progress=_to_read(upload, jobs),
                        )
                    )  # fmt: skip
            return self._jobs.submit(found)

    def _newest(self, workspace: str) -> Iterator[Upload]:
        """The newest version of every document that is neither deleted nor forgotten, by id."""
        after = ""
        while page := self._register.page(workspace, after=after):
            yield from (each.upload for each in page if not each.deleted and each.upload.content_hash)
            after = page[-1].upload.document_id


def _to_read(upload: Upload, jobs: Sequence[Job]) -> JobProgress:
    """As many passages as the newest job for this version had, newest first."""
    of_version = (job for job in jobs if job.version == upload.version)
    newest = next(of_version, None)
    return JobProgress(chunks_total=newest.progress.chunks_total if newest else 0)
