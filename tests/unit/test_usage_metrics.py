"""What Prometheus is told of how the service stands."""

from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from api.rest.edge.usage_metrics import UsageMetrics
from api.rest.readiness import LiveCounts
from graph.errors import DependencyError
from graph.model import GraphCounts
from graph.quotas import Holding, Limits


class Graph:
    """One workspace, which can be away from some method on."""

    def __init__(self) -> None:
        self.away = ""
        self.counted = 0

    def _answers(self, method: str) -> None:
        if method == self.away:
            raise DependencyError("the graph is away")

    def workspaces(self) -> tuple[str, ...]:
        self._answers("workspaces")
        return ("default",)

    def revision(self, _: str) -> int:
        self._answers("revision")
        return 3

    def counts(self, _: str, __: int) -> GraphCounts:
        self._answers("counts")
        self.counted += 1
        return GraphCounts(documents=2, chunks=5, mentions=0, entities=0, relations=0)


def metrics_of(graph: Graph) -> CollectorRegistry:
    standing = SimpleNamespace(holding=Holding(documents=2, bytes=70), limits=Limits(documents=9), tokens=4)
    service: Any = SimpleNamespace(
        graph=graph,
        models=lambda: (),
        audit=SimpleNamespace(waiting=1, lag=0.5, lost=0),
        jobs=SimpleNamespace(counts=lambda: {("default", "done"): 2}),
        cases=SimpleNamespace(
            communities=SimpleNamespace(made={}),
            quotas=SimpleNamespace(standing=lambda _: standing, on_spent=lambda *_: None),
        ),
    )
    registry = CollectorRegistry()
    UsageMetrics(service, registry, LiveCounts(service.graph))
    return registry


def told(registry: CollectorRegistry) -> str:
    return generate_latest(registry).decode()


def test_the_graph_is_counted_once_a_revision() -> None:
    graph = Graph()
    registry = metrics_of(graph)
    assert told(registry) == told(registry)
    assert 'quipu_chunks{workspace="default"} 5.0' in told(registry)
    assert 'quipu_quota_used{quota="bytes",workspace="default"} 70.0' in told(registry)
    assert graph.counted == 1


@pytest.mark.parametrize("away", ["workspaces", "revision", "counts"])
def test_while_the_graph_is_away_the_others_are_told(away: str) -> None:
    graph = Graph()
    graph.away = away
    text = told(metrics_of(graph))
    assert 'quipu_jobs{state="done",workspace="default"} 2.0' in text
    assert "quipu_audit_waiting_lines 1.0" in text
    assert "quipu_chunks{" not in text


def test_a_workspace_that_is_made_again_is_counted_again() -> None:
    graph: Any = Graph()
    counts = LiveCounts(graph)
    assert counts.at("default", 3) is counts.at("default", 3)
    counts.forget("default")
    counts.at("default", 3)
    assert graph.counted == 2
