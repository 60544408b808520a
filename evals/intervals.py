"""Confidence intervals by resampling questions. Pure; the same seed gives the same interval.

The expanded percentile interval of Hesterberg, *What Teachers Should Know About the Bootstrap* (The American
Statistician 69, 2015): percentiles of resampled means, taken a little further out, because plain percentile
intervals are too short for few questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

RESAMPLES = 4_000
LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean of ``n`` values and its 95 % interval. For a single value, or equal ones, the interval is the mean."""

    mean: float
    low: float
    high: float
    n: int

    @property
    def excludes_zero(self) -> bool:
        """Whether a difference is more than chance would explain."""
        return self.low > 0 or self.high < 0


def interval(values: Sequence[float], *, seed: int = 0) -> Interval:
    """The mean of values and its interval. Of paired differences this is the paired bootstrap."""
    given = np.asarray(values, dtype=np.float64)
    n, mean = len(given), float(given.mean())
    if n < 2 or float(np.ptp(given)) == 0.0:
        return Interval(mean=mean, low=mean, high=mean, n=n)
    # drawing n values is the same as drawing how often each distinct value comes, and a metric has few distinct values
    distinct, counts = np.unique(given, return_counts=True)
    means = np.random.default_rng(seed).multinomial(n, counts / n, size=RESAMPLES) @ distinct / n
    tail = _expanded_tail(n)
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(mean=mean, low=float(low), high=float(high), n=n)


def _expanded_tail(n: int) -> float:
    """``Φ(-sqrt(n / (n - 1)) · t(1 - α/2; n - 1))`` (Hesterberg, section 4.3)."""
    from scipy.special import ndtr, stdtrit  # a second to import

    return float(ndtr(-sqrt(n / (n - 1)) * stdtrit(n - 1, (1 + LEVEL) / 2)))
