from __future__ import annotations

import numpy as np
import pytest

from negotiation.engine.utility import (
    LinearValue,
    Objective,
    PiecewiseValue,
    Preferences,
    TableValue,
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
