"""The facts with which an agreement is judged are those that everybody was told."""

from __future__ import annotations

from typing import Any

import pytest

from negotiation.engine.messages import Act, Evidence, Message, Offer
from negotiation.scenarios.compilers import CompiledScenario, compile_scenario
from negotiation.scenarios.loaders import from_data
from negotiation.scenarios.readings import FactsUsed, FactUsed
from negotiation.scenarios.runs import run
from tests.negotiation.scenarios.small import SMALL, changed

ALL_SPOT: Offer = {"region": "europe-west3", "machine": "e2-standard-8", "share": 100}
MOST_STRAIN = {
    "name": "calm",
    "text": "The strain is at most 60 %",
    "author": "Head of operations",
    "citation": "Operations handbook",
    "subject": "strain",
    "at_most": 60,
}


def compiled(data: Any = SMALL) -> CompiledScenario:
    return compile_scenario(from_data(data, source="small"))


def told(mean: float, sd: float = 2, *, to: tuple[str, ...] = (), act: Act = Act.INFORM) -> Message:
    claim = Evidence(
        fact="load",
        mean=mean,
        sd=sd,
        source=f"Monitoring says {mean}",
        root=str(mean),
        kind="measured",
        observed_on="2026-07-01",
    )
    return Message(seq=1, round=1, sender="speed", act=act, text="", recipients=to, evidence=claim)


def load(*messages: Message) -> FactUsed:
    (fact,) = compiled().facts_used(messages).facts
    return fact


def test_what_everybody_was_told_is_used() -> None:
    fact = load(told(80))

    assert (fact.value, fact.sd, fact.unit) == (80, 2, "%")
    assert (fact.source, fact.date, fact.kind) == ("Monitoring says 80", "2026-07-01", "measured")


def test_without_a_word_about_it_the_nominal_figure_is_used_and_called_assumed() -> None:
    fact = load()

    assert (fact.value, fact.sd, fact.source) == (50, 10, "assumed in the scenario")


@pytest.mark.parametrize("message", [told(80, to=("cost",)), told(80, act=Act.CHALLENGE)])
def test_what_one_seat_was_told_or_nobody_answered_for_stays_out(message: Message) -> None:
    assert load(message).value == 50


def test_the_most_exact_of_several_is_used_whatever_the_order() -> None:
    rough, exact = told(80, sd=5), told(70, sd=1)

    assert load(rough, exact).value == load(exact, rough).value == 70


def test_measures_and_losses_are_computed_at_the_facts_used() -> None:
    data = changed("policy.risk.dimensions.0.loss", "strain")
    data["policy"]["risk"]["dimensions"][0]["tolerance"] = 100
    scenario = compiled(data)
    facts = scenario.facts_used([told(80)])
    summary = run(scenario, seed=1).summary

    assert scenario.values(ALL_SPOT, facts)["strain"] == pytest.approx(80)
    assert scenario.effects(ALL_SPOT, facts)["strain"]["value"] == pytest.approx(80)
    assert scenario.judge(ALL_SPOT, summary, facts).risk is not None
    assert "80 % of what is tolerated" in str(scenario.judge(ALL_SPOT, summary, facts).risk)


def test_facts_are_the_same_after_a_trip_through_a_package() -> None:
    facts = compiled().facts_used([told(80)])

    assert FactsUsed.from_dicts(facts.to_dicts()) == facts


def test_an_agreement_that_turns_out_to_break_a_hard_rule_is_refused_and_the_rule_named() -> None:
    scenario = compiled(changed("constraints", [*SMALL["constraints"], MOST_STRAIN]))
    summary = run(scenario, seed=1).summary

    judgement = scenario.judge(ALL_SPOT, summary, scenario.facts_used([told(80)]))

    assert judgement.route == "refuse"
    finding = judgement.findings[0]
    assert (finding.rule, finding.measured, finding.limit, finding.unit) == ("calm", 80, 60, "%")
    assert "The strain is at most 60 %" in finding.text


def test_an_agreement_that_keeps_its_hard_rules_has_no_such_finding() -> None:
    scenario = compiled(changed("constraints", [*SMALL["constraints"], MOST_STRAIN]))
    summary = run(scenario, seed=1).summary

    judgement = scenario.judge(ALL_SPOT, summary, scenario.facts_used([told(55)]))

    assert {finding.rule for finding in judgement.findings}.isdisjoint({"calm", "residency"})
    assert judgement.route == "review"
