from __future__ import annotations

import numpy as np
import pytest

from negotiation.engine.utility import (
    LinearValue,
    Objective,
    PiecewiseValue,
    Preferences,
    TableValue,
    TriangularValue,
)

FIGURES = np.array([0.0, 50.0, 100.0, 150.0, np.nan])


def test_less_can_be_better_and_outside_the_range_it_stays_flat() -> None:
    assert LinearValue(100, 0)(FIGURES).tolist() == [1.0, 0.5, 0.0, 0.0, 0.0]
    assert LinearValue(0, 100)(FIGURES).tolist() == [0.0, 0.5, 1.0, 1.0, 0.0]


def test_an_unknown_figure_is_worth_nothing_even_where_little_is_best() -> None:
    assert LinearValue(100, 0)(np.array([np.nan]))[0] == 0
    assert PiecewiseValue(((0, 1), (1, 0)))(np.array([np.nan]))[0] == 0


def test_piecewise_values_follow_their_points() -> None:
    value = PiecewiseValue(((0, 1), (50, 0.8), (100, 0)))
    assert value(FIGURES).tolist() == [1.0, 0.8, 0.0, 0.0, 0.0]
    assert value(np.array([75.0]))[0] == pytest.approx(0.4)


def test_an_option_without_a_value_is_worth_nothing() -> None:
    assert TableValue({"red": 0.7})(np.array(["red", "blue"], dtype=object)).tolist() == [0.7, 0.0]


def test_weights_count_as_shares() -> None:
    cost = Objective("cost", 30, LinearValue(100, 0), "Cost")
    speed = Objective("speed", 10, LinearValue(0, 100), "Speed")
    preferences = Preferences((cost, speed), 0.2)
    assert preferences.shares == {"cost": 0.75, "speed": 0.25}
    assert preferences.contribution(cost, np.array([50.0]))[0] == 0.375


@pytest.mark.parametrize("weight", [-1.0, 0.0, float("nan"), float("inf")])
def test_weights_that_cannot_be_shares_are_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="Weights"):
        Preferences((Objective("cost", weight, LinearValue(1, 0), "Cost"),), 0.2)


@pytest.mark.parametrize("points", [((0, 1),), ((0, 1), (0, 0)), ((1, 0), (0, 1))])
def test_points_have_to_rise(points: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="each larger"):
        PiecewiseValue(points)


def test_shares_can_add_up_to_another_total() -> None:
    cost = Objective("cost", 30, LinearValue(100, 0), "Cost")
    speed = Objective("speed", 10, LinearValue(0, 100), "Speed")
    shares = Preferences((cost, speed), total=1.6).shares
    assert shares == pytest.approx({"cost": 1.2, "speed": 0.4})


@pytest.mark.parametrize(("total", "ceiling"), [(0, 1), (float("inf"), 1), (1, 0)])
def test_totals_and_ceilings_are_above_nothing(total: float, ceiling: float) -> None:
    objective = Objective("cost", 1, LinearValue(1, 0), "Cost")
    with pytest.raises(ValueError, match="above 0"):
        Preferences((objective,), total=total, ceiling=ceiling)


def test_triangular_values_fall_to_both_sides_of_the_peak() -> None:
    value = TriangularValue(0, 50, 150)
    assert value(FIGURES).tolist() == [0.0, 1.0, 0.5, 0.0, 0.0]
    assert value(np.array([-10.0, 25.0, 200.0])).tolist() == [0.0, 0.5, 0.0]


def test_a_side_without_width_falls_at_once() -> None:
    figures = np.array([-1.0, 0.0, 50.0, 100.0, 101.0, np.nan])
    assert TriangularValue(0, 0, 100)(figures).tolist() == [0.0, 1.0, 0.5, 0.0, 0.0, 0.0]
    assert TriangularValue(0, 100, 100)(figures).tolist() == [0.0, 0.0, 0.5, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("corners", [(1, 0, 2), (0, 3, 2), (1, 1, 1), (0, float("nan"), 1)])
def test_corners_of_a_triangle_have_to_rise(corners: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="must rise"):
        TriangularValue(*corners)


def test_a_limit_may_be_above_all_utilities_but_not_below_zero() -> None:
    wish = Objective("cost", 1, LinearValue(1, 0), "Cost")
    assert Preferences((wish,), 1.5).reservation == 1.5
    for reservation in (-0.1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="reservation"):
            Preferences((wish,), reservation)


@pytest.mark.parametrize("discount", [0.0, 1.1, float("nan")])
def test_a_discount_is_above_zero_and_at_most_one(discount: float) -> None:
    wish = Objective("cost", 1, LinearValue(1, 0), "Cost")
    assert Preferences((wish,), discount=0.5).discount == 0.5
    with pytest.raises(ValueError, match="discount"):
        Preferences((wish,), discount=discount)


def test_preferences_want_something() -> None:
    with pytest.raises(ValueError, match="objective or region"):
        Preferences()
