"""What a freshness evaluation found, day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["right", "stale", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshnessPlan:
    """What a run is to do; bounds draw by ``seed``, None takes everything.

    ``readers`` ask while documents change. ``latencies`` changes a day are timed one by one. ``statements`` of those
    removed a day, and of those still supported, are probed; ``past`` questions are asked again as of their day.
    A timed change that no search shows within ``patience`` seconds is counted as never shown.
    """

    media_type: str = "text/plain"
    days: int | None = None
    questions: int | None = None
    readers: int = 2
    latencies: int = 10
    statements: int | None = 100
    past: int = 60
    patience: float = 60.0
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of one day and its verdict: by the answer's text, or without a model by the passages it cites.

    ``quoted``: whether the right value stands in the quotes alone. ``stale_not_live``: an outdated value was given
    that no live text holds.
    """

    id: str
    question: str
    hops: int
    verdict: Verdict
    quoted: bool
    abstained: bool
    stale_not_live: bool
    gold_cited: bool
    seconds: float
    answer: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """How many probes of a kind were made, and what failed, a few of them in words."""

    made: int = 0
    failed: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a day's changes cost, and what a rebuild of everything live would read."""

    documents: int
    chunks: int
    chunks_new: int
    calls: int
    tokens: int
    seconds: float
    rebuild_chunks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayResult:
    """One day. ``latencies``: seconds from an acknowledged change to the first answer that shows it."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshnessResult:
    """The whole run. ``past``: questions asked again as of their day, that must be answered as on that day."""

    dataset: str
    digest: str
    judged_by: Literal["evidence", "answer"]
    plan: FreshnessPlan
    settings: Mapping[str, str]
    days: tuple[DayResult, ...]
    past: Probes
    past_right: float
    started_at: str
    seconds: float
    notes: Sequence[str] = field(default_factory=tuple)
