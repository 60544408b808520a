"""Metrics by key and by workspace, and how the service stands, for Prometheus.

The first ``MOST_NAMES`` keys and workspaces that are seen have names of their own; those after them are ``other``
together, so that no caller can make the metrics grow without end. A name keeps its place until the service ends:
counters only ever rise.
"""

from collections import Counter as Tally
from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from api.rest.edge.calls import Call
from api.rest.readiness import LiveCounts
from api.service import Service
from graph.errors import DependencyError

MOST_NAMES = 50
OTHER = "other"
NO_KEY = "none"


class Names:
    """The first names that come; later ones are ``other``."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def label(self, name: str) -> str:
        """The name, or ``other``."""
        if name not in self._known:
            if len(self._known) >= MOST_NAMES:
                return OTHER
            self._known.add(name)
        return name


class UsageMetrics:
    """Counts calls and tokens as they come."""

    def __init__(self, service: Service, registry: CollectorRegistry, counts: LiveCounts) -> None:
        self._keys, self._workspaces = Names(), Names()
        self._calls = Counter(
            "quipu_calls", "Calls by key, workspace and status; one that was refused as nobody's has no workspace",
            ["key", "workspace", "status"], registry=registry,
        )  # fmt: skip
        self._questions = Counter(
            "quipu_questions", "Searches and questions by mode and workspace", ["mode", "workspace"], registry=registry
        )
        self._tokens = Counter(
            "quipu_model_tokens", "Tokens of language models by workspace and direction", ["workspace", "direction"],
            registry=registry,
        )  # fmt: skip
        self._cut = Counter(
            "quipu_model_answers_cut", "Answers of language models that did not end of themselves, by workspace and how"
            " (length: at their bound of tokens; loop: ended because they repeated themselves)",
            ["workspace", "how"], registry=registry,
        )  # fmt: skip
        registry.register(StateOfService(service, counts, self._workspaces))
        service.cases.quotas.on_spent(self.spent, self.cut)

    def called(self, call: Call) -> None:
        """A call has ended."""
        caller = call.caller
        key = self._keys.label(caller.key_id) if caller and caller.key_id else NO_KEY
        workspace = self._workspaces.label(caller.workspace) if caller else ""
        self._calls.labels(key, workspace, str(call.line.status)).inc()
        if call.mode is not None:
            self._questions.labels(call.mode, workspace).inc()

    def spent(self, workspace: str, prompt_tokens: int, completion_tokens: int) -> None:
        """Tokens were spent."""
        workspace = self._workspaces.label(workspace)
        self._tokens.labels(workspace, "input").inc(prompt_tokens)
        self._tokens.labels(workspace, "output").inc(completion_tokens)

    def cut(self, workspace: str, looped: bool) -> None:
        """An answer did not end of itself."""
        self._cut.labels(self._workspaces.label(workspace), "loop" if looped else "length").inc()


class StateOfService(Collector):
    """Looked up whenever Prometheus asks, in a thread of its own: revisions, jobs, quotas, the audit's queue."""

    def __init__(self, service: Service, counts: LiveCounts, workspaces: Names) -> None:
        self._service = service
        self._counts = counts
        self._workspaces = workspaces

    def describe(self) -> Iterable[Metric]:
        """None: or all would be looked up when this is registered."""
        return ()

    @override
    def collect(self) -> Iterable[Metric]:
        audit = self._service.audit
        yield _gauge("quipu_audit_waiting_lines", "Audit lines that are not written yet", audit.waiting)
        yield _gauge("quipu_audit_lag_seconds", "How long the oldest of them has waited", audit.lag)
        lost = CounterMetricFamily("quipu_audit_lost_lines", "Audit lines lost because the disk took none")
        lost.add_metric([], audit.lost)
        yield lost
        yield self._jobs()
        yield self._reports()
        yield from self._models()
        try:
            named = self._named()
            yield from self._quotas(named)
            yield from self._knowledge(named)
        except DependencyError:  # those above are wanted all the more while the graph is away
            return

    def _jobs(self) -> Metric:
        jobs = GaugeMetricFamily("quipu_jobs", "Jobs by workspace and state", labels=["workspace", "state"])
        totals: Tally[tuple[str, str]] = Tally()
        for (workspace, state), number in self._service.jobs.counts().items():
            totals[self._workspaces.label(workspace), state] += number
        for key, number in sorted(totals.items()):
            jobs.add_metric(key, number)
        return jobs

    def _reports(self) -> Metric:
        reports = CounterMetricFamily(
            "quipu_community_reports", "Reports on communities that were made, by who wrote them", labels=["by"]
        )
        for by, number in self._service.cases.communities.made.items():
            reports.add_metric([by], number)
        return reports

    def _models(self) -> Iterable[Metric]:
        speeds = GaugeMetricFamily(
            "quipu_model_speed", "Tokens a second of language models by direction, as their last calls show",
            labels=["model", "direction"],
        )  # fmt: skip
        calls = GaugeMetricFamily("quipu_model_calls_at_once", "Calls that a model is given at once", labels=["model"])
        line = GaugeMetricFamily("quipu_model_calls_in_line", "Calls that wait for their turn", labels=["model"])
        for one in self._service.models():
            calls.add_metric([one.model], one.calls_at_once)
            line.add_metric([one.model], one.calls_in_line)
            for direction, speed in (("input", one.prompt_tokens_per_second), ("output", one.output_tokens_per_second)):
                if speed is not None:
                    speeds.add_metric([one.model, direction], speed)
        return speeds, calls, line

    def _knowledge(self, named: Sequence[str]) -> Iterable[Metric]:
        """Of the workspaces that have a name of their own; a sum of revisions says nothing."""
        revisions = GaugeMetricFamily("quipu_revision", "Revision by workspace", labels=["workspace"])
        documents = GaugeMetricFamily("quipu_documents", "Live documents by workspace", labels=["workspace"])
        chunks = GaugeMetricFamily("quipu_chunks", "Live passages by workspace", labels=["workspace"])
        for workspace in named:
            revision = self._service.graph.revision(workspace)
            counts = self._counts.at(workspace, revision)
            revisions.add_metric([workspace], revision)
            documents.add_metric([workspace], counts.documents)
            chunks.add_metric([workspace], counts.chunks)
        return revisions, documents, chunks

    def _quotas(self, named: Sequence[str]) -> Iterable[Metric]:
        labels = ["workspace", "quota"]
        used = GaugeMetricFamily("quipu_quota_used", "Use by workspace and quota; tokens: of today", labels=labels)
        limit = GaugeMetricFamily(
            "quipu_quota_limit", "Limit by workspace and quota, where there is one", labels=labels
        )
        for workspace in named:
            standing = self._service.cases.quotas.standing(workspace)
            for quota, use, most in (
                ("documents", standing.holding.documents, standing.limits.documents),
                ("bytes", standing.holding.bytes, standing.limits.bytes),
                ("tokens", standing.tokens, standing.limits.tokens),
            ):
                used.add_metric([workspace, quota], use)
                if most is not None:
                    limit.add_metric([workspace, quota], most)
        return used, limit

    def _named(self) -> list[str]:
        found = self._service.graph.workspaces()
        return [workspace for workspace in sorted(found) if self._workspaces.label(workspace) == workspace]


def _gauge(name: str, text: str, value: float) -> Metric:
    gauge = GaugeMetricFamily(name, text)
    gauge.add_metric([], value)
    return gauge
