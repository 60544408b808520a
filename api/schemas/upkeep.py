"""Bodies of whether the service is well, of re-reading and of verifying."""

from typing import Literal

from pydantic import BaseModel, StrictBool

from api.schemas.documents import CountsBody
from api.schemas.strict import StrictBody


class Health(BaseModel):
    """A word."""

    status: str


class Readiness(Health):
    """Ready, at which revision, over how much of the caller's workspace; null for whoever may not read all of it.

    ``degraded`` tells what does not work as it should meanwhile.
    """

    degraded: list[str] = []
    revision: int | None = None
    counts: CountsBody | None = None


class ReindexBody(StrictBody):
    """What to do again."""

    extract: Literal[True]


class ReindexJobs(BaseModel):
    """One job per document."""

    jobs: list[str]


class VerifyBody(StrictBody):
    """Whether to mend what can be."""

    repair: StrictBool = False


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
