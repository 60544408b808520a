"""Letting the language model read again what has been read, while that goes on serving."""

from collections.abc import Sequence

from graph.errors import ConflictError
from graph.jobs import TERMINAL, Job, NewJob
from graph.operations.database import OperationsDatabase
from graph.ports.jobs import JobQueue
from ingest.tables.uploads import UploadRegister


class Rereading:
    """Orders the reading of every document of a workspace.

    Args:
        database: makes looking and ordering one step.
        register: which documents there are.
        jobs: where the work is ordered.
        by_model: whether a language model reads documents here.
    """

    def __init__(
        self, *, database: OperationsDatabase, register: UploadRegister, jobs: JobQueue, by_model: bool
    ) -> None:  # fmt: skip
        self._database = database
        self._register = register
        self._jobs = jobs
        self._by_model = by_model

    def order(self, workspace: str) -> Sequence[Job]:
        """Let the model read every document, after all that is waiting already; what it has read before is cached.

        Documents that wait for it anyway, or have not come in yet, are left out.

        Raises:
            ConflictError: no language model reads documents here.
        """
        if not self._by_model:
            raise ConflictError("no language model reads documents here; set QUIPU_EXTRACT_LLM or QUIPU_LLM")
        with self._database.transaction():
            found = []
            for upload in self._register.newest(workspace):
                jobs = self._jobs.list(workspace, document_id=upload.document_id, limit=1000)
                if all(job.state in TERMINAL for job in jobs):
                    found.append(
                        NewJob(
                            workspace=workspace, kind="extract", document_id=upload.document_id,
                            version=upload.version, priority=-1,
                        )
                    )  # fmt: skip
            return self._jobs.submit(found)
