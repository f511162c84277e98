"""The flow picture says with its lengths what the counts say."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from negotiation import plots
from negotiation.flows import Flow, Passed, Station, flow

STAGES = (
    [Station("a", "A"), Station("b", "B")],
    [Station("c", "C"), Station("d", "D"), Station("e", "E")],
)


def drawn(*passed: Passed) -> Flow:
    found = flow(STAGES, passed)
    assert found is not None
    return found


def test_bars_are_as_high_as_their_counts() -> None:
    picture = drawn(Passed("a", "c", 30), Passed("a", "d", 10), Passed("b", "d", 40))
    height = {node.station.key: node.height for node in picture.nodes}
    assert height["a"] == pytest.approx(height["b"]) == pytest.approx(4 * height["a"] / 4)
    assert height["d"] / height["c"] == pytest.approx(50 / 30, rel=0.01)


def test_ribbons_fill_the_bars_they_leave_and_none_lies_on_another() -> None:
    picture = drawn(Passed("a", "c", 30), Passed("a", "d", 10), Passed("b", "d", 40))
    source = next(node for node in picture.nodes if node.station.key == "a")
    starts = [
        float(re.match(r"M[\d.]+ ([\d.]+)", each.path)[1])  # type: ignore[index]
        for each in picture.ribbons
        if each.source.key == "a"
    ]
    assert starts == [source.y, pytest.approx(source.y + 0.75 * source.height, abs=0.2)]


def test_what_nothing_passed_is_not_drawn_and_nothing_at_all_is_no_picture() -> None:
    assert {node.station.key for node in drawn(Passed("a", "c", 1)).nodes} == {"a", "c"}
    assert flow(STAGES, []) is None
    assert flow(STAGES, [Passed("a", "c", 0)]) is None


def test_bars_of_a_stage_keep_apart_and_inside() -> None:
    picture = drawn(*(Passed("a", key, count) for key, count in (("c", 900), ("d", 1), ("e", 1))))
    column = sorted((n.y, n.height) for n in picture.nodes if n.station.key in "cde")
    gaps = [after[0] - before[0] - before[1] for before, after in pairwise(column)]
    assert min(gaps) >= 20
    assert all(node.y + node.height <= picture.height for node in picture.nodes)


def test_shares_of_a_whole_fill_it() -> None:
    parts = plots.slices(
        [("a", "A", "green", 3, ""), ("b", "B", "red", 0, ""), ("c", "C", "red", 1, "")]
    )
    assert [(each.x, each.width) for each in parts] == [(0, 75), (75, 0), (75, 25)]
    assert [each.width for each in plots.slices([("a", "A", "green", 0, "")])] == [0]


def test_columns_are_as_high_as_their_values() -> None:
    low, high = plots.columns([("1", 1, 0), ("2", 4, 2)], height=64)
    assert (low.height, high.height, high.part_height) == (16, 64, 32)
