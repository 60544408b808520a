"""How the service does, whether all that it holds agrees, and how good its answers are."""

from typing import Literal, TypedDict, Unpack

from api.client.calls import Sent
from api.client.methods import operation
from api.client.uploads import accepted
from api.schemas.documents import AcceptedBodies
from api.schemas.evaluations import ComparisonBody, EvaluationState, EvaluationStates
from api.schemas.upkeep import Health, LanguageModelBodies, Readiness, SamplesBody, VerificationBody
from evals.model import Kind
from retrieval.modes import AskedMode


class PlanOptions(TypedDict, total=False):
    """What of a data set is measured."""

    kind: Kind
    mode: AskedMode
    questions: int
    seed: int


class Upkeep:
    """How a client looks after a service."""

    @operation("GET", "/healthz", Health)
    def check_health(self) -> Sent:
        """The process answers."""
        return Sent()

    @operation("GET", "/readyz", Readiness)
    def check_readiness(self) -> Sent:
        """Questions can be answered; raises DependencyError with the cause where they cannot."""
        return Sent()

    @operation("GET", "/metrics", str)
    def get_metrics(self) -> Sent:
        """Prometheus text."""
        return Sent()

    @operation("GET", "/v1/config", dict[str, str])
    def get_settings(self) -> Sent:
        """The settings in effect, secrets masked."""
        return Sent()

    @operation("GET", "/v1/language-models", LanguageModelBodies)
    def list_language_models(self) -> Sent:
        """The language models in use: windows, calls at once and in line, measured tokens a second."""
        return Sent()

    @operation("GET", "/v1/samples", SamplesBody)
    def get_samples(self) -> Sent:
        """The sample documents that come with Quipu, and questions that they answer."""
        return Sent()

    @operation("POST", "/v1/samples", AcceptedBodies, repeatable=True, read=accepted)
    def load_samples(self, *, wait: float | None = None) -> Sent:
        """Upload the sample documents."""
        return Sent(query={"wait": wait})

    @operation("POST", "/v1/verify", VerificationBody)
    def verify_knowledge(self, *, repair: bool = False) -> Sent:
        """Compare store, vectors, keywords, names, bytes and jobs; with ``repair`` mend what can be."""
        return Sent(body={"repair": repair}, repeatable=not repair)

    @operation("POST", "/v1/evals", EvaluationState)
    def start_evaluation(self, dataset: str, **plan: Unpack[PlanOptions]) -> Sent:
        """Ask the questions of one of the service's data sets, as a job."""
        return Sent(body={"dataset": dataset, **plan})

    @operation("POST", "/v1/evals", EvaluationState)
    def evaluate_questions(self, queries: bytes, qrels: bytes, **plan: Unpack[PlanOptions]) -> Sent:
        """Ask questions of your own: ``queries.jsonl`` and ``qrels.tsv``."""
        form = {name: str(value) for name, value in plan.items()}
        files = [
            ("queries", ("queries.jsonl", queries, "application/jsonl")), ("qrels", ("qrels.tsv", qrels, "text/plain")),
        ]  # fmt: skip
        return Sent(form=form, files=files)

    @operation("GET", "/v1/evals", EvaluationStates)
    def list_evaluations(self, *, limit: int | None = None, cursor: str | None = None) -> Sent:
        """A page of evaluations, newest first, with the figures of those that are done."""
        return Sent(query={"limit": limit, "cursor": cursor})

    @operation("GET", "/v1/evals/{eval_id}/comparison", ComparisonBody)
    def compare_evaluations(self, eval_id: str, before: str) -> Sent:
        """One compared with one before it, question by question."""
        return Sent(query={"before": before})

    @operation("GET", "/v1/evals/{eval_id}", EvaluationState)
    def get_evaluation(self, eval_id: str) -> Sent:
        """How far it is, and its figures once it is done."""
        return Sent()

    @operation("GET", "/v1/evals/{eval_id}/report", str)
    def get_evaluation_report(self, eval_id: str, *, format: Literal["html", "json"] = "html") -> Sent:  # noqa: A002
        """The report of one that is done: a page that needs nothing else, or its content as JSON."""
        return Sent(query={"format": format})
