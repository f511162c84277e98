from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from negotiation.engine.beliefs import (
    Belief,
    Fact,
    confidence,
    effective_variance,
    fuse,
    learnt,
    surprise,
    unlocking_value,
)
from negotiation.engine.messages import Evidence

FACT = Fact("latency", "Latency", "ms", 100)
means = st.floats(-1e6, 1e6)
sds = st.floats(0, 1e4)


def told(mean: float, sd: float, kind: str = "measured", root: str = "probe") -> Evidence:
    return Evidence(fact="latency", mean=mean, sd=sd, source="Probe", root=root, kind=kind)


def test_two_equally_sure_sources_meet_in_the_middle() -> None:
    belief = fuse(Belief(100, 10), told(110, 10), fact=FACT)
    assert belief.mean == pytest.approx(105)
    assert belief.sd == pytest.approx(10 / sqrt(2))


def test_a_source_is_counted_once() -> None:
    once = fuse(Belief(100, 10), told(110, 10), fact=FACT)
    assert fuse(once, told(110, 10), fact=FACT) == once
    assert fuse(once, told(110, 10, root="other"), fact=FACT).sd < once.sd


def test_a_surprising_claim_weighs_less() -> None:
    assert surprise(Belief(100, 10), told(200, 10), fact=FACT) == pytest.approx(100 / sqrt(200))
    belief = fuse(Belief(100, 10), told(200, 10), fact=FACT)
    stretch = (100 / sqrt(200) / 3) ** 2
    assert belief.mean == pytest.approx(100 + 100 * 100 / (100 + 100 * stretch))


def test_age_and_kind_make_a_claim_less_exact() -> None:
    drifting = Fact("latency", "Latency", "ms", 100, drift_per_day=2)
    assert effective_variance(replace(told(1, 3), age_days=4), fact=drifting) == 9 + 16
    assert effective_variance(told(1, 3, "claimed"), fact=FACT) == 18


@given(means, sds, means, sds, st.sampled_from(["measured", "estimated", "claimed"]))
def test_evidence_never_makes_a_belief_less_exact_and_stays_between(
    mean: float, sd: float, claim: float, claim_sd: float, kind: str
) -> None:
    belief = fuse(Belief(mean, sd), told(claim, claim_sd, kind), fact=FACT)
    assert belief.sd <= sd * (1 + 1e-12)
    slack = 1e-9 * (abs(mean) + abs(claim))
    assert min(mean, claim) - slack <= belief.mean <= max(mean, claim) + slack


def test_confidence_is_the_chance_to_be_above_the_limit() -> None:
    utility, sd = np.array([0.5, 0.6, 0.4, 0.5, 0.49]), np.array([0.1, 0.1, 0.1, 0, 0])
    expected = [0.5, norm.cdf(1), norm.cdf(-1), 1.0, 0.0]
    assert confidence(utility, sd, 0.5) == pytest.approx(expected)


@pytest.mark.parametrize(("utility", "shift"), [(0.55, 0.1), (0.5, 0.2), (0.3, 0.1)])
def test_the_unlocking_value_is_the_expected_gain_of_knowing_before_choosing(
    utility: float, shift: float
) -> None:
    knowing, _ = quad(
        lambda u: max(u - 0.5, 0) * norm.pdf(u, utility, shift),
        utility - 10 * shift,
        utility + 10 * shift,
        points=[0.5],
    )
    gain = unlocking_value(np.array([utility]), np.array([shift]), 0.5)[0]
    assert gain == pytest.approx(knowing - max(utility - 0.5, 0), abs=1e-6)


def test_knowing_what_moves_nothing_is_worth_nothing() -> None:
    assert unlocking_value(np.array([0.5]), np.array([0.0]), 0.5)[0] == 0


def test_of_two_claims_that_may_rest_on_the_same_source_the_more_exact_one_counts() -> None:
    unknown = told(110, 5, root="")
    belief = fuse(Belief(100, 10), unknown, fact=FACT)
    assert (belief.mean, belief.sd) == (110, 5)
    assert fuse(Belief(100, 4), unknown, fact=FACT) == Belief(100, 4)
    assert fuse(belief, unknown, fact=FACT) == belief, "hearing it again adds nothing"
    better = fuse(belief, told(111, 2, root=""), fact=FACT)
    assert (better.mean, better.sd) == (111, 2)


def test_a_source_is_not_counted_on_top_of_what_may_hold_it_already() -> None:
    belief = fuse(Belief(100, 10), told(110, 5, root=""), fact=FACT)
    assert fuse(belief, told(108, 6, root="probe"), fact=FACT) == belief
    known = fuse(belief, told(108, 3, root="probe"), fact=FACT)
    assert known == Belief(108, 3, frozenset({"probe"}))
    assert fuse(known, told(108, 3, root="other"), fact=FACT).sd < 3


@given(sds, sds, st.floats(0.01, 0.99))
def test_covariance_intersection_is_right_whatever_is_shared(
    sd: float, claim_sd: float, share: float
) -> None:
    """No mixture ω of the precisions, each safe for any overlap, is more exact than the result."""
    belief, claim = Belief(100, sd + 0.1), told(100, claim_sd + 0.1, root="")
    mixed = share / belief.sd**2 + (1 - share) / claim.sd**2
    assert fuse(belief, claim, fact=FACT).sd <= mixed**-0.5 * (1 + 1e-9)


@given(st.floats(0.1, 1e3), st.floats(0.1, 1e3), st.sampled_from(["probe", ""]))
def test_what_is_learnt_is_the_doubt_that_the_claim_takes_away(
    sd: float, claim_sd: float, root: str
) -> None:
    belief, claim = Belief(100, sd), told(100, claim_sd, root=root)
    after = fuse(belief, claim, fact=FACT)
    gone = sqrt(max(sd**2 - after.sd**2, 0)) / sd
    assert learnt(belief, claim, fact=FACT) == pytest.approx(gone, abs=1e-6)
    if root:
        assert learnt(after, claim, fact=FACT) == 0
