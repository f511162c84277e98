"""What a document becomes: figures, constraints that fail closed, risk, and readings."""

from __future__ import annotations

import math
from typing import Any

import pytest

from negotiation.engine.messages import Offer
from negotiation.scenarios.compilers import CompiledScenario, compile_scenario
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.judgements import History
from negotiation.scenarios.loaders import from_data
from negotiation.scenarios.runs import run
from negotiation.scenarios.schema import ScenarioDocument
from tests.negotiation.scenarios.small import SMALL, changed

FRANKFURT: Offer = {"region": "europe-west3", "machine": "e2-standard-8", "share": 50}
PARIS: Offer = {"region": "europe-west9", "machine": "e2-standard-8", "share": 0}
HISTORY = History(reports=40, bad=1, novelty=0.3, calibrated_reports=40)


def compiled(data: Any = SMALL) -> CompiledScenario:
    return compile_scenario(from_data(data, source="small"))


def values(offer: Offer, data: Any = SMALL) -> dict[str, Any]:
    """At the facts that everybody may assume."""
    return compiled(data).values(offer, compiled(data).facts_used(()))


def lawful(scenario: CompiledScenario) -> list[Offer]:
    return [scenario.table.space.offer_at(int(index)) for index in scenario.table.lawful]


def with_rule(**rule: Any) -> CompiledScenario:
    constraint = SMALL["constraints"][0] | rule
    if "in" not in rule:
        del constraint["in"]
    return compiled(changed("constraints.0", constraint))


def test_measures_are_computed_from_catalogue_issues_and_parameters() -> None:
    found = values(FRANKFURT)

    assert found["monthly_cost"] == pytest.approx(0.345342 * 730 * 0.75)
    assert found["strain"] == 25.0  # at the nominal load of 50 %
    assert found["country"] == "DEU"
    assert found["hours"] == 730


def test_an_unknown_figure_is_none() -> None:
    assert values(PARIS)["round_trip"] is None


def test_equal_documents_are_compiled_once() -> None:
    assert compiled() is compiled()
    assert compiled() is not compiled(changed("title", "Another"))


def test_a_document_that_was_not_checked_is_checked() -> None:
    document = ScenarioDocument.model_validate(changed("measures.0.formula", "prise"))

    with pytest.raises(ScenarioError, match="unknown name 'prise'"):
        compile_scenario(document)


def test_residency_leaves_only_the_allowed_countries() -> None:
    assert {offer["region"] for offer in lawful(compiled())} == {"europe-west3", "europe-west1"}


@pytest.mark.parametrize(
    "rule",
    [
        {"subject": "round_trip", "at_most": 1000},
        {"subject": "round_trip", "at_least": -1000},
        {"subject": "round_trip", "not_in": [1.0]},
        {"subject": "round_trip", "differs_from": "hours"},
    ],
)
def test_an_unknown_figure_breaks_every_constraint(rule: dict[str, Any]) -> None:
    regions = {offer["region"] for offer in lawful(with_rule(**rule))}

    assert regions == {"europe-west3", "europe-west1"}


def test_an_unknown_condition_counts_as_met() -> None:
    scenario = with_rule(
        subject="share", at_most=0, when={"subject": "round_trip", "at_least": 1000}
    )

    shares = {(offer["region"], offer["share"]) for offer in lawful(scenario)}
    assert ("europe-west3", 100) in shares
    assert ("europe-west9", 100) not in shares
    assert ("europe-west9", 0) in shares


@pytest.mark.parametrize(("kind", "spot"), [("critical", {0}), ("mixed", {0, 50, 100})])
def test_a_parameter_switches_a_constraint_on(kind: str, spot: set[int]) -> None:
    rule = {"subject": "share", "at_most": 0, "when": {"subject": "kind", "equals": "critical"}}
    data = changed("parameters.kind", kind)
    del data["constraints"][0]["in"]
    data["constraints"][0] |= rule

    assert {offer["share"] for offer in lawful(compiled(data))} == spot


def test_limits_are_inclusive() -> None:
    assert {offer["share"] for offer in lawful(with_rule(subject="share", at_most=50))} == {0, 50}
    assert {offer["share"] for offer in lawful(with_rule(subject="share", at_least=50))} == {
        50,
        100,
    }


def test_a_constraint_says_its_limit_with_the_unit() -> None:
    (constraint,) = with_rule(subject="share", at_most=50).table.constraints

    assert constraint.limit == "50 %"
    assert constraint.margin is not None
    assert constraint.margin.limit == 50
    assert (constraint.author, constraint.citation) == ("A data protection officer", "Policy DP-4")


def test_an_unknown_figure_is_worth_nothing_to_a_seat() -> None:
    scenario = with_rule(subject="share", at_most=100)
    speed = run(scenario, seed=1).session.outlooks["speed"]
    row = scenario.table.row_of(scenario.table.space.index_of(PARIS))

    assert row is not None
    assert speed.figure("round_trip", row) is None
    assert speed.contribution(speed.seat.preferences.objectives[0], row) == 0.0


def test_a_value_may_be_stated_for_options_outside_the_catalogue() -> None:
    data = changed("issues.0.options.2", "none")
    data["lookups"][0]["instead"] = {"none": 0}
    data["lookups"][1]["instead"] = {"none": "DEU"}
    data["lookups"][2]["instead"] = {"none": "unknown"}

    found = values({"region": "none", "machine": "t2d-standard-8", "share": 0}, data)

    assert (found["price"], found["country"], found["round_trip"]) == (0.0, "DEU", None)


def test_a_seat_without_a_belief_holds_what_everybody_may_assume() -> None:
    data = changed("seats.0.beliefs", {})

    belief = compiled(data).table.seat["cost"].beliefs["load"]

    assert (belief.mean, belief.sd) == (50, 10)


def test_age_is_counted_from_the_newest_observation() -> None:
    data = changed("facts.0.drift_per_day", 1)
    data["facts"].append({"name": "other", "label": "Other", "nominal": 1})
    data["seats"][0]["knows"] = {
        "other": SMALL["seats"][1]["knows"]["load"] | {"observed_on": "2026-07-11"}
    }

    assert compiled(data).table.seat["speed"].knows["load"].age_days == 10


def test_figures_behind_an_offer_keep_source_licence_and_date() -> None:
    price, country, trip = compiled().figures_read(PARIS)

    assert price.date == "2026-07-30"
    assert price.licence == "Apache-2.0"
    assert country.value == "FRA"
    assert trip.value is None


def test_people_read_labels() -> None:
    words = compiled().words

    assert words.value("region", "europe-west1") == "Belgium"
    assert words.value("machine", "e2-standard-8") == "e2-standard-8"
    assert words.value("country", "BEL") == "Belgium", "the catalogue has a word for its code"
    assert words.label("monthly_cost") == "Monthly cost"
    assert words.label("round_trip") == "Round trip to Frankfurt"
    assert words.unit("round_trip") == "ms"


def test_today_is_in_the_order_of_the_issues() -> None:
    data = changed("today", dict(reversed(SMALL["today"].items())))

    assert list(compiled(data).today or {}) == ["region", "machine", "share"]


def test_an_unknown_loss_sends_the_decision_to_a_person() -> None:
    data = changed("measures.1.formula", "round_trip")
    data["policy"]["risk"]["dimensions"][0]["loss"] = "strain"
    del data["constraints"][0]
    scenario = compiled(data)
    finished = run(scenario, seed=1)

    judgement = scenario.judge(PARIS, finished.summary, finished.facts)

    assert judgement.risk is None
    assert judgement.route == "review"
    assert "risk" in {finding.rule for finding in judgement.findings}


def test_the_loss_is_held_against_the_tolerance() -> None:
    scenario = compiled()
    finished = run(scenario, seed=1)
    assert finished.summary.agreement is not None

    inputs = scenario.risk_inputs(FRANKFURT, finished.summary, finished.facts, HISTORY)

    assert inputs.severity["cost"] == pytest.approx(0.345342 * 730 * 0.75 / 1000)
    assert (inputs.reports, inputs.bad, inputs.novelty) == (40, 1, 0.3)
    assert math.isclose(inputs.reversibility, 0.25)
