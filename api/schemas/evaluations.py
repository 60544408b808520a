"""Bodies of evaluations."""

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from api.schemas.jobs import JobErrorBody
from api.schemas.strict import StrictBody
from evals.intervals import Interval
from evals.model import Kind, Outcome, Plan
from graph.jobs import JobState
from graph.parsing import LARGEST
from retrieval.modes import AskedMode

if TYPE_CHECKING:  # it measures texts, which clients do not
    from evals.comparison import Change, Comparison


class EvaluationBody(StrictBody):
    """What to measure. ``dataset`` names one of the service's own; or upload ``queries`` and ``qrels`` as a form."""

    dataset: str = ""
    kind: Kind = "answers"
    mode: AskedMode = "hybrid"
    questions: int | None = Field(default=None, ge=1, le=1_000_000)
    seed: int = Field(default=0, ge=-LARGEST, le=LARGEST)

    def plan(self) -> Plan:
        """The plan of the run."""
        return Plan(kind=self.kind, mode=self.mode, questions=self.questions, seed=self.seed)


class FigureBody(BaseModel):
    """A mean over ``n`` questions with its 95 % interval."""

    mean: float
    low: float
    high: float
    n: int


class EvaluationState(BaseModel):
    """An evaluation as it stands; figures once it is done."""

    id: str
    state: JobState
    stage: str
    kind: Kind
    mode: str
    dataset: str | None
    created_at: datetime
    questions_done: int
    questions_total: int
    revision: int | None
    metrics: dict[str, FigureBody]
    numbers: dict[str, float]
    failures: dict[str, int]
    error: JobErrorBody | None


class EvaluationStates(BaseModel):
    """A page of evaluations, newest first; ask again with ``cursor=next_cursor``."""

    evaluations: list[EvaluationState]
    next_cursor: str | None


class ChangedQuestionBody(BaseModel):
    """A question that one of two runs answered better."""

    id: str
    question: str


class ChangedFigureBody(BaseModel):
    """How one metric changed over the questions that both runs asked; ``difference`` is after less before.

    ``outcome`` tells better from worse only where the interval of the difference excludes 0.
    """

    metric: str
    title: str
    says: str
    higher_is_better: bool
    before: float
    after: float
    difference: FigureBody
    outcome: Outcome
    wins: list[ChangedQuestionBody]
    losses: list[ChangedQuestionBody]


class ChangedSettingBody(BaseModel):
    """Something that was set otherwise."""

    name: str
    before: str
    after: str


class ComparisonBody(BaseModel):
    """Evaluation ``after`` compared with ``before``, over the questions that both asked.

    ``only_before`` and ``only_after`` count the others.
    """

    before: str
    after: str
    shared: int
    only_before: int
    only_after: int
    settings: list[ChangedSettingBody]
    figures: list[ChangedFigureBody]


def figure_body(found: Interval) -> FigureBody:
    """A figure with its interval."""
    return FigureBody(mean=found.mean, low=found.low, high=found.high, n=found.n)


def comparison_body(before: str, after: str, found: "Comparison") -> ComparisonBody:
    """A comparison for people."""
    return ComparisonBody(
        before=before, after=after, shared=found.shared, only_before=found.only_a, only_after=found.only_b,
        settings=[
            ChangedSettingBody(name=name, before=one, after=other) for name, (one, other) in found.settings.items()
        ],
        figures=[_changed(change, found) for change in found.changes],
    )  # fmt: skip


def _changed(change: "Change", within: "Comparison") -> ChangedFigureBody:
    wins, losses = (
        [ChangedQuestionBody(id=one, question=within.questions[one]) for one in ids]
        for ids in (change.wins, change.losses)
    )
    return ChangedFigureBody(
        metric=change.metric.key, title=change.metric.title, says=change.metric.says,
        higher_is_better=change.metric.higher, before=change.before, after=change.after,
        difference=figure_body(change.difference), outcome=change.outcome, wins=wins, losses=losses,
    )  # fmt: skip
