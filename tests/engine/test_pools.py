"""A pool holds what matters of a space that is too large to look at."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from negotiation.engine.climbs import Aims, Judge, Worth, ascend, judge_of
from negotiation.engine.pools import SIZE, pooled_table, search
from negotiation.engine.space import Constraint, Margin
from negotiation.engine.utility import Measure
from tests.engine.large_spaces import (
    LIMIT,
    OPTIONS,
    additive,
    interacting,
    nash,
    table_of,
    utilities,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.space import BoolArray, FloatArray, Lookup, OutcomeSpace
    from negotiation.engine.table import Table


def _frontier(values: FloatArray, kept: int = 3_000) -> FloatArray:
    """The frontier of two additive seats, thinned evenly: issue by issue (offers, 2)."""
    reached = np.zeros((1, 2))
    for rank in range(values.shape[1]):
        reached = (reached[:, None, :] + values[:, rank, :].T).reshape(-1, 2)
        reached = reached[np.lexsort(-reached.T[::-1])]
        rising = np.maximum.accumulate(reached[:, 1])
        reached = reached[np.append(True, reached[1:, 1] > rising[:-1])]
        reached = reached[np.unique(np.linspace(0, len(reached) - 1, kept).astype(int))]
    return reached


@pytest.mark.parametrize("seed", range(3))
def test_a_pool_of_an_additive_space_has_the_best_offers(seed: int) -> None:
    space, seats, values = additive(seed, issues=30)
    table = pooled_table(table_of(seats), space, seed)
    found = utilities(table)
    assert (table.space.size, table.space.pooled) == (10**30, True)
    assert table.space.count <= SIZE
    assert found.sum(axis=1).max() == pytest.approx(values.sum(axis=0).max(axis=1).sum())
    assert found.max(axis=0) == pytest.approx(values.max(axis=2).sum(axis=1))
    assert nash(found) >= 0.99 * nash(_frontier(values))


def test_a_pool_for_four_seats_has_a_nash_point_that_a_long_search_does_not_beat() -> None:
    space, seats, _ = additive(7, issues=20, seats=4)

    def evaluate(pooled: OutcomeSpace) -> Worth:
        return Worth(utilities(table_of(seats)(pooled)), np.ones(pooled.count))

    rng = np.random.default_rng(0)
    judge = judge_of(space, evaluate, rng)
    climbers = 2_000
    even = Aims(np.full((climbers, 4), 0.25), np.zeros(climbers), np.full(4, LIMIT), np.ones(4))
    best = ascend(judge, even, rng.integers(0, OPTIONS, (climbers, 20)), 20, rng)
    pool = search(space, evaluate, seed=1, limits=np.full(4, LIMIT))
    assert nash(utilities(table_of(seats)(pool))) >= 0.99 * nash(judge(best).utilities)


@pytest.mark.parametrize("seed", range(4))
def test_a_pool_of_an_interacting_space_comes_near_its_nash_point(seed: int) -> None:
    space, seats = interacting(seed, issues=6)
    everything = utilities(table_of(seats)(space))
    pool = search(
        space,
        lambda pooled: Worth(utilities(table_of(seats)(pooled)), np.ones(pooled.count)),
        seed=seed,
        limits=np.full(2, LIMIT),
    )
    assert nash(utilities(table_of(seats)(pool))) >= 0.97 * nash(everything)


def test_a_seat_that_concedes_finds_a_next_offer_all_the_way_to_its_limit() -> None:
    for space, seats in (additive(5, issues=30)[:2], interacting(5, issues=10)):
        found = utilities(pooled_table(table_of(seats), space, 1))
        for own in found.T:
            rungs = np.unique(own[own >= LIMIT])
            assert len(rungs) > 100
            assert max(b - a for a, b in pairwise(rungs.tolist())) < 0.1 * (rungs[-1] - LIMIT)


def test_a_pool_of_very_many_issues_has_fewer_offers() -> None:
    space, seats = additive(2, issues=200)[:2]
    assert pooled_table(table_of(seats), space, 1).space.count <= SIZE // 2


def test_the_same_seed_gives_the_same_pool_and_another_one_another() -> None:
    space, seats = interacting(2, issues=8)
    pools = [pooled_table(table_of(seats), space, seed).space for seed in (4, 4, 5)]
    one, again, other = ([pool.places(issue.name) for issue in space.issues] for pool in pools)
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def _ruled(table: Table) -> Table:
    """Every issue must keep to its first half, and the first 15 issues to a small sum: one random
    offer in 10^8 does."""

    def total(_facts: Mapping[str, float]) -> FloatArray:
        columns = [table.space.column(f"i{n}") for n in range(15)]
        return np.asarray(np.sum(columns, axis=0), dtype=np.float64)

    def low(name: str) -> Constraint:
        return Constraint(name, f"{name} is low", lambda lookup: lookup(name) < OPTIONS // 2)

    def small(lookup: Lookup) -> BoolArray:
        return np.asarray(lookup("total") <= 12)

    margin = Margin("total", 12, "at_most")
    return replace(
        table,
        measures=(Measure("total", "Total", "", total),),
        constraints=(
            *[low(issue.name) for issue in table.space.issues],
            Constraint("sum", "The sum is small", small, margin=margin),
        ),
    )


def test_lawful_offers_are_plenty_where_random_ones_never_are() -> None:
    space, seats, _ = additive(1, issues=20)
    table = pooled_table(lambda pooled: _ruled(table_of(seats)(pooled)), space, 3)
    assert len(table.lawful) > SIZE // 3
    assert len(table.lawful) < table.space.count


def test_a_small_space_is_not_searched() -> None:
    space, seats, _ = additive(1, issues=3)
    assert not pooled_table(table_of(seats), space, 1).space.pooled


def test_limits_that_nothing_reaches_do_not_stop_the_search() -> None:
    space, seats, values = additive(1, issues=10, limit=2.0)
    found = utilities(pooled_table(table_of(seats), space, 1))
    assert found.max(axis=0) == pytest.approx(values.max(axis=2).sum(axis=1))


def test_issues_that_interact_are_noticed() -> None:
    space, seats = interacting(3, issues=6)
    judge = judge_of(
        space,
        lambda pooled: (utilities(table_of(seats)(pooled)), np.ones(pooled.count)),
        np.random.default_rng(0),
    )
    assert type(judge) is Judge
