"""The shipped scenarios are worth watching, and end as they say."""

from __future__ import annotations

import pytest

from negotiation.engine.messages import Act
from negotiation.scenarios.compilers import CompiledScenario, compile_scenario
from negotiation.scenarios.loaders import from_data, load_named, shipped
from negotiation.scenarios.runs import Run, run

EUROPEAN_UNION = {"DEU", "BEL", "NLD", "FIN", "SWE", "FRA", "ESP", "ITA", "POL"}


def scenario(name: str, **parameters: float | str) -> CompiledScenario:
    data = load_named(name).model_dump(mode="json")
    data["parameters"] |= parameters
    return compile_scenario(from_data(data, source=name))


@pytest.fixture(scope="module")
def placement() -> Run:
    return run(scenario("cloud-placement"), seed=1)


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_agreement_is_on_the_frontier_and_above_every_limit(name: str, seed: int) -> None:
    summary = run(scenario(name), seed=seed).summary

    assert summary.agreement is not None
    assert summary.pareto
    assert summary.nash_ratio is not None
    assert summary.nash_ratio > 0.9
    for seat, utility in summary.utilities.items():
        assert utility >= summary.reservations[seat]


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_is_confident_enough_and_paced(name: str) -> None:
    finished = run(scenario(name), seed=1)

    assert finished.summary.confidence is not None
    assert finished.summary.confidence >= finished.scenario.policy.minimum_confidence
    assert 1.5 <= finished.scenario.pace <= 2.5
    assert (finished.scenario.executor.kind, finished.scenario.executor.target) == (
        "webhook",
        "demo",
    )


def test_the_placement_goes_to_a_person_for_its_commitment_or_new_country(placement: Run) -> None:
    assert placement.judgement is not None
    rules = {finding.rule for finding in placement.judgement.findings}

    assert placement.judgement.route == "review"
    assert rules & {"long-commitment", "new-country"}


def test_the_placement_reads_in_a_dozen_messages_or_so(placement: Run) -> None:
    assert 12 <= len(placement.session.messages) <= 22


def test_the_seats_begin_from_different_offers(placement: Run) -> None:
    first = {
        message.sender: tuple((message.offer or {}).values())
        for message in placement.session.messages
        if message.act is Act.PROPOSE
    }

    assert len(first) == 5
    assert len(set(first.values())) == 5


def test_an_answer_changes_what_is_agreed(placement: Run) -> None:
    asked = {message.question.fact for message in placement.session.messages if message.question}
    data = load_named("cloud-placement").model_dump(mode="json")
    for fact in data["facts"]:
        fact["disclosure"] = "never"
    silent = run(compile_scenario(from_data(data, source="silent")), seed=1)

    assert asked
    assert not any(message.question for message in silent.session.messages)
    assert silent.summary.agreement != placement.summary.agreement


def test_the_batch_is_small_enough_to_be_decided_without_a_person() -> None:
    finished = run(scenario("batch-placement"), seed=1)

    assert finished.judgement is not None
    assert finished.judgement.route == "auto"
    assert finished.judgement.findings == ()
    assert finished.judgement.risk is not None
    assert finished.judgement.risk.score < 35


def test_data_residency_leaves_european_regions_only() -> None:
    compiled = scenario("cloud-placement")
    space = compiled.table.space
    offers = [space.offer_at(int(index)) for index in compiled.table.lawful]
    regions = {str(offer["region"]) for offer in offers}
    standbys = {str(offer["failover_region"]) for offer in offers}

    assert not {"europe-west2", "europe-west6", "us-central1"} & (regions | standbys)
    # Their round trip was never measured, and a hard limit is set on it.
    assert not {"europe-west9", "europe-north2", "europe-west10"} & regions
    assert {"europe-west9", "europe-north2", "europe-west10"} <= standbys
    assert all(offer["region"] != offer["failover_region"] for offer in offers)


def test_a_latency_critical_service_gets_no_spot() -> None:
    critical = scenario("cloud-placement", service_class="latency_critical")
    mixed = scenario("cloud-placement")

    def shares(compiled: CompiledScenario) -> set[object]:
        space = compiled.table.space
        return {space.offer_at(int(index))["spot_share"] for index in compiled.table.lawful}

    assert shares(critical) == {0}
    assert shares(mixed) == {0, 25, 50, 75, 100}


def test_a_budget_that_nothing_meets_names_the_budget() -> None:
    finished = run(scenario("cloud-placement", budget=100), seed=1)

    assert finished.failure is not None
    assert "budget" in {conflict.name for conflict in finished.failure.conflicts}


@pytest.mark.parametrize("name", shipped())
def test_today_is_an_offer_of_the_space(name: str) -> None:
    compiled = scenario(name)

    assert compiled.today is not None
    assert compiled.table.space.index_of(compiled.today) >= 0


@pytest.mark.parametrize("name", shipped())
def test_every_rule_has_an_author_and_a_ground(name: str) -> None:
    for constraint in scenario(name).table.constraints:
        assert constraint.author
        assert constraint.citation
