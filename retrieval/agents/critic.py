"""The critic: checks every claim against what it cites, and sends work back. It never adds anything.

Rules check first: what they drop is dropped. A model, where there is one, may drop more and say what to look for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import anyio.to_thread
from pydantic import BaseModel, Field, ValidationError

from graph.ports.models import LanguageModel
from graph.prompting import Prompt, instructions, object_in
from graph.text.tokens import is_east_asian
from retrieval.agents.model import Report, Review
from retrieval.agents.texts import ALL_DROPPED, NO_SENTENCE, tell
from retrieval.answer import Claim
from retrieval.answering.citations import verify_claim
from retrieval.budget import Account
from retrieval.constrained_calls import ConstrainedCall
from retrieval.questions.read_question import ReadQuestion

MAX_TOKENS = 200
MOST_CLAIMS = 24
"""Claims that a model is shown at once; rules check all of them."""
MOST_MISSING = 300
"""Characters of what a model says is to be looked for."""
_SHOWN = 400
"""Characters of a claim and of its quote that a model is shown."""
_PROMPTS = Path(__file__).parent / "prompts"


class _Verdict(BaseModel):
    unsupported: list[int] = Field(max_length=MOST_CLAIMS)
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """All reports of a round as the critic leaves them; ``by_model``: a model checked them as well.

    ``look_for`` is a question that a model misses the answer to; empty where it misses none.
    """

    reviews: tuple[Review, ...]
    look_for: str = ""
    by_model: bool = False
    degraded: tuple[str, ...] = ()


class Critic:
    """Reviews the reports of one round together."""

    def __init__(self, model: LanguageModel | None) -> None:
        self._model = model

    async def review(self, reports: Sequence[Report], read: ReadQuestion, account: Account) -> Reviewed:
        """What holds of the reports, and which of them are to be done again."""
        reviews = await anyio.to_thread.run_sync(_by_rule, reports, read)
        listed = [
            (place, number) for place, review in enumerate(reviews) if not review.report.exact
            for number, _ in enumerate(review.report.claims)
        ][:MOST_CLAIMS]  # fmt: skip
        if self._model is None or not listed:
            return Reviewed(reviews=tuple(reviews))
        prompt = _prompt(read, [reviews[place].report.claims[number] for place, number in listed])
        # one call is the writer's
        call = ConstrainedCall(self._model, account, kept_free=(1, 0))
        said = await call.ask(lambda: prompt, _verdict)
        if said.value is None:
            return Reviewed(reviews=tuple(reviews), degraded=said.degraded)
        dropped = {listed[one - 1] for one in said.value.unsupported if 1 <= one <= len(listed)}
        zh = is_east_asian(read.text)
        kept = [
            _without(review, {number for at, number in dropped if at == place}, zh=zh)
            for place, review in enumerate(reviews)
        ]
        wanted = " ".join(said.value.missing.split())[:MOST_MISSING]
        return Reviewed(
            reviews=tuple(kept), look_for=wanted if any(map(str.isalnum, wanted)) else "", by_model=True,
            degraded=said.degraded,
        )  # fmt: skip


def _verdict(reply: str) -> _Verdict | None:
    """The object of a reply, if it fits."""
    try:
        return _Verdict.model_validate_json(object_in(reply))
    except ValidationError:
        return None


def _by_rule(reports: Sequence[Report], read: ReadQuestion) -> list[Review]:
    return [_checked(report, read) for report in reports]


def _checked(report: Report, read: ReadQuestion) -> Review:
    """The claims whose citations hold. Passages in which nothing answers are to be looked for again."""
    asked = replace(read, question=replace(read.question, text=report.task.text))
    held = tuple(claim for claim in report.claims if verify_claim(claim, report.evidence, asked).citations)
    dropped = len(report.claims) - len(held)
    missing = "" if held or report.task.role != "passages" else tell(NO_SENTENCE, zh=is_east_asian(read.text))
    short = report.short if not dropped else None
    return Review(report=replace(report, claims=held, short=short), dropped=dropped, missing=missing)


def _without(review: Review, numbers: set[int], *, zh: bool) -> Review:
    """A review less the claims that a model drops; the answer in a word goes with any of them."""
    if not numbers:
        return review
    report = review.report
    claims = tuple(claim for number, claim in enumerate(report.claims) if number not in numbers)
    missing = review.missing or ("" if claims else tell(ALL_DROPPED, zh=zh))
    return replace(
        review, report=replace(report, claims=claims, short=None), dropped=review.dropped + len(numbers),
        missing=missing,
    )  # fmt: skip


def _prompt(read: ReadQuestion, claims: Sequence[Claim]) -> Prompt:
    zh = is_east_asian(read.text)
    lines = [
        f"{number}. {_line(claim.text)}\n   “{_line(' … '.join(quote or '' for _, quote in claim.quotes))}”"
        for number, claim in enumerate(claims, start=1)
    ]
    asked = f"问题：{_line(read.text)}\n\n发现：" if zh else f"Question: {_line(read.text)}\n\nFindings:"
    return Prompt(
        system=instructions(_PROMPTS, "critic", zh=zh), user="\n".join((asked, *lines)),
        max_tokens=MAX_TOKENS, schema=_Verdict.model_json_schema(), workspace=read.question.workspace,
    )  # fmt: skip


def _line(text: str) -> str:
    return " ".join(text.split())[:_SHOWN]
