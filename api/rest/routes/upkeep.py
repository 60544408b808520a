"""What is done rarely, while the service goes on: reading everything again, and a look at whether everything agrees."""

from fastapi import APIRouter

from api.rest.context import TheContext
from api.schemas.upkeep import CheckBody, ReindexBody, ReindexJobs, VerificationBody, VerifyBody

router = APIRouter(prefix="/v1")


@router.post("/reindex", status_code=202, tags=["documents"])
async def reindex(body: ReindexBody, context: TheContext) -> ReindexJobs:
    """Let the configured language model read every document again; each changes as a whole once it is read."""
    del body
    jobs = await context.in_thread(lambda: context.cases.rereading.order(context.workspace, context.account))
    return ReindexJobs(jobs=[job.id for job in jobs])


@router.post("/verify", tags=["service"])
async def verify(body: VerifyBody, context: TheContext) -> VerificationBody:
    """Compare store, vectors, keywords, names, uploaded bytes and jobs; it takes as long as starting does."""
    verifier = context.cases.verifier
    found = await context.in_thread(lambda: verifier.verify(context.workspace, repair=body.repair))
    checks = [
        CheckBody(name=one.name, compared=one.compared, wrong=one.wrong, problems=list(one.problems))
        for one in found.checks
    ]
    return VerificationBody(sound=found.sound, revision=found.revision, checks=checks, repaired=list(found.repaired))
