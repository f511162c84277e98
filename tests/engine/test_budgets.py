from __future__ import annotations

from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.engine.budgets import Budget, within
from negotiation.engine.gates import Route
from negotiation.engine.policy import Judgement, Policy, judge
from negotiation.engine.risk import Risk

DAY = Budget(harm=0.10, hours=24)


def risk(harm: float) -> Risk:
    unclamped = 100 + 25 * log10(harm)
    return Risk(min(max(unclamped, 0), 100), unclamped, ())


def judged(route: Route = "auto", harm: float = 0.01) -> Judgement:
    return Judgement(route, (), risk(harm))


def test_harm_fades_evenly_and_is_gone_after_its_hours() -> None:
    assert DAY.used([0.04, 0.04, 0.04, 0.04], [0, 6, 24, 240]) == pytest.approx(0.04 + 0.03)
    assert DAY.used([], []) == 0


def test_a_clock_that_is_ahead_never_makes_more_than_the_whole_of_it() -> None:
    assert DAY.used([0.04], [-5]) == pytest.approx(0.04)


def test_harm_is_that_from_before_the_score_was_held_at_0() -> None:
    assert risk(1e-6).score == 0
    assert risk(1e-6).harm == pytest.approx(1e-6)


def test_ten_slices_fill_a_budget_to_the_brim_and_an_eleventh_is_for_people() -> None:
    used = 0.0
    for _ in range(10):
        assert within(DAY, judged(), used).route == "auto"
        used += 0.01
    parked = within(DAY, judged(), used)
    (finding,) = parked.findings
    assert (parked.route, finding.rule, finding.limit) == ("review", "budget", 0.10)
    assert finding.measured == pytest.approx(0.11)
    assert "0.1 of 0.1 expected harm in 24 h is used" in finding.text


@given(st.floats(1e-9, 1), st.integers(1, 50))
def test_slicing_does_not_evade_it(harm: float, slices: int) -> None:
    used, passed = 0.0, 0.0
    for _ in range(slices):
        if within(DAY, judged(harm=harm / slices), used).route == "auto":
            used += harm / slices
            passed += harm / slices
    assert passed <= DAY.harm * (1 + 1e-6)


@pytest.mark.parametrize("route", ["review", "refuse"])
def test_only_the_automatic_route_closes(route: Route) -> None:
    already = judged(route)
    assert within(DAY, already, 99) is already


def test_without_a_score_there_is_no_automatic_route_to_spend_on() -> None:
    assert within(DAY, Judgement("auto", (), None), 0).route == "review"


def test_a_budget_of_nothing_closes_the_automatic_route() -> None:
    policy = Policy(minimum_confidence=0)
    found = judge(policy, risk=risk(1e-6), values={}, confidence=1)
    assert within(Budget(harm=0), found, 0).route == "review"
