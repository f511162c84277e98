"""Stored features judged again: exactly what the judge itself says, under any policy."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.scenarios.compilers import CompiledScenario, compile_scenario
from negotiation.scenarios.loaders import from_data
from negotiation.scenarios.replays import Past, Rules
from tests.negotiation.policies.agreements import Agreement, drawn
from tests.negotiation.policies.documents import (
    SHIPPED,
    changed,
    plain,
    policies,
    with_policies,
)

AGREEMENTS = 60


@lru_cache(maxsize=1)
def past() -> tuple[CompiledScenario, list[Agreement]]:
    scenario = compile_scenario(SHIPPED)
    return scenario, drawn(scenario, AGREEMENTS, seed=3)


@lru_cache(maxsize=1)
def stored() -> list[dict[str, Any]]:
    """What the rows keep of each."""
    scenario, agreements = past()
    return [each.features(scenario) for each in agreements]


def test_the_present_policy_judges_every_agreement_as_it_was_judged() -> None:
    scenario, agreements = past()
    rules = Rules(SHIPPED)
    again = rules.judged(stored())
    assert [each.to_dict() for each in again] == [
        each.judged(scenario).to_dict() for each in agreements
    ]


def test_what_is_tried_goes_every_way() -> None:
    bold = {"gates": [], "minimum_confidence": 0.2, "review_from": 50, "refuse_from": 60}
    rules = Rules(with_policies(plain()["policy"] | bold))
    again = rules.judged(stored())
    assert {each.route for each in again} == {"auto", "review", "refuse"}


@settings(max_examples=25, deadline=None)
@given(policy=policies())
def test_any_policy_replayed_is_that_policy_judging(policy: dict[str, Any]) -> None:
    _, agreements = past()
    other = with_policies(policy)
    compiled = compile_scenario(other)
    rules = Rules(other)
    assert rules.stranger(Past(SHIPPED)) == ""
    again = rules.judged(stored())
    directly = [each.judged(compiled).to_dict() for each in agreements]
    assert [each.to_dict() for each in again] == directly
    tiers = [rules.tier(each) for each in again]
    assert tiers == [compiled.tier(each) for each in again]


@settings(max_examples=12, deadline=None)
@given(budget=st.integers(1, 20_000), trip=st.integers(1, 80), spot=st.sampled_from([0, 25, 100]))
def test_hard_rules_hold_on_stored_values_as_at_the_table(
    budget: int, trip: int, spot: int
) -> None:
    _, agreements = past()
    data = plain()
    data["parameters"] |= {"budget": budget, "round_trip_limit": trip}
    next(rule for rule in data["constraints"] if rule["name"] == "no-spot-when-critical")[
        "at_most"
    ] = spot
    compiled = compile_scenario(from_data(data, source="x"))
    again = Rules(compiled.document).judged(stored())
    for replayed, each in zip(again, agreements, strict=True):
        broken = compiled.broken(each.offer, each.facts)
        assert (
            tuple(one for one in replayed.findings if one.forces == "refuse" and one.rule != "risk")
            == broken
        )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("measures.committed_spend.formula", "1"),
            "“Spend that cannot be undone” meant something",
        ),
        (("measures.committed_spend.unit", "EUR"), "meant something else then"),
        (("policy.risk.dimensions.cost.loss", "monthly_cost"), "What had been lost before in cost"),
        (("policy.risk.dimensions.cost.name", "money"), "What had been lost before in cost"),
    ],
)
def test_what_meant_something_else_then_is_not_replayed(change: tuple[str, Any], said: str) -> None:
    assert said in Rules(changed(*change)).stranger(Past(SHIPPED))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("facts.0.nominal", 1),
        ("seats.0.reservation", 0.9),
        ("policy.review_from", 5),
        ("parameters.fleet", 5),
        ("parameters.budget", 5),
        ("title", "Another"),
    ],
)
def test_what_no_stored_figure_depends_on_is_replayed(path: str, value: Any) -> None:
    assert Rules(changed(path, value)).stranger(Past(SHIPPED)) == ""


@pytest.mark.parametrize(
    "part", ["service", "options", "effects", "stated", "summary", "before", "at"]
)
def test_features_of_an_older_form_are_not_guessed(part: str) -> None:
    scenario, agreements = past()
    features = agreements[0].features(scenario)
    assert Rules(SHIPPED).unreadable(features) == ""
    del features[part]
    assert "older form" in Rules(SHIPPED).unreadable(features)
    assert "older form" in Rules(SHIPPED).unreadable({})


def test_a_figure_that_was_not_noted_is_not_guessed() -> None:
    scenario, agreements = past()
    features = agreements[0].features(scenario)
    del features["effects"]["committed_spend"]
    assert "Not every figure" in Rules(SHIPPED).unreadable(features)


def test_an_unknown_figure_stays_unknown() -> None:
    scenario, agreements = past()
    features = agreements[0].features(scenario)
    features["effects"]["committed_spend"] = None
    (judged,) = Rules(SHIPPED).judged([features])
    assert judged.risk is None
    assert judged.route in {"review", "refuse"}
