"""The figures of a whole run (means, by hop, failures, times, tokens), and whether they are good enough."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals import metrics
from evals.intervals import Interval, interval
from evals.model import Row
from evals.runs import Run
from evals.scoring import BY_KEY, DEPTHS, FAILURES, METRICS, Failure, failure, scores
from graph.errors import InputError
from graph.ports.spending import Cost

TIMES = ("search_ms_p50", "search_ms_p95", "ask_ms_p50", "ask_ms_p95")
COSTS = ("calls", "tokens", "cost")
"""Sums over all questions; ``cost`` is in the currency of the price of tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The figures of a run.

    ``metrics`` maps keys of metrics to means; ``by_hops[hops]`` does so for the questions of that many hops.
    ``steps[n][k]`` is the recall at ``k`` of the documents that the hops number ``n``, from 0, rest on. ``numbers``
    maps names to times (milliseconds) and costs, ``failures`` kinds of failure to ids of questions.
    """

    metrics: Mapping[str, Interval]
    by_hops: Mapping[int, Mapping[str, Interval]]
    steps: Mapping[int, Mapping[int, Interval]]
    numbers: Mapping[str, float]
    failures: Mapping[Failure, tuple[str, ...]]

    def value(self, key: str) -> float | None:
        """A mean, a time or a cost; None where it is not defined for this run."""
        if key in self.metrics:
            return self.metrics[key].mean
        return self.numbers.get(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A figure on the wrong side of its threshold; ``value`` is None where the run does not have it."""

    key: str
    value: float | None
    threshold: float

    def __str__(self) -> str:
        found = "is not measured by this run" if self.value is None else f"is {self.value:.4g}"
        return f"{self.key} {found}; asked for {'at least' if _higher(self.key) else 'at most'} {self.threshold:g}"


def summarise(run: Run) -> Summary:
    """Figures over all rows of a run."""
    scored = {row.id: scores(row, run.judgements.get(row.id)) for row in run.rows}
    failed: dict[Failure, list[str]] = {kind: [] for kind in FAILURES}
    for row in run.rows:
        if (kind := failure(row, scored[row.id])) is not None:
            failed[kind].append(row.id)
    hops = sorted({row.hops for row in run.rows if row.hops is not None})
    return Summary(
        metrics=_means(list(scored.values())),
        by_hops={n: _means([scored[row.id] for row in run.rows if row.hops == n]) for n in hops},
        steps=_steps(run.rows),
        numbers={**_times(run.rows), **_costs(run)},
        failures={kind: tuple(ids) for kind, ids in failed.items() if ids},
    )


def load_thresholds(path: Path) -> Mapping[str, float]:
    """Read thresholds such as ``{"recall@5": 0.8, "wrong_refusal": 0.2, "ask_ms_p95": 300}``.

    A threshold is the least value that is good enough, or the most where less is better.

    Raises:
        InputError: the message names the file and what is wrong with it.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict) or not found:
        raise InputError(f"{path}: an object from metric to number is expected")
    for key, value in found.items():
        if key not in BY_KEY and key not in (*TIMES, *COSTS):
            raise InputError(f"{path}: there is no metric {key!r}; there are {', '.join((*BY_KEY, *TIMES, *COSTS))}")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InputError(f"{path}: the threshold of {key!r} is no number")
    return {key: float(value) for key, value in found.items()}


def shortfalls(summary: Summary, thresholds: Mapping[str, float]) -> tuple[Shortfall, ...]:
    """Which thresholds are not met."""
    found = []
    for key, threshold in thresholds.items():
        value = summary.value(key)
        good = value is not None and (value >= threshold if _higher(key) else value <= threshold)
        if not good:
            found.append(Shortfall(key=key, value=value, threshold=threshold))
    return tuple(found)


def _higher(key: str) -> bool:
    return key in BY_KEY and BY_KEY[key].higher


def _means(scored: Sequence[Mapping[str, float]]) -> Mapping[str, Interval]:
    by_key = {metric.key: [one[metric.key] for one in scored if metric.key in one] for metric in METRICS}
    return {key: interval(values) for key, values in by_key.items() if values}


def _steps(rows: Sequence[Row]) -> Mapping[int, Mapping[int, Interval]]:
    most = max((len(row.steps) for row in rows), default=0)
    return {
        step: {
            k: interval([metrics.found_at(row.ranking, row.steps[step], k) for row in rows if len(row.steps) > step])
            for k in DEPTHS
        }
        for step in range(most)
    }


def _times(rows: Sequence[Row]) -> Mapping[str, float]:
    found: dict[str, float] = {}
    asked = [row.ask_seconds for row in rows if row.ask_seconds is not None]
    for name, seconds in (("search", [row.search_seconds for row in rows]), ("ask", asked)):
        if seconds:
            found[f"{name}_ms_p50"] = 1000 * metrics.percentile(seconds, 0.5)
            found[f"{name}_ms_p95"] = 1000 * metrics.percentile(seconds, 0.95)
    return found


def _costs(run: Run) -> Mapping[str, float]:
    answers = [row.answer for row in run.rows if row.answer is not None]
    if not answers:
        return {}
    spent = run.spent.get("answers") or Cost(
        calls=sum(answer.calls for answer in answers), prompt_tokens=sum(answer.tokens for answer in answers)
    )
    tokens = spent.tokens
    found = {"calls": float(spent.calls), "tokens": float(tokens)}
    if run.info.token_price:
        found["cost"] = tokens * run.info.token_price / 1e6
    return found
