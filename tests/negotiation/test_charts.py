from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation import charts, intervals, parallels, planes, strips
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
    assert strips.strips({}, {}, FACES, head=3) is None
    assert charts.sparkline({"stranger": [(1, 0.5)]}, FACES, head=3) == ()


def test_a_strip_falls_from_best_to_limit_and_rises_with_what_others_offer() -> None:
    chart = strips.strips({"cost": [(1, 1.0), (5, 0.0)]}, {"cost": [(2, 0.2)]}, FACES, head=9)
    assert chart is not None
    (strip,) = chart.strips
    assert strip.asked == f"M{chart.left} {strips.TOP}H160V{strips.LOW}H{chart.right}"
    assert strip.offered.endswith(f"H{chart.right}")
    assert strip.band.endswith("z")
    assert (strip.asks, strip.gets, strip.deal) == (0.0, 0.2, None)


@given(
    st.lists(st.tuples(st.integers(1, 10_000), st.floats(-3, 3)), max_size=400),
    st.lists(st.tuples(st.integers(1, 10_000), st.floats(-3, 3)), max_size=400),
)
def test_whatever_is_offered_a_strip_stays_in_its_row_and_small(
    own: list[tuple[int, float]], others: list[tuple[int, float]]
) -> None:
    asked = {"cost": sorted(own)}
    chart = strips.strips(asked, {"cost": sorted(others)}, FACES, head=10_000)
    if chart is None:
        assert not own
        assert not others
        return
    (strip,) = chart.strips
    heights = [float(part) for part in re.findall(r"[VL ]([\d.]+)", strip.asked)]
    assert all(strips.TOP - 1 <= y <= chart.width for y in heights)
    assert len(strip.asked) + len(strip.band) + len(strip.offered) + len(strip.dots) < 9_000


def test_more_seats_than_there_is_room_for_are_counted() -> None:
    many = faces([(f"s{n}", f"Seat {n}") for n in range(20)])
    chart = strips.strips({name: [(1, 1.0)] for name in many}, {}, many, head=3)
    assert chart is not None
    assert (len(chart.strips), chart.more) == (strips.MOST_SEATS, 20 - strips.MOST_SEATS)


def test_an_axis_has_its_options_in_their_order_and_figures_by_their_size() -> None:
    words = parallels.Ruler(("a", "b", "c"))
    figures = parallels.Ruler((0, 10, 100))
    assert words.at("b") == parallels.WIDTH / 2
    low, middle, high = (figures.at(option) for option in (0, 10, 100))
    assert low is not None
    assert middle is not None
    assert high is not None
    assert low < middle < low + (high - low) / 5
    assert words.at("x") is None
    assert parallels.Ruler(("only",)).at("only") == parallels.WIDTH / 2


def test_an_offer_that_is_too_old_for_an_axis_leaves_it_out() -> None:
    rulers = [("one", parallels.Ruler((1, 2))), ("two", parallels.Ruler((1, 2)))]
    assert parallels.course({"one": 1}, rulers).count("L") == 0
    assert parallels.course({"one": 1, "two": 2}, rulers).count("L") == 1


def test_arrows_lie_on_steps_that_are_long_enough() -> None:
    assert planes.arrows([(0, 0), (100, 0)]).count("M") == 1
    assert planes.arrows([(0, 0), (5, 0)]) == ""


@given(st.tuples(st.floats(-2, 2), st.floats(-2, 2)))
def test_every_point_of_a_plane_is_inside_it(point: tuple[float, float]) -> None:
    x, y = planes.place(point)
    assert planes.LEFT <= x <= planes.WIDTH - planes.RIGHT
    assert planes.TOP <= y <= planes.HEIGHT - planes.BOTTOM


@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(0, 1e9)), max_size=8))
def test_beliefs_fit_into_their_picture(spreads: list[tuple[float, float]]) -> None:
    scale = intervals.Scale.over(spreads)
    for mean, sd in spreads:
        shown = scale.interval(mean, sd)
        assert 0 <= shown.low <= shown.mean <= shown.high <= intervals.WIDTH
