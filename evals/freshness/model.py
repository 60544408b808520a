"""What a freshness evaluation found, day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["right", "stale", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshnessPlan:
    """What a run is to do. A bound that is None takes everything; otherwise ``seed`` draws that many.

    ``readers`` is the number of askers while documents change; the field keeps the name that stored plans have.
    ``latencies`` changes a day are timed one by one. ``statements`` bounds how many of the removed statements of a day
    are probed, and how many of those that others still make. ``past`` questions are asked again as of their day.
    A timed change that no search shows within ``patience`` seconds is counted as never shown. ``paraphrased`` asks
    each question a second time in other words.
    """

    media_type: str = "text/plain"
    days: int | None = None
    questions: int | None = None
    readers: int = 2
    latencies: int = 10
    statements: int | None = 100
    past: int = 60
    patience: float = 60.0
    paraphrased: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question asked on one day, and its verdict.

    The verdict goes by the answer's text or, without a language model, by the quotes that it gives, those of sources
    that differ aside. ``in_passages`` tells whether the right value stands in the passages around them.
    ``stale_not_live`` tells whether an outdated value was given that no live text holds, ``gold_cited`` whether a gold
    document is cited.
    """

    id: str
    question: str
    hops: int
    verdict: Verdict
    in_passages: bool
    abstained: bool
    stale_not_live: bool
    gold_cited: bool
    seconds: float
    answer: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """How many probes of one kind were made and how many failed; ``examples`` describes some failures."""

    made: int = 0
    failed: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the changes of a day cost, and in ``rebuild_chunks`` how many chunks a rebuild of everything would read."""

    documents: int
    chunks: int
    chunks_new: int
    calls: int
    tokens: int
    seconds: float
    rebuild_chunks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayResult:
    """One day of a run.

    ``reads_meanwhile`` counts answers received while documents changed, ``late_reads`` those of a revision older than a
    change acknowledged before. ``latencies`` are the seconds from an acknowledged change to the first search that shows
    it. ``paraphrased`` are the same questions in other words, where the plan asks for them.
    """

    date: str
    revision: int
    documents: int
    changed: int
    removed: int
    asked: tuple[Asked, ...]
    citations: Probes
    reads_meanwhile: int
    late_reads: int
    retraction: Probes
    over_deletion: Probes
    latencies: tuple[float, ...]
    never_shown: int
    cost: Cost
    paraphrased: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshnessResult:
    """A whole run. ``past`` counts questions asked again as of their day, which must be answered as on that day."""

    dataset: str
    digest: str
    judged_by: Literal["quotes", "answer"]
    plan: FreshnessPlan
    settings: Mapping[str, str]
    days: tuple[DayResult, ...]
    past: Probes
    past_right: float
    started_at: str
    seconds: float
    notes: Sequence[str] = field(default_factory=tuple)
