"""Bodies of whether the service is well, of the samples, of re-reading and of verifying."""

from typing import Literal

from pydantic import BaseModel, StrictBool

from api.schemas.documents import CountsBody
from api.schemas.strict import StrictBody
from graph.ports.models import ModelStanding


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


class LanguageModelBody(BaseModel):
    """How a language model does: its window in tokens, how many calls it is given at once, and how fast it is.

    ``slots`` is how many its server says it takes at once, null where it does not say; ``calls_in_line`` wait for their
    turn. Speeds are those of its last calls, null before the first.
    """

    model: str
    context_tokens: int
    slots: int | None
    calls_at_once: int
    calls_in_line: int
    prompt_tokens_per_second: float | None
    output_tokens_per_second: float | None


class LanguageModelBodies(BaseModel):
    """Each model that the service uses."""

    models: list[LanguageModelBody]


def language_model_body(standing: ModelStanding) -> LanguageModelBody:
    """A model for people."""
    return LanguageModelBody(
        model=standing.model, context_tokens=standing.context_tokens, slots=standing.slots,
        calls_at_once=standing.calls_at_once, calls_in_line=standing.calls_in_line,
        prompt_tokens_per_second=_rounded(standing.prompt_tokens_per_second),
        output_tokens_per_second=_rounded(standing.output_tokens_per_second),
    )  # fmt: skip


def _rounded(speed: float | None) -> float | None:
    return None if speed is None else round(speed, 2)


class SampleQuestionBody(BaseModel):
    """A question that the samples answer."""

    text: str
    language: str


class SamplesBody(BaseModel):
    """What can be tried with the samples, by the ids that their documents have once they are loaded."""

    documents: list[str]
    questions: list[SampleQuestionBody]


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
