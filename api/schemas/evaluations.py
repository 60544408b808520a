"""Bodies of evaluations."""

from pydantic import BaseModel, Field

from api.schemas.jobs import JobErrorBody
from api.schemas.strict import StrictBody
from evals.model import Kind, Plan
from graph.jobs import JobState
from graph.parsing import LARGEST
from retrieval.model import Mode


class EvaluationBody(StrictBody):
    """What to measure. ``dataset`` names one of the service's own; or upload ``queries`` and ``qrels`` as a form."""

    dataset: str = ""
    kind: Kind = "answers"
    mode: Mode = "hybrid"
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
    questions_done: int
    questions_total: int
    revision: int | None
    metrics: dict[str, FigureBody]
    numbers: dict[str, float]
    failures: dict[str, int]
    error: JobErrorBody | None
