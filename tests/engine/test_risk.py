from __future__ import annotations

from dataclasses import replace
from math import log, log10, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from negotiation.engine.risk import MissingFigure, RiskInputs, assess, failure_bound


def case(
    history: tuple[int, int],
    severity: float,
    affected: tuple[float, float],
    *rest: float,
) -> RiskInputs:
    """One worked check: reports and bad ones, S, affected of population, R, D, N, C."""
    reversibility, disagreement, novelty, confidence = rest
    return RiskInputs(
        reports=history[0],
        bad=history[1],
        severity={"cost": severity},
        affected=affected[0],
        population=affected[1],
        reversibility=reversibility,
        stance_entropy=disagreement,
        min_surplus=1.0,
        novelty=novelty,
        confidence=confidence,
        calibrated_reports=200,
    )


CREDENTIALS = case((30, 1), 1, (500, 500), 0.5, 0.3, 0.6, 0.7)

WORKED = {
    "development node": (case((300, 0), 0.02, (1, 500), 0, 0, 0, 0.9), 0.0072, 0.0),
    "batch to spot": (case((120, 2), 0.05, (40, 2000), 0.25, 0.1, 0, 0.8), 0.0378, 19.6),
    "patch on a canary": (case((200, 3), 0.15, (25, 500), 0.25, 0.1, 0.2, 0.8), 0.0303, 30.7),
    "first of its class": (case((0, 0), 0.15, (20, 500), 0.5, 0.2, 1, 0.5), 0.1141, 54.7),
    "production database": (case((40, 1), 0.4, (200, 500), 0.5, 0.1, 0.3, 0.7), 0.0643, 58.3),
    "the same, agents split": (case((40, 1), 0.4, (200, 500), 0.5, 0.8, 1, 0.5), 0.0643, 65.2),
    "delete two years of logs": (case((10, 0), 0.4, (50, 500), 1, 0.3, 1, 0.6), 0.0763, 68.2),
    "rotate all credentials": (CREDENTIALS, 0.0771, 74.0),
    "three years, new country": (case((5, 0), 0.8, (300, 500), 1, 0.3, 1, 0.7), 0.0915, 79.9),
    "public service level": (case((0, 0), 2, (500, 500), 0.75, 0.6, 1, 0.5), 0.1141, 92.4),
}


@pytest.mark.parametrize(("given", "bound", "score"), WORKED.values(), ids=WORKED.keys())
def test_worked_checks(given: RiskInputs, bound: float, score: float) -> None:
    assert round(failure_bound(given.reports, given.bad), 4) == bound
    assert round(assess(given).score, 1) == score


@pytest.mark.parametrize(("given", "bound", "score"), WORKED.values(), ids=WORKED.keys())
def test_each_factor_of_a_worked_check_is_the_formulas_and_they_add_up(
    given: RiskInputs, bound: float, score: float
) -> None:
    risk = assess(given)
    reach = 0.3 + 0.7 * log(1 + given.affected) / log(1 + given.population)
    doubt = 1 + given.stance_entropy + 0.75 * given.novelty + 0.75 * (1 - given.confidence)
    parts = {
        "failure": beta.ppf(0.9, 1 + given.bad, 19 + given.reports - given.bad),
        "severity": given.severity["cost"],
        "reach": reach,
        "reversal": 0.2 + 0.8 * given.reversibility,
        "doubt": doubt,
    }
    assert {factor.name: factor.value for factor in risk.factors} == pytest.approx(parts)
    for factor in risk.factors:
        assert factor.points == pytest.approx(25 * log10(factor.value))
    assert risk.harm == pytest.approx(prod(parts.values()))
    held = min(max(100 + sum(factor.points for factor in risk.factors), 0), 100)
    assert round(held, 1) == score
    assert round(parts["failure"], 4) == bound


def test_disagreement_is_the_worse_of_a_split_and_of_a_seat_near_its_limit() -> None:
    split = replace(CREDENTIALS, stance_entropy=0.8, min_surplus=1.0)
    near = replace(CREDENTIALS, stance_entropy=0.1, min_surplus=0.2)
    assert assess(split).score == pytest.approx(assess(near).score)


def test_points_of_the_credentials_example() -> None:
    points = {factor.name: round(factor.points, 1) for factor in assess(CREDENTIALS).factors}
    assert points == {
        "failure": -27.8,
        "severity": 0.0,
        "reach": 0.0,
        "reversal": -5.5,
        "doubt": 7.4,
    }


shares = st.floats(0, 1)


@given(
    st.integers(0, 500).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
    st.floats(0, 10),
    st.floats(1, 1e6).flatmap(lambda n: st.tuples(st.floats(0, n), st.just(n))),
    st.tuples(shares, shares, shares, shares),
)
def test_factors_add_up_to_the_score(
    history: tuple[int, int],
    severity: float,
    affected: tuple[float, float],
    rest: tuple[float, float, float, float],
) -> None:
    risk = assess(case(history, severity, affected, *rest))
    assert sum(factor.points for factor in risk.factors) + 100 == pytest.approx(risk.unclamped)
    assert risk.score == min(max(risk.unclamped, 0), 100)
    assert all(factor.text and factor.label for factor in risk.factors)


def test_agreement_and_confidence_never_lower_the_risk_below_the_rest() -> None:
    sure = replace(CREDENTIALS, stance_entropy=0, novelty=0, confidence=1)
    assert assess(sure).factors[-1].points == 0


def test_a_good_result_elsewhere_does_not_hide_a_loss() -> None:
    both = replace(CREDENTIALS, severity={"cost": 0.0, "security": 1.0})
    assert assess(both).score == assess(CREDENTIALS).score


def test_severity_counts_up_to_three_tolerances() -> None:
    at_most = assess(replace(CREDENTIALS, severity={"cost": 3.0}))
    assert assess(replace(CREDENTIALS, severity={"cost": 30.0})).score == at_most.score


def test_stated_confidence_counts_only_once_reports_back_it() -> None:
    stated = replace(CREDENTIALS, confidence=0.99, calibrated_reports=199)
    assert assess(stated).score == assess(replace(stated, confidence=0.5)).score
    assert assess(replace(stated, calibrated_reports=200)).score < assess(stated).score


@pytest.mark.parametrize(
    "unknown",
    [
        {"severity": {}},
        {"severity": {"cost": float("nan")}},
        {"affected": float("nan")},
        {"affected": 501},
        {"population": 0},
        {"confidence": float("nan")},
        {"min_surplus": 1.2},
        {"bad": 31},
    ],
)
def test_an_unknown_figure_is_an_error_and_never_a_low_risk(unknown: dict[str, object]) -> None:
    with pytest.raises(MissingFigure):
        assess(replace(CREDENTIALS, **unknown))  # type: ignore[arg-type]


def test_a_population_of_less_than_one_is_a_missing_figure() -> None:
    with pytest.raises(MissingFigure, match="population"):
        assess(replace(CREDENTIALS, affected=0, population=1e-300))
