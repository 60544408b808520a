"""Whether everything agrees, looked at while it serves."""

from fastapi import APIRouter

from api.rest.context import TheContext
from api.schemas.upkeep import CheckBody, VerificationBody, VerifyBody

router = APIRouter(prefix="/v1/verify", tags=["service"])


@router.post("")
async def verify(body: VerifyBody, context: TheContext) -> VerificationBody:
    """Compare store, vectors, keywords, names, uploaded bytes and jobs; it takes as long as starting does."""
    verifier = context.cases.verifier
    found = await context.in_thread(lambda: verifier.verify(context.workspace, repair=body.repair))
    checks = [
        CheckBody(name=one.name, compared=one.compared, wrong=one.wrong, problems=list(one.problems))
        for one in found.checks
    ]
    return VerificationBody(sound=found.sound, revision=found.revision, checks=checks, repaired=list(found.repaired))
