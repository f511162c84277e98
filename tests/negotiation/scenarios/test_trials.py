"""Offers that the seats did not agree on, tried out: as they would look if a person decided so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from negotiation.engine.analysis import summarise
from negotiation.engine.endings import Agreement
from negotiation.engine.messages import Act, Message
from negotiation.engine.requirements import Requirement
from negotiation.engine.table import BreaksConstraint
from negotiation.scenarios.amendments import Case
from negotiation.scenarios.prospects import Asked, Prospect, decided_at
from negotiation.scenarios.trials import Trial, try_out
from tests.negotiation.scenarios.cases import (
    NOW,
    case_of,
    document,
    found_in,
    judged,
    spot_gate,
)
from tests.negotiation.scenarios.test_large_spaces import large


def outside(case: Case) -> dict[str, Any]:
    """A lawful offer near the agreed one that the pool left out."""
    space = case.scenario.table.space
    for name in (issue.name for issue in space.issues if issue.name.startswith("extra")):
        for option in space.issue(name).options:
            offer = case.offer | {name: option}
            if not space.holds(offer):
                return offer
    raise AssertionError("the pool holds every neighbour")


def test_what_a_person_decides_may_be_outside_the_pool() -> None:
    case = case_of(large())
    offer = outside(case)
    summary = decided_at(case.scenario, case.session, offer)
    assert (summary.agreement, summary.by) == (offer, "person")
    assert summary.lawful_size == case.summary.lawful_size
    rules = case.scenario.looking_at(offer)
    assert rules.judge(offer, summary, case.facts, case.history).route == "review"
    inside = decided_at(case.scenario, case.session, case.offer)
    assert inside.utilities == case.summary.utilities
    with pytest.raises(BreaksConstraint):
        decided_at(case.scenario, case.session, offer | {"region": "europe-west9"})


def trial_of(case: Case, offer: Any) -> Trial:
    return try_out(
        case.scenario,
        case.session,
        offer,
        facts=case.facts,
        known=lambda _rules, _seats: case.history,
        now=NOW,
    )


def test_an_offer_tried_out_is_what_deciding_on_it_would_be() -> None:
    case = case_of(document())
    for row in range(0, len(case.scenario.table.lawful), 5):
        offer = case.scenario.table.offer(row)
        trial, summary = trial_of(case, offer), decided_at(case.scenario, case.session, offer)
        assert trial.lawful
        assert trial.seats.utilities == pytest.approx(summary.utilities)
        assert trial.seats.surplus == pytest.approx(summary.surplus)
        assert trial.seats.below == summary.below
        judgement = case.scenario.judge(offer, summary, case.facts, case.history, NOW)
        assert trial.judgement.to_dict() == judgement.to_dict()


def test_an_unlawful_offer_tried_out_says_which_rule_it_breaks() -> None:
    case = case_of(document())
    trial = trial_of(case, case.offer | {"region": "europe-west9"})
    assert not trial.lawful
    assert [rule.name for rule, kept in trial.rules if not kept] == ["residency"]
    assert trial.judgement.route == "refuse"
    assert set(trial.seats.utilities) == {"cost", "speed"}


@pytest.mark.parametrize(
    ("condition", "idle"),
    [
        ({"subject": "backup", "equals": "disk"}, {"only-then"}),
        ({"subject": "backup", "equals": "tape"}, set()),
        # What is unknown counts as met.
        ({"subject": "odd", "at_least": 1}, set()),
    ],
)
def test_a_rule_whose_condition_is_not_met_does_not_apply(
    condition: dict[str, Any], idle: set[str]
) -> None:
    rule = {"name": "only-then", "text": "Only then", "author": "A test", "citation": "Order 7"}
    data = document()
    data["constraints"].append(rule | {"subject": "share", "at_most": 100, "when": condition})
    case = case_of(data)
    trial = trial_of(case, case.offer | {"backup": "tape", "term": 36})
    assert trial.idle == idle
    assert [kept for rule, kept in trial.rules if rule.name == "only-then"] == [True]


def test_what_a_person_asked_of_the_table_is_kept_by_every_amendment() -> None:
    data = document(gates=[spot_gate()], review_from=89)
    first = case_of(data)
    found = found_in(first)
    assert found is not None
    assert found.offer["share"] == 0
    asked = Message(
        seq=len(first.session.messages) + 1,
        round=first.session.round,
        sender="person:manager",
        act=Act.INTERVENE,
        text="Some of it on spot",
        requirements=(Requirement(subject="share", test="at_least", limit=50),),
        decided_by="human",
    )
    first.session.apply(asked)
    while (message := first.session.next()) is not None:
        first.session.apply(message)
    assert isinstance(first.session.ending, Agreement)
    again = replace(first, offer=first.session.ending.offer, summary=summarise(first.session))
    assert judged(again).route == "review"
    assert found_in(again) is None, "what would need nobody is not what the person asked for"
    kept = [kept for _, kept in trial_of(again, again.offer | {"share": 0}).rules]
    assert kept == [True, False]


def test_a_requirement_holds_near_an_agreement_in_a_pool_too() -> None:
    data = large()
    gate = {"name": "extra", "text": "Extra", "subject": "extra0", "above": 0}
    data["policy"] |= {"review_from": 89, "gates": [gate]}
    case = case_of(data)
    asked = Requirement(subject="extra0", test="at_least", limit=1)
    prospect = replace(
        Prospect.of(case.scenario, case.session), asked=(Asked(asked, "manager", {}),)
    )
    offers = prospect.around(case.offer)
    places = offers.table.places("extra0")
    assert len(places) > 10_000
    assert places.min() == 1
