"""A language model as judge: it splits an answer into claims and labels each claim by a reference.

Claims and their three labels are those of Hu et al., *RefChecker* (2024); the share of supported claims is
faithfulness in the sense of Es et al., *RAGAS* (2023). The judge is measured as well: it labels claims that people have
labelled, and its agreement with them stands beside every judged figure.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, Field, ValidationError

from evals import metrics
from evals.model import Agreement, ClaimLabel, Judgement, Row
from evals.ports import Progress
from evals.runs import RunFolder
from graph.errors import ConfigurationError, ModelOutputError
from graph.model import DEFAULT_WORKSPACE
from graph.ports.models import LanguageModel
from graph.prompting import Completion, Prompt, object_in
from graph.text.tokens import east_asian_share

MAX_TOKENS = 1_500
TOGETHER = 4
"""Answers judged at the same time."""
LABELLED = 100
"""How many answers with labelled claims a judge is tried on; every judge gets the same ones."""
_CHINESE = 0.3
"""Share of East Asian characters beyond which the judge is asked in Chinese."""
_LABELS: Mapping[str, ClaimLabel] = {
    "Entailment": "entailment", "Neutral": "neutral", "Contradiction": "contradiction",
}  # fmt: skip

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class _Claims(BaseModel):
    claims: list[str] = Field(max_length=60)
    relevance: int = Field(ge=0, le=2)


class _Label(BaseModel):
    claim: int
    label: ClaimLabel


class _Labels(BaseModel):
    labels: list[_Label]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledAnswer:
    """An answer whose claims people have judged against ``reference`` (empty where that text is not at hand)."""

    reference: str
    claims: tuple[tuple[str, ClaimLabel], ...]


class Judge:
    """Judges answers with one model.

    Args:
        model: the model that judges; it should not be the one that answers.
        labelled: answers whose claims people have labelled; may be empty.
        workspace: whose tokens are spent.
    """

    def __init__(
        self, model: LanguageModel, labelled: Sequence[LabelledAnswer] = (), *, workspace: str = DEFAULT_WORKSPACE
    ) -> None:
        self._model = model
        self._labelled = labelled
        self._workspace = workspace

    @property
    def identity(self) -> str:
        """The name of the model that judges."""
        return self._model.identity

    def judge_run(self, folder: RunFolder, progress: Progress) -> None:
        """Judge the answers that are not judged yet, and measure once how far the judge agrees with people.

        Raises:
            DependencyError: the model's server failed; what has been judged is kept.
        """
        asyncio.run(self._judge_run(folder, progress))

    async def judge(self, row: Row) -> Judgement:
        """Judge one answer. Where the model breaks the contract, ``failed`` says so and nothing is raised."""
        answer = row.answer
        if answer is None or answer.abstained or not row.answerable:
            return Judgement()
        try:
            split, cost = await self._claims(row.question, answer.text)
            evidence = "\n\n".join(
                f"{quote.title}\n{quote.before}{quote.quote}{quote.after}" for quote in answer.quotes
            )
            faithful, more = await self._label_claims(split.claims, evidence or "(nothing was cited)")
            correct: Sequence[tuple[str, ClaimLabel]] = ()
            if row.answers:
                gold, third = await self._claims(row.question, row.answers[0])
                said = f"Question: {row.question}\nAnswer: {answer.text}"
                correct, fourth = await self._label_claims(gold.claims, said)
                cost += third + fourth
        except ModelOutputError as error:
            return Judgement(failed=str(error))
        return Judgement(
            faithful=tuple(faithful), relevance=split.relevance / 2, correct=tuple(correct), tokens=cost + more
        )

    async def _judge_run(self, folder: RunFolder, progress: Progress) -> None:
        run = folder.load()
        if self._labelled and run.agreement is None:
            folder.set_agreement(await self._agreement(progress))
        open_rows = [row for row in run.rows if row.answer and row.id not in run.judgements]

        async def judge(row: Row) -> None:
            folder.add_judgement(row.id, await self.judge(row))

        await _all(open_rows, judge, lambda done: progress("judge", done, len(open_rows)))

    async def _agreement(self, progress: Progress) -> Agreement:
        """Let the judge label claims that people have labelled. A claim it does not label counts as disagreement."""
        judged: list[tuple[LabelledAnswer, list[str]]] = []

        async def check(answer: LabelledAnswer) -> None:
            claims = [claim for claim, _ in answer.claims]
            try:
                labels, _ = await self._label_claims(claims, answer.reference or "(none)")
                judged.append((answer, [label for _, label in labels]))
            except ModelOutputError:
                judged.append((answer, ["none"] * len(claims)))

        await _all(self._labelled, check, lambda done: progress("agreement", done, len(self._labelled)))
        people = [label for answer, _ in judged for _, label in answer.claims]
        model = [label for _, labels in judged for label in labels]
        supported = [[str(label == "entailment") for label in labels] for labels in (people, model)]
        return Agreement(
            claims=len(people),
            with_reference=sum(len(answer.claims) for answer, _ in judged if answer.reference),
            accuracy=metrics.raw_agreement(people, model),
            kappa=metrics.kappa(people, model),
            supported_accuracy=metrics.raw_agreement(*supported),
            supported_kappa=metrics.kappa(*supported),
        )

    async def _claims(self, question: str, answer: str) -> tuple[_Claims, int]:
        asked = f"Question: {question}\n\nAnswer: {answer}"
        found, completion = await self._call(_in_language("claims", answer), asked, _Claims)
        return found, _cost(completion)

    async def _label_claims(self, claims: Sequence[str], reference: str) -> tuple[list[tuple[str, ClaimLabel]], int]:
        """Each claim with its label, in order, and the tokens used. Raises ModelOutputError for a missing label."""
        if not claims:
            return [], 0
        numbered = "\n".join(f"{number}. {claim}" for number, claim in enumerate(claims, start=1))
        asked = f"Reference:\n{reference}\n\nClaims:\n{numbered}"
        found, completion = await self._call(_in_language("labels", numbered), asked, _Labels)
        by_number = {item.claim: item.label for item in found.labels}
        if len(found.labels) != len(claims) or set(by_number) != set(range(1, len(claims) + 1)):
            raise ModelOutputError(
                f"the judge labelled claims {[item.claim for item in found.labels]} of {len(claims)}"
            )
        return [(claim, by_number[number]) for number, claim in enumerate(claims, start=1)], _cost(completion)

    async def _call(self, prompt: str, user: str, form: type[M]) -> tuple[M, Completion]:
        completion = await self._model.complete(
            Prompt(
                system=read_prompt(prompt), user=user, max_tokens=MAX_TOKENS, schema=form.model_json_schema(),
                workspace=self._workspace,
            )
        )  # fmt: skip
        if completion.cut:
            why = "repeated itself and was ended" if completion.looped else f"was cut off at {MAX_TOKENS} tokens"
            raise ModelOutputError(f"the judge's answer {why}")
        try:
            return form.model_validate_json(object_in(completion.text)), completion
        except ValidationError as error:
            raise ModelOutputError(f"the judge's answer is not as asked for: {error.errors()[0]['msg']}") from error


def load_labelled(path: Path, *, most: int = LABELLED) -> tuple[LabelledAnswer, ...]:
    """Read answers with labelled claims; of more than ``most`` always the same ones are drawn.

    Each line is ``{"claims": [{"claim": text or [subject, predicate, object], "label": "Entailment"}],
    "reference"?: text}``.

    Raises:
        ConfigurationError: the file cannot be read, or a line is not of that form. The message names file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    found: list[LabelledAnswer] = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(_labelled(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigurationError(f"{path}:{number}: no answer with labelled claims: {error!r}") from error
    found = [answer for answer in found if answer.claims]
    return tuple(random.Random(0).sample(found, min(most, len(found))))  # noqa: S311


def _labelled(row: Mapping[str, object]) -> LabelledAnswer:
    claims = row["claims"]
    if not isinstance(claims, list):
        raise TypeError("'claims' is a list")
    return LabelledAnswer(
        reference=str(row.get("reference") or ""),
        claims=tuple(
            (item["claim"] if isinstance(item["claim"], str) else " ".join(item["claim"]), _LABELS[item["label"]])
            for item in claims
        ),
    )


async def _all(items: Sequence[T], work: Callable[[T], Awaitable[None]], progress: Callable[[int], None]) -> None:
    """Work on the items, at most ``TOGETHER`` at a time; the first error ends the work."""
    limiter, done = asyncio.Semaphore(TOGETHER), 0

    async def one(item: T) -> None:
        nonlocal done
        async with limiter:
            await work(item)
        done += 1
        progress(done)

    await asyncio.gather(*(one(item) for item in items))


def _in_language(prompt: str, text: str) -> str:
    """The name of a prompt whose example is in the language of a text."""
    return f"{prompt}.zh" if east_asian_share(text) > _CHINESE else prompt


def _cost(completion: Completion) -> int:
    return completion.prompt_tokens + completion.completion_tokens


@cache
def read_prompt(name: str) -> str:
    """The text of a prompt of ``evals/prompts``."""
    return files("evals").joinpath("prompts", f"{name}.md").read_text(encoding="utf-8")
