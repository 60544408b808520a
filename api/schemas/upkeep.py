"""Bodies of re-reading and verifying."""

from typing import Literal

from pydantic import BaseModel, StrictBool

from api.schemas.strict import StrictBody


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
