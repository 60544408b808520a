"""Whether everything agrees, looked at while it serves."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from api.rest.context import TheService, in_thread
from graph.model import DEFAULT_WORKSPACE

router = APIRouter(prefix="/v1/verify", tags=["service"])


class VerifyBody(BaseModel):
    """Whether to mend what can be."""

    model_config = ConfigDict(extra="forbid")

    repair: bool = False


class CheckBody(BaseModel):
    """What was compared, how many of it are wrong, and the first of these."""

    name: str
    compared: int
    wrong: int
    problems: list[str]


class VerificationBody(BaseModel):
    """What was found at a revision; after a repair, what it did, and what was found then."""

    sound: bool
    revision: int
    checks: list[CheckBody]
    repaired: list[str]


@router.post("")
async def verify(body: VerifyBody, service: TheService) -> VerificationBody:
    """Compare store, vectors, keywords, names, uploaded bytes and jobs; it takes as long as starting does."""
    found = await in_thread(service, lambda: service.verifier.verify(DEFAULT_WORKSPACE, repair=body.repair))
    checks = [
        CheckBody(name=one.name, compared=one.compared, wrong=one.wrong, problems=list(one.problems))
        for one in found.checks
    ]
    return VerificationBody(sound=found.sound, revision=found.revision, checks=checks, repaired=list(found.repaired))
