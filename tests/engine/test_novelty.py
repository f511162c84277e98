"""Novelty against a plain loop, and what must always make an action novel."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.engine.novelty import LEAST_PRECEDENTS, NEAREST, Precedents

Row = dict[str, Any]


def drawn(count: int, seed: int = 1) -> list[Row]:
    rng = random.Random(seed)
    return [
        {
            "region": rng.choice(["de", "nl", "be"]),
            "replicas": rng.randint(1, 9),
            "cost": rng.choice([None, rng.uniform(100, 900)]),
            "constant": 4,
        }
        for _ in range(count)
    ]


def plain_distance(one: Row, other: Row, spans: Row) -> float:
    """Gower's, feature by feature, as the docstring says it."""
    total = 0.0
    for name, span in spans.items():
        a, b = one[name], other[name]
        if a is None or b is None:
            total += a is not b
        elif isinstance(a, str) or not span:
            total += a != b
        else:
            total += abs(a - b) / span
    return total / len(spans)


def plain_novelties(asked: list[Row], past: list[Row]) -> list[float]:
    spans = {}
    for name in past[0]:
        known = [row[name] for row in past if isinstance(row[name], int | float)]
        spans[name] = max(known) - min(known) if known else 0

    def nearest(one: Row, others: list[Row]) -> float:
        return float(np.mean(sorted(plain_distance(one, o, spans) for o in others)[:NEAREST]))

    own = [nearest(one, past[:i] + past[i + 1 :]) for i, one in enumerate(past)]
    low, high = np.percentile(own, [80, 99])
    return [float(np.clip((nearest(row, past) - low) / (high - low), 0, 1)) for row in asked]


@pytest.mark.parametrize("seed", range(3))
def test_it_is_what_a_plain_loop_finds(seed: int) -> None:
    past = drawn(120, seed)
    precedents = Precedents(past)
    asked = [*drawn(40, seed + 100), {**past[0], "replicas": 12}, {**past[0], "region": "us"}]
    found = [precedents.novelty(row) for row in asked]
    assert found == pytest.approx(plain_novelties(asked, past))
    assert any(0 < one < 1 for one in found), "the draw should reach the slope"


def test_without_fifty_precedents_everything_is_novel() -> None:
    past = drawn(LEAST_PRECEDENTS)
    assert Precedents(past[:-1]).novelty(past[0]) == 1
    assert Precedents(past).novelty(past[0]) < 1
    assert Precedents([]).novelty({}) == 1


def test_what_was_always_done_is_usual_and_anything_else_is_not() -> None:
    always: Row = {"region": "de", "replicas": 3, "cost": 10.0}
    precedents = Precedents([always] * 60)
    assert precedents.novelty(always) == 0
    for change in ({"region": "nl"}, {"replicas": 4}, {"cost": 10.5}):
        assert precedents.novelty(always | change) == 1


def test_one_figure_out_of_all_bounds_is_not_hidden_by_usual_ones() -> None:
    past = drawn(200)
    usual = {**past[0], "cost": 400.0}
    assert Precedents(past).novelty({**usual, "cost": 400_000.0}) == 1


@pytest.mark.parametrize("missing", [{"cost": None}, {"colour": "red"}])
def test_what_is_unknown_or_never_was_there_makes_it_more_novel(missing: Row) -> None:
    past: list[Row] = [{"region": "de", "cost": float(cost)} for cost in range(100)]
    usual: Row = {"region": "de", "cost": 50.0}
    assert Precedents(past).novelty(usual) == 0
    assert Precedents(past).novelty(usual | missing) == 1


def test_a_feature_that_is_gone_counts() -> None:
    past: list[Row] = [{"region": "de", "cost": float(cost)} for cost in range(100)]
    assert Precedents(past).novelty({"region": "de"}) == 1


def test_a_word_where_there_were_figures_is_out_of_all_bounds() -> None:
    past: list[Row] = [{"cost": float(cost)} for cost in range(100)]
    assert Precedents(past).novelty({"cost": "free"}) == 1


@pytest.mark.parametrize("figure", [math.inf, -math.inf, 1e308, math.nan])
def test_figures_that_are_none_never_look_usual(figure: float) -> None:
    past: list[Row] = [{"cost": float(cost), "cpu": cost % 7} for cost in range(100)]
    assert Precedents(past).novelty({"cost": figure, "cpu": 3}) == 1


rows = st.lists(
    st.fixed_dictionaries(
        {
            "a": st.one_of(st.none(), st.floats(-1e6, 1e6), st.sampled_from(["x", "y"])),
            "b": st.integers(-3, 3),
        }
    ),
    min_size=51,
    max_size=70,
)


@given(rows)
def test_novelty_is_from_0_to_1_and_the_same_in_any_order(found: list[Row]) -> None:
    row, *past = found
    novelty = Precedents(past).novelty(row)
    assert 0 <= novelty <= 1
    assert Precedents(past[::-1]).novelty(row) == pytest.approx(novelty, abs=1e-6)
