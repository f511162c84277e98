from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from negotiation.engine.gates import Gate, Test
from negotiation.engine.policy import Policy, judge
from negotiation.engine.risk import Risk

if TYPE_CHECKING:
    from negotiation.engine.endings import Rule
    from negotiation.engine.gates import Measured

COMMITMENT = Gate(
    name="commitment",
    text="A commitment of a year or more is decided by people.",
    subject="term",
    test="at_least",
    limit=12,
    unit="months",
)
COUNTRY = Gate(
    name="new country",
    text="A country we have not been in is decided by people.",
    subject="country",
    test="not_in",
    limit=("DE", "BE"),
)
POLICY = Policy(minimum_confidence=0.9, gates=(COMMITMENT, COUNTRY))
SAFE: dict[str, Measured] = {"term": 0.0, "country": "DE"}


def scored(score: float) -> Risk:
    return Risk(score, score, ())


@pytest.mark.parametrize(
    ("score", "route"),
    [
        (0, "auto"),
        (34.9, "auto"),
        (35, "review"),
        (89.9, "review"),
        (90, "refuse"),
        (100, "refuse"),
    ],
)
def test_the_score_routes_with_inclusive_limits(score: float, route: str) -> None:
    assert judge(POLICY, risk=scored(score), values=SAFE, confidence=0.95).route == route


@pytest.mark.parametrize("by", ["precedence", "vote", None])
def test_what_a_rule_imposed_goes_to_people_and_says_whose_limit_it_passes_over(
    by: Rule | None,
) -> None:
    judgement = judge(
        POLICY, risk=scored(1), values=SAFE, confidence=1.0, by=by, below=("Cost", "Carbon")
    )
    assert judgement.route == "review"
    (finding,) = judgement.findings
    assert (finding.rule, finding.measured) == ("imposed", by)
    assert "below the limits of Cost and Carbon" in finding.text


@pytest.mark.parametrize("by", ["consent", "mediation"])
def test_what_the_seats_can_live_with_needs_nobody_for_that(by: Rule) -> None:
    assert judge(POLICY, risk=scored(1), values=SAFE, confidence=1.0, by=by).route == "auto"


def test_an_imposed_agreement_that_is_too_risky_is_refused_all_the_same() -> None:
    judgement = judge(POLICY, risk=scored(95), values=SAFE, confidence=1.0, by="vote")
    assert judgement.route == "refuse"


def test_a_gate_comes_before_a_low_score_and_says_what_it_measured() -> None:
    judgement = judge(POLICY, risk=scored(1), values={**SAFE, "term": 12}, confidence=0.95)
    assert judgement.route == "review"
    (finding,) = judgement.findings
    assert (finding.rule, finding.measured, finding.limit) == ("commitment", 12, 12)
    assert (finding.unit, finding.forces) == ("months", "review")


@pytest.mark.parametrize("country", ["FI", "de"])
def test_a_value_outside_the_list_is_for_people(country: str) -> None:
    values = {**SAFE, "country": country}
    assert judge(POLICY, risk=scored(1), values=values, confidence=0.95).route == "review"


@pytest.mark.parametrize("unknown", [None, float("nan"), "a year"])
def test_a_figure_that_is_not_known_fails_closed(unknown: Measured) -> None:
    judgement = judge(POLICY, risk=scored(1), values={**SAFE, "term": unknown}, confidence=0.95)
    assert judgement.route == "review"
    assert judgement.findings[0].measured is None
    assert "unknown" in judgement.findings[0].text


def test_a_figure_that_nobody_gave_fails_closed() -> None:
    judgement = judge(POLICY, risk=scored(1), values={}, confidence=0.95)
    assert [finding.rule for finding in judgement.findings] == ["commitment", "new country"]


@pytest.mark.parametrize("confidence", [0.89, None, float("nan"), 1.2])
def test_too_little_confidence_is_for_people(confidence: float | None) -> None:
    judgement = judge(POLICY, risk=scored(1), values=SAFE, confidence=confidence)
    assert (judgement.route, judgement.findings[0].rule) == ("review", "confidence")


@pytest.mark.parametrize("risk", [None, scored(float("nan"))])
def test_a_risk_that_could_not_be_computed_is_for_people(risk: Risk | None) -> None:
    judgement = judge(POLICY, risk=risk, values=SAFE, confidence=0.95)
    assert (judgement.route, judgement.findings[0].rule) == ("review", "risk")


def test_a_veto_is_for_people_and_a_refusal_stays_one() -> None:
    def with_veto(score: float) -> str:
        return judge(
            POLICY, risk=scored(score), values=SAFE, confidence=0.95, vetoes=("Compliance",)
        ).route

    assert with_veto(1) == "review"
    assert with_veto(95) == "refuse"


@pytest.mark.parametrize(
    ("test", "met"),
    [("at_least", [2, 3]), ("above", [3]), ("below", [1])],
)
def test_what_a_gate_compares(test: Test, met: list[int]) -> None:
    gate = replace(COMMITMENT, test=test, limit=2)
    policy = Policy(minimum_confidence=0, gates=(gate,))
    stopped = [
        term
        for term in (1, 2, 3)
        if judge(policy, risk=scored(0), values={"term": term}, confidence=1).findings
    ]
    assert stopped == met


def test_a_gate_with_the_wrong_kind_of_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not go with"):
        replace(COMMITMENT, limit=("DE",))
    with pytest.raises(ValueError, match="does not go with"):
        replace(COUNTRY, limit=3.0)


def test_a_judgement_is_plain_json() -> None:
    judgement = judge(POLICY, risk=scored(50), values={}, confidence=float("nan"))
    text = json.dumps(judgement.to_dict(), allow_nan=False)
    assert json.loads(text)["findings"][0]["measured"] is None
