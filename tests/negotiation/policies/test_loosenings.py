"""Every change of a policy, and what it counts as."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from negotiation.scenarios import policy_parts
from negotiation.scenarios.loaders import from_data
from negotiation.scenarios.loosenings import changes, loosens
from negotiation.scenarios.schema import ScenarioDocument
from tests.negotiation.policies.documents import (
    SHIPPED,
    changed,
    plain,
    policies,
    with_policies,
    without,
)

FREEZE = {
    "name": "christmas",
    "text": "Christmas",
    "begins": "2026-12-20T08:00Z",
    "ends": "2026-12-28T08:00Z",
}


def told(before: ScenarioDocument, after: ScenarioDocument) -> list[str]:
    return [change.sentence for change in changes(before, after)]


# Each is read forwards as a loosening; backwards the same change tightens.
ONE_WAY: list[tuple[str, Any, str]] = [
    ("policy.review_from", 50, "A person decides from 35 → 50 points"),
    ("policy.refuse_from", 95, "Refused from 90 → 95 points"),
    ("policy.minimum_confidence", 0.6, "Confidence needed 0.7 → 0.6"),
    ("policy.grant_hours", 48, "An approval holds for 24 → 48 hours"),
    ("policy.audit_share", 0.01, "Share of the automatic ones that is looked at 0.05 → 0.01"),
    ("policy.budget.harm", 0.2, "Risk without a person 0.1 → 0.2"),
    ("policy.budget.hours", 12, "Used risk is forgotten in 24 → 12 hours"),
    ("policy.irreversible.people", 1, "People for what cannot be undone 2 → 1"),
    ("policy.irreversible.severity", 0.5, "from a loss of 0.3 → 0.5"),
    ("policy.risk.dimensions.cost.tolerance", 200_000, "Tolerance of cost 150 → 200 k USD"),
    ("policy.risk.reversibility.levels.one_year", 0.5, "one-year commitment is to undo"),
    ("parameters.fleet", 9_000, "Population 400 → 9,000"),
    ("policy.tiers.1.from", 70, "Two people from 60 → 70 points"),
    ("policy.tiers.2.seniors", 0, "One senior manager from 75 → never"),
    ("policy.tiers.2.own_verdict", False, "Own verdict first from 75 → never"),
    ("policy.gates.long-commitment.at_least", 24, "12 → 24 months"),
    ("policy.gates.mostly-spot.above", 80, "50 → 80 %"),
    ("policy.gates.new-country.not_in", ["DEU", "FRA"], "with France now"),
    ("parameters.budget", 15_000, "12 → 15 k USD/month"),
    ("constraints.round-trip.at_most", 60, ""),
    ("protocol.dissent", 1, "Seats that may be overruled 0 → 1"),
    ("seats.0.reservation", 0.2, "Limit of Cost 0.44 → 0.2"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "said"), ONE_WAY)
def test_a_change_loosens_one_way_and_tightens_the_other(path: str, value: Any, said: str) -> None:
    after = changed(path, value)
    forwards, backwards = changes(SHIPPED, after), changes(after, SHIPPED)
    assert loosens(forwards)
    assert any(said in change.text and change.effect == "loosens" for change in forwards)
    assert any(change.effect == "tightens" for change in backwards)
    if "constraints" not in path and path != "parameters.fleet":
        assert not loosens(backwards)


@pytest.mark.parametrize("gate", [gate.name for gate in SHIPPED.policy.gates])
def test_a_gate_that_goes_loosens(gate: str) -> None:
    assert loosens(changes(SHIPPED, without("policy.gates", gate)))
    assert not loosens(changes(without("policy.gates", gate), SHIPPED))


@pytest.mark.parametrize("rule", [rule.name for rule in SHIPPED.constraints])
def test_a_hard_rule_that_goes_loosens(rule: str) -> None:
    assert loosens(changes(SHIPPED, without("constraints", rule)))
    assert not loosens(changes(without("constraints", rule), SHIPPED))


def test_a_freeze_that_goes_ends_earlier_or_begins_later_loosens() -> None:
    frozen = changed("policy.freezes", [FREEZE])
    shorter = [FREEZE | {"ends": "2026-12-24T08:00Z"}, FREEZE | {"begins": "2026-12-22T08:00Z"}]
    assert not loosens(changes(SHIPPED, frozen))
    assert loosens(changes(frozen, SHIPPED))
    for less in shorter:
        assert loosens(changes(frozen, changed("policy.freezes", [less])))
        assert not loosens(changes(changed("policy.freezes", [less]), frozen))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("policy.tiers.0.window_hours", 90),
        ("policy.tiers.0.escalations", 0),
        ("policy.capacity", 30),
        ("policy.gates.long-commitment.text", "Other words"),
        ("policy.gates.long-commitment.name", "another-name"),
        ("constraints.budget.author", "Somebody else"),
        ("constraints.budget.citation", "Another paper"),
        ("policy.resolution", ["ask", "status_quo"]),
    ],
)
def test_what_weakens_nothing_is_told_and_may_pass(path: str, value: Any) -> None:
    found = changes(SHIPPED, changed(path, value))
    assert not loosens(found)
    assert found or path.endswith("name")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("service", "another service"),
        ("action", "another-action"),
        ("executor", {"kind": "webhook", "target": "elsewhere"}),
        ("policy.risk.dimensions.cost.loss", "monthly_cost"),
        ("policy.risk.affected", 1),
        ("policy.risk.reversibility", 1),
        ("policy.gates.long-commitment.subject", "spot_share"),
        ("constraints.no-spot-when-critical.when", {"subject": "region", "equals": "europe-west3"}),
        ("facts.interruptions.disclosure", "never"),
        ("seats.0.veto", False),
    ],
)
def test_what_cannot_be_told_loosens(path: str, value: Any) -> None:
    after = changed(path, value)
    if path == "seats.0.veto":
        after, vetoed = SHIPPED, changed("seats.0.veto", True)
        assert loosens(changes(vetoed, after))
    else:
        assert loosens(changes(SHIPPED, after))


def test_a_formula_that_the_judge_reads_loosens_whatever_it_becomes() -> None:
    read = next(measure for measure in SHIPPED.measures if measure.name == "committed_spend")
    after = changed("measures.committed_spend.formula", f"2 * ({read.formula})")
    assert "“Spend that cannot be undone” is worked out in another way: loosens" in told(
        SHIPPED, after
    )


def test_a_formula_that_nothing_judges_by_is_free() -> None:
    data = plain()
    data["measures"].append({"name": "extra", "label": "Extra", "formula": "replicas * 2"})
    before = from_data(data, source="x")
    data["measures"][-1]["formula"] = "replicas * 3"
    assert changes(before, from_data(data, source="x")) == []


@pytest.mark.parametrize(("level", "looser"), [(0, True), (1, False)])
def test_an_option_that_comes_in_easy_to_undo_loosens(level: float, looser: bool) -> None:
    data = plain()
    options = next(issue for issue in data["issues"] if issue["name"] == "purchase_model")[
        "options"
    ]
    gone = options.pop()["value"]
    del data["policy"]["risk"]["reversibility"]["levels"][gone]
    before = ScenarioDocument.model_validate(data)
    back = plain()
    back["policy"]["risk"]["reversibility"]["levels"][gone] = level
    assert loosens(changes(before, from_data(back, source="x"))) is looser


@pytest.mark.parametrize("allowed", [[41_260], [41_250, 41_260]])
def test_options_that_read_alike_are_told_apart(allowed: list[int]) -> None:
    rule = plain()["constraints"][0] | {"name": "round", "subject": "monthly_cost", "when": None}
    before, after = (
        changed("constraints", [{"at_most": None} | rule | {"in": options}])
        for options in ([41_250], allowed)
    )
    assert loosens(changes(before, after))


def test_a_rule_that_imposes_loosens() -> None:
    data = plain()["policy"] | {"resolution": ["vote", "ask"]}
    assert loosens(changes(SHIPPED, changed("policy", data)))


def test_a_tightening_and_a_loosening_together_loosen() -> None:
    policy = plain()["policy"] | {"review_from": 20, "refuse_from": 95}
    found = changes(SHIPPED, changed("policy", policy))
    assert [change.effect for change in found] == ["loosens", "tightens"]


@pytest.mark.parametrize("owner", [None, "ben"])
def test_who_answered_for_an_agent_and_does_so_no_longer_loosens(owner: str | None) -> None:
    owned = changed("seats.0.owner", "anna")
    assert loosens(changes(owned, changed("seats.0.owner", owner)))
    assert not loosens(changes(SHIPPED, owned))


def test_what_seats_want_is_no_rule_unless_one_has_a_veto() -> None:
    assert changes(SHIPPED, changed("seats.0.objectives.0.weight", 0.9)) == []
    seats = [place for place, seat in enumerate(SHIPPED.seats) if seat.veto]
    assert seats
    for place in seats:
        [change] = changes(SHIPPED, changed(f"seats.{place}.objectives.0.weight", 0.9))
        assert (change.effect, "veto" in change.sentence) == ("loosens", True)


@settings(max_examples=80, deadline=None)
@given(before=policies(), after=policies())
def test_no_difference_of_two_policies_goes_unsaid(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    was, now = with_policies(before), with_policies(after)
    assert bool(changes(was, now)) == (was != now)


# What each field of the policy is compared by; a new field has to be entered, or this fails.
COMPARED = {
    policy_parts.Policy: {
        "minimum_confidence", "review_from", "refuse_from", "tiers", "gates", "irreversible",
        "freezes", "resolution", "precedence", "risk", "budget", "audit_share", "capacity",
        "grant_hours",
    },
    policy_parts.Gate: {
        "name", "text", "subject", "at_least", "above", "below", "not_in", "people",
    },
    policy_parts.Tier: {
        "from_", "people", "seniors", "window_hours", "escalations", "own_verdict",
    },
    policy_parts.Irreversible: {"severity", "people"},
    policy_parts.Freeze: {"name", "text", "begins", "ends"},
    policy_parts.Budget: {"harm", "hours"},
    policy_parts.RiskInputs: {"dimensions", "affected", "population", "reversibility"},
    policy_parts.Dimension: {"name", "label", "loss", "tolerance"},
}  # fmt: skip


@pytest.mark.parametrize(("part", "fields"), COMPARED.items())
def test_no_field_of_the_policy_is_forgotten(part: Any, fields: set[str]) -> None:
    assert set(part.model_fields) == fields
