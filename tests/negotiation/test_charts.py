from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation import charts
from negotiation.lexicon import faces

FACES = faces([("cost", "Cost"), ("carbon", "Carbon"), ("compliance", "Compliance")])


def test_initials_tell_seats_apart_that_begin_alike() -> None:
    assert [face.initials for face in FACES.values()] == ["Co", "Ca", "Cm"]


def test_more_seats_than_colours_still_differ_in_colour_or_shape() -> None:
    many = faces([(f"s{n}", f"Seat {n}") for n in range(30)])
    assert len({(face.number, face.shape) for face in many.values()}) == 30
    assert len({face.initials for face in many.values()}) == 30


def test_the_waterfall_starts_at_a_hundred_and_its_steps_add_up() -> None:
    steps = charts.waterfall([{"label": "p", "points": -30.0}, {"label": "D", "points": 10.0}])
    assert [(step.x, step.width, step.up) for step in steps] == [(70, 30, False), (70, 10, True)]
    assert 100 + sum(step.points for step in steps) == pytest.approx(80)


def test_a_waterfall_that_leaves_the_scale_stays_in_the_picture() -> None:
    steps = charts.waterfall([{"label": "p", "points": -150.0}, {"label": "D", "points": 300.0}])
    assert all(step.x >= 0 and step.x + step.width <= 100.01 for step in steps)


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 200), max_size=8))
def test_labels_never_overlap_and_keep_their_order(wanted: dict[str, float]) -> None:
    placed = charts.spread(wanted, 14, 0, 200)
    heights = sorted(placed.values())
    assert all(b - a >= 13.9 for a, b in pairwise(heights))
    by_wish = sorted(wanted, key=lambda name: wanted[name])
    assert [placed[name] for name in by_wish] == heights


def test_there_is_no_picture_before_the_first_offer() -> None:
    assert charts.concessions({}, FACES, head=3) is None
    assert charts.sparkline({"stranger": [(1, 0.5)]}, FACES, head=3) == ()


def test_a_curve_falls_from_best_to_limit() -> None:
    chart = charts.concessions({"cost": [(1, 1.0), (5, 0.0)]}, FACES, head=9)
    assert chart is not None
    (curve,) = chart.curves
    assert curve.dots[0] == (chart.left, chart.best_y)
    assert curve.dots[-1][1] == chart.limit_y
    assert curve.end[0] == chart.right
