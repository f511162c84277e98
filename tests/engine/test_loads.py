from __future__ import annotations

from statistics import fmean, variance

import pytest
from scipy import stats

from negotiation.engine.loads import Load, load


def test_days_that_differ_as_chance_has_it_are_poisson() -> None:
    found = load([3, 4, 5, 4, 4])
    known = stats.poisson(4)
    assert found == Load(4, 5, int(known.ppf(0.05)), int(known.ppf(0.95)), "Poisson")


def test_days_that_differ_more_are_negative_binomial() -> None:
    counts = [0, 0, 30, 2, 0, 1, 41]
    mean, spread = fmean(counts), variance(counts)
    known = stats.nbinom(mean**2 / (spread - mean), mean / spread)
    found = load(counts)
    assert (found.low, found.high) == (int(known.ppf(0.05)), int(known.ppf(0.95)))
    assert found.basis == "negative binomial"


def test_days_without_any_need_nobody() -> None:
    assert load([0, 0, 0]) == Load(0, 3, 0, 0, "Poisson")


@pytest.mark.parametrize("counts", [[], [7]])
def test_too_few_days_have_no_range(counts: list[int]) -> None:
    found = load(counts)
    assert (found.low, found.high, found.basis) == (None, None, "")
    assert found.mean == sum(counts)


def test_many_a_day_are_counted_too() -> None:
    found = load([900, 1_000, 1_100, 5_000])
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.mean < found.high
