"""What can be reached at a table: every figure against a plain search among all offers."""

from __future__ import annotations

import json
from itertools import product
from math import dist, prod, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.engine.domains import Analysis, Point, analyse, distances
from negotiation.engine.frontier import pareto_frontier
from negotiation.engine.sections import sifted
from negotiation.engine.space import FloatArray

NO_LIMITS = np.zeros(2)


def drawn(draw: int, offers: int, seats: int, levels: int) -> FloatArray:
    """Utilities between 0 and 1 on so many levels: few levels, many ties and equal rows."""
    return np.random.default_rng(draw).integers(0, levels, (offers, seats), endpoint=True) / levels


def dominated(own: tuple[float, ...], others: list[tuple[float, ...]]) -> bool:
    return any(
        other != own and all(a >= b for a, b in zip(other, own, strict=True)) for other in others
    )


@given(
    st.integers(0, 2**32),
    st.integers(1, 200),
    st.integers(2, 6),
    st.sampled_from([1, 3, 10, 10**6]),
)
def test_the_points_are_what_a_plain_search_finds(
    draw: int, offers: int, seats: int, levels: int
) -> None:
    utilities = drawn(draw, offers, seats, levels)
    limits = np.random.default_rng(draw).choice([0.0, 0.3, 0.5], seats)
    found = analyse(utilities, limits)
    rows = [tuple(row) for row in utilities.tolist()]
    clear = [row for row in rows if all(u >= r - 1e-9 for u, r in zip(row, limits, strict=True))]
    assert (found.size, found.clearing, found.complete) == (offers, len(clear), True)
    frontier = [place for place, row in enumerate(rows) if not dominated(row, rows)]
    assert found.frontier.tolist() == frontier
    if not clear:
        assert found.nash is found.kalai is found.kalai_smorodinsky is found.utilitarian is None
        assert found.opposition is found.kalai_opposition is None
        return
    surplus = [[u - r for u, r in zip(row, limits, strict=True)] for row in clear]
    room = [max(*column, 1e-09) for column in zip(*surplus, strict=True)]
    shares = [[s / most for s, most in zip(row, room, strict=True)] for row in surplus]
    for point, figure in (
        (found.nash, max(prod(max(s, 0.0) for s in row) for row in surplus)),
        (found.kalai, max(map(min, surplus))),
        (found.kalai_smorodinsky, max(map(min, shares))),
        (found.utilitarian, max(map(sum, clear))),
    ):
        assert point is not None
        assert point.value == pytest.approx(figure, abs=1e-9)
        assert point.utilities == rows[point.row]
        assert point.utilities in clear
        assert point.row in frontier


@given(
    st.integers(0, 2**32),
    st.integers(100, 4_000),
    st.integers(2, 5),
    st.sampled_from([3, 30, 10**9]),
    st.booleans(),
)
def test_sifting_drops_only_what_is_dominated(
    draw: int, offers: int, seats: int, levels: int, flat: bool
) -> None:
    utilities = drawn(draw, offers, seats, levels)
    if flat:
        utilities[:, 0] = 0.5
    kept = sifted(utilities)
    left = set(kept.tolist())
    frontier = pareto_frontier(utilities)
    assert set(frontier.tolist()) <= left
    rows = {tuple(row) for row in utilities[kept].tolist()}
    for row in np.setdiff1d(np.arange(offers), kept)[:20]:
        assert dominated(tuple(utilities[row].tolist()), list(rows))


def test_most_of_a_large_space_is_sifted_out() -> None:
    utilities = np.random.default_rng(1).random((100_000, 3))
    assert len(sifted(utilities)) < 2_000


def of(values: list[list[float]], limits: FloatArray = NO_LIMITS) -> Analysis:
    return analyse(np.array(values), limits)


def at(point: Point | None) -> tuple[float, ...]:
    assert point is not None
    return point.utilities


def test_offers_that_differ_by_rounding_are_all_on_the_frontier() -> None:
    noisy = [[0.1 + 0.2, 0.5], [0.3, 0.5], [0.3, 0.5 - 1e-13], [0.2, 0.5]]
    assert of(noisy).frontier.tolist() == [0, 1, 2]


def test_of_equal_welfare_the_first_seat_has_more_whatever_rounding_says() -> None:
    noisy = [[0.6, 0.864], [0.6891, 0.7749 + 1e-13], [0.864, 0.6], [0.7749, 0.6891]]
    found = of(noisy)
    assert at(found.utilitarian) == (0.864, 0.6)
    assert found.opposition == pytest.approx(dist((0.864, 0.6), (1, 1)))


def test_opposition_is_told_from_the_welfare_optimum_and_from_the_kalai_point() -> None:
    found = of([[1.0, 0.4], [0.65, 0.6], [0.0, 1.0]])
    assert found.opposition == pytest.approx(0.6)
    assert found.kalai_opposition == pytest.approx(sqrt(0.35**2 + 0.4**2))
    assert of([[1.0, 1.0], [0.5, 0.2]]).opposition == 0


def test_balance_says_who_has_more_on_average() -> None:
    assert of([[1.0, 0.4], [0.6, 0.8]]).balance == pytest.approx((0.2, -0.2))
    three = analyse(np.array([[0.9, 0.3, 0.5], [0.9, 0.5, 0.3]]), np.zeros(3))
    assert three.balance == pytest.approx((0.5, -0.25, -0.25))
    assert (three.lowest, three.highest) == ((0.9, 0.3, 0.3), (0.9, 0.5, 0.5))


def test_a_search_that_is_stopped_still_finds_the_points(monkeypatch: pytest.MonkeyPatch) -> None:
    utilities = np.random.default_rng(3).dirichlet(np.ones(6), 4_000)
    everything = analyse(utilities, np.zeros(6))
    monkeypatch.setattr("negotiation.engine.domains.COMPARISONS", 0)
    some = analyse(utilities, np.zeros(6))
    assert (everything.complete, some.complete) == (True, False)
    assert len(some.frontier) < len(everything.frontier)
    assert (some.nash, some.kalai) == (everything.nash, everything.kalai)
    assert some.kalai_smorodinsky == everything.kalai_smorodinsky


def test_distances_are_to_the_nearest_of_the_frontier_and_to_each_point() -> None:
    found = of([[1.0, 0.0], [0.6, 0.6], [0.0, 1.0], [0.5, 0.2]])
    off = distances(found, np.array([0.6, 0.2]))
    assert off.frontier == off.nash == pytest.approx(0.4)
    assert distances(found, np.array([0.0, 1.0])).frontier == 0
    nothing = distances(of([[0.2, 0.2]], np.array([0.5, 0.5])), np.array([0.2, 0.2]))
    assert (nothing.frontier, nothing.nash) == (0, None)


def test_without_offers_nothing_is_known() -> None:
    told = analyse(np.empty((0, 2)), NO_LIMITS).to_dict()
    assert (told["size"], told["frontier"], told["nash"]) == (0, [], None)
    assert told["balance"] == told["lowest"] == [None, None]


def test_an_analysis_is_plain_json() -> None:
    space = np.array(list(product([0.0, 0.5, 1.0], repeat=2)))
    told = json.loads(json.dumps(analyse(space, NO_LIMITS).to_dict(), allow_nan=False))
    assert told["nash"] == {"row": 8, "utilities": [1, 1], "value": 1}
    assert told["frontier"] == [8]
