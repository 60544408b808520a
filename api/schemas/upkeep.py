"""Bodies of re-reading and verifying."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, StrictBool


class ReindexBody(BaseModel):
    """What to do again."""

    model_config = ConfigDict(extra="forbid")

    extract: Literal[True]


class ReindexJobs(BaseModel):
    """One job per document."""

    jobs: list[str]


class VerifyBody(BaseModel):
    """Whether to mend what can be."""

    model_config = ConfigDict(extra="forbid")

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
