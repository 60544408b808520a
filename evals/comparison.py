"""Compares two runs question by question. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.intervals import Interval, interval
from evals.model import Outcome, Row
from evals.runs import Run
from evals.scoring import METRICS, Metric, scores
from graph.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How one metric changed from run A to run B, over the questions that both asked.

    ``difference`` is B - A, with its interval; ``wins`` and ``losses`` are ids of questions.
    """

    metric: Metric
    before: float
    after: float
    difference: Interval
    wins: tuple[str, ...]
    losses: tuple[str, ...]

    @property
    def outcome(self) -> Outcome:
        """What may be said of the change: only an interval that excludes 0 tells better from worse."""
        if not self.difference.excludes_zero:
            return "no difference shown"
        return "better" if (self.difference.mean > 0) == self.metric.higher else "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Run B compared with run A over the questions that both asked.

    ``settings`` holds the settings that differ, as (A, B); ``questions`` the texts of the questions, by id.
    """

    changes: tuple[Change, ...]
    shared: int
    only_a: int
    only_b: int
    settings: Mapping[str, tuple[str, str]]
    questions: Mapping[str, str]

    @property
    def worse(self) -> tuple[Change, ...]:
        """What got worse, beyond chance."""
        return tuple(change for change in self.changes if change.outcome == "worse")


def compare(a: Run, b: Run) -> Comparison:
    """Compare run B with run A.

    Raises:
        InputError: the runs share no question with the same text, answers and gold documents.
    """
    left = {row.id: scores(row, a.judgements.get(row.id)) for row in a.rows}
    right = {row.id: scores(row, b.judgements.get(row.id)) for row in b.rows}
    asked = {_question(row) for row in b.rows}
    shared = [row.id for row in a.rows if _question(row) in asked]
    if not shared:
        raise InputError(f"the runs share no question: {a.info.dataset!r} and {b.info.dataset!r}")
    changes = (_change(metric, left, right, shared) for metric in METRICS)
    return Comparison(
        changes=tuple(change for change in changes if change is not None),
        shared=len(shared),
        only_a=len(left) - len(shared),
        only_b=len(right) - len(shared),
        settings=_different(a, b),
        questions={row.id: row.question for row in a.rows if row.id in right},
    )


def _change(
    metric: Metric,
    left: Mapping[str, Mapping[str, float]],
    right: Mapping[str, Mapping[str, float]],
    shared: Sequence[str],
) -> Change | None:
    """The change of one metric; None where no question has it in both runs."""
    ids = [query for query in shared if metric.key in left[query] and metric.key in right[query]]
    if not ids:
        return None
    before = [left[query][metric.key] for query in ids]
    after = [right[query][metric.key] for query in ids]
    gains = [(new - old) * (1 if metric.higher else -1) for old, new in zip(before, after, strict=True)]
    return Change(
        metric=metric,
        before=sum(before) / len(ids),
        after=sum(after) / len(ids),
        difference=interval([new - old for old, new in zip(before, after, strict=True)]),
        wins=tuple(query for query, gain in zip(ids, gains, strict=True) if gain > 0),
        losses=tuple(query for query, gain in zip(ids, gains, strict=True) if gain < 0),
    )


def _different(a: Run, b: Run) -> Mapping[str, tuple[str, str]]:
    one, other = _facts(a), _facts(b)
    names = [*one, *(name for name in other if name not in one)]
    pairs = {name: (one.get(name, ""), other.get(name, "")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _facts(run: Run) -> Mapping[str, str]:
    info = run.info
    return {
        "data set": f"{info.dataset} {info.digest[:12]}",
        "mode": info.plan.mode, "questions": str(info.questions), "documents": str(info.documents),
        "judge": info.judge, **info.settings, **info.versions,
    }  # fmt: skip


def _question(row: Row) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    """What must be the same for two answers to be compared."""
    return row.id, row.question, row.answers, tuple(sorted(row.grades))
