"""How many items a day reach people, and how far a day may lie from the mean.

Counts of independent events are Poisson; where the days differ more than that would explain (weekly
rhythms, bursts), a negative binomial with the days' own mean and variance is taken, by the method
of moments (C. I. Bliss and R. A. Fisher, "Fitting the negative binomial distribution to biological
data", Biometrics 9, 1953).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log
from statistics import fmean, variance
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LEAST_DAYS = 2
_TAIL = 0.05  # on each side: nine days of ten lie between


@dataclass(frozen=True, slots=True)
class Load:
    """`mean` a day over `days` days; nine days of ten bring `low` to `high`, None where too few
    days are known to say. `basis`: the distribution that the range is from."""

    mean: float
    days: int
    low: int | None = None
    high: int | None = None
    basis: Literal["Poisson", "negative binomial", ""] = ""


def load(counts: Sequence[int]) -> Load:
    """Of the items of each day, days without any included."""
    if not counts:
        return Load(0.0, 0)
    mean = fmean(counts)
    if len(counts) < LEAST_DAYS:
        return Load(mean, len(counts))
    spread = variance(counts)
    if spread <= mean:
        low, high = _between(lambda count: _poisson(count, mean)) if mean else (0, 0)
        return Load(mean, len(counts), low, high, "Poisson")
    size = mean**2 / (spread - mean)
    low, high = _between(lambda count: _negative_binomial(count, mean, size))
    return Load(mean, len(counts), low, high, "negative binomial")


def _between(chance: Callable[[int], float]) -> tuple[int, int]:
    """The 5th and the 95th percentile."""
    low, total, count = None, 0.0, 0
    while True:
        total += chance(count)
        if low is None and total >= _TAIL:
            low = count
        if low is not None and total >= 1 - _TAIL:
            return low, count
        count += 1


def _poisson(count: int, mean: float) -> float:
    return exp(count * log(mean) - mean - lgamma(count + 1))


def _negative_binomial(count: int, mean: float, size: float) -> float:
    ways = lgamma(count + size) - lgamma(size) - lgamma(count + 1)
    return exp(ways + size * log(size / (size + mean)) + count * log(mean / (size + mean)))
