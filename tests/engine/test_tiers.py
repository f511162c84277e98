"""Who decides: by score, by gate, and when nobody can tell the score."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from negotiation.engine.gates import Freeze, Gate, Irreversible
from negotiation.engine.policy import Judgement, Policy, judge
from negotiation.engine.risk import Factor, Risk
from negotiation.engine.tiers import TIERS, Tier, tier_of

POLICY = Policy(minimum_confidence=0)
HOUR = 3600.0
NOON = 500_000 * HOUR


def scored(score: float, severity: float = 0.1) -> Risk:
    return Risk(score, score, (Factor("severity", "Severity", severity, 0.0, ""),))


def judged(policy: Policy = POLICY, **fields: Any) -> Judgement:
    found: dict[str, Any] = {"risk": scored(1), "values": {}, "confidence": 1.0} | fields
    return judge(policy, **found)


@pytest.mark.parametrize(
    ("score", "people", "seniors", "hours"),
    [
        (35, 1, 0, 4),
        (59.9, 1, 0, 4),
        (60, 2, 0, 8),
        (74.9, 2, 0, 8),
        (75, 2, 1, 24),
        (89, 2, 1, 24),
    ],
)
def test_the_usual_tiers(score: float, people: int, seniors: int, hours: float) -> None:
    tier = tier_of(TIERS, judged(risk=scored(score)))
    assert (tier.people, tier.seniors, tier.window_hours) == (people, seniors, hours)
    assert tier.own_verdict == (seniors == 1)


def test_a_score_that_nobody_knows_may_be_the_highest() -> None:
    assert tier_of(TIERS, judged(risk=None)).seniors == 1


def test_a_gate_at_a_low_score_asks_the_lowest_tier_and_as_many_as_it_says() -> None:
    gate = Gate(name="people", text="People.", subject="staff", test="above", limit=0, people=3)
    found = judged(replace(POLICY, gates=(gate,)), values={"staff": 1.0})
    assert found.route == "review"
    assert tier_of(TIERS, found) == replace(TIERS[0], people=3)
    assert tier_of(TIERS, judged(values={"staff": 1.0})).people == 1


@pytest.mark.parametrize(
    ("severity", "reversibility", "route"),
    [(0.3, 1.0, "review"), (0.29, 1.0, "auto"), (3.0, 0.75, "auto"), (3.0, None, "auto")],
)
def test_what_cannot_be_undone_and_may_cost_much_takes_two_people(
    severity: float, reversibility: float | None, route: str
) -> None:
    found = judged(risk=scored(1, severity), reversibility=reversibility)
    assert found.route == route
    assert tier_of(TIERS, found).people == (2 if route == "review" else 1)


def test_an_unknown_loss_may_be_any() -> None:
    found = judged(risk=None, reversibility=1.0)
    assert "irreversible" in {finding.rule for finding in found.findings}


def test_how_much_is_too_much_is_the_policys() -> None:
    strict = replace(POLICY, irreversible=Irreversible(severity=0, people=4))
    found = judged(strict, reversibility=1.0)
    assert tier_of(TIERS, found).people == 4


@pytest.mark.parametrize(
    ("hours", "route"), [(-1, "auto"), (0, "review"), (23, "review"), (24, "auto")]
)
def test_in_a_freeze_people_decide(hours: float, route: str) -> None:
    freeze = Freeze(
        name="holidays", text="Holidays.", begins=NOON, ends=NOON + 24 * HOUR, until="then"
    )
    frozen = replace(POLICY, freezes=(freeze,))
    assert judged(frozen, now=NOON + hours * HOUR).route == route
    assert judged(frozen).route == "auto", "where no time is told there is no freeze"


@pytest.mark.parametrize("wrong", [{"people": 0}, {"people": 1, "seniors": 2}, {"seniors": -1}])
def test_a_tier_that_nobody_or_too_many_seniors_decide_is_no_tier(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="person"):
        Tier(**wrong)  # type: ignore[arg-type]
