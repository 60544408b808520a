"""Jobs: how far the reading of documents is."""

from collections.abc import Sequence

from api.client.calls import Flow, Sent
from api.client.methods import Listing, Method, following, operation
from api.schemas.jobs import JobBodies, JobBody
from api.schemas.upkeep import ReindexJobs
from graph.jobs import TERMINAL, JobState

FIRST_PAUSE, MOST_PAUSE = 0.05, 1.0


class Jobs:
    """What a client knows of jobs, and how it waits for them."""

    @operation("GET", "/v1/jobs", JobBodies)
    def list_jobs(
        self, *, state: JobState | None = None, document_id: str | None = None, limit: int | None = None,
        cursor: str | None = None,
    ) -> Sent:  # fmt: skip
        """A page of jobs, newest first."""
        return Sent(query={"state": state, "document_id": document_id, "limit": limit, "cursor": cursor})

    every_job = Listing(list_jobs, lambda page: page.jobs)

    @operation("GET", "/v1/jobs/{job_id}", JobBody)
    def get_job(self, job_id: str) -> Sent:
        """One job as it stands."""
        return Sent()

    @following("GET", "/v1/jobs/{job_id}/events", {"job": JobBody}, resumes=True)
    def follow_job(self, job_id: str) -> Sent:
        """A job whenever it has got on, until it has ended."""
        return Sent()

    @operation("POST", "/v1/jobs/{job_id}/cancel", JobBody)
    def cancel_job(self, job_id: str) -> Sent:
        """Cancel it: at once while it waits, else at its next step."""
        return Sent()

    @operation("POST", "/v1/jobs/{job_id}/retry", JobBody)
    def retry_job(self, job_id: str) -> Sent:
        """Try a failed or cancelled one again."""
        return Sent()

    @operation("POST", "/v1/reindex", ReindexJobs)
    def reindex_documents(self) -> Sent:
        """Have the language model read every document again; the jobs that do."""
        return Sent(body={"extract": True})

    @Method
    def wait_for_jobs(self, job_ids: Sequence[str], *, seconds: float | None = None) -> Flow[list[JobBody]]:
        """The jobs once all of them have ended, however they did, in the order of their ids.

        Raises:
            TimeoutError: they have not within ``seconds`` of waiting.
        """
        ended: dict[str, JobBody] = {}
        paused, pause = 0.0, FIRST_PAUSE
        while True:
            for job_id in dict.fromkeys(job_ids):
                if job_id not in ended:
                    job: JobBody = yield Jobs.get_job.call(job_id)
                    if job.state not in TERMINAL:
                        break  # they are worked on in order: those behind it need not be asked about
                    ended[job_id] = job
            else:
                return [ended[job_id] for job_id in job_ids]
            if seconds is not None and paused + pause > seconds:
                raise TimeoutError(f"job {job.id} is {job.state} after {paused:.0f} seconds of waiting")
            yield pause
            paused, pause = paused + pause, min(2 * pause, MOST_PAUSE)

    @Method
    def wait_for_job(self, job_id: str, *, seconds: float | None = None) -> Flow[JobBody]:
        """A job once it has ended, however it did. Raises TimeoutError as ``wait_for_jobs``."""
        (job,) = yield from Jobs.wait_for_jobs.flow([job_id], seconds=seconds)
        return job
