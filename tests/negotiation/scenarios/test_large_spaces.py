"""A document whose options give more offers than can be listed is looked at through a pool."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from negotiation.engine.analysis import summarise
from negotiation.engine.messages import Offer
from negotiation.engine.session import Session
from negotiation.engine.space import NotInSpace, OutcomeSpace
from negotiation.scenarios.compilers import compile_scenario
from negotiation.scenarios.loaders import from_data
from tests.negotiation.scenarios.small import SMALL

EXTRA = 8


def large(options: int = 10) -> dict[str, Any]:
    """The small document with eight more issues, on which the seats want different things."""
    data = deepcopy(SMALL)
    for number in range(EXTRA):
        name = f"extra{number}"
        data["issues"].append({"name": name, "label": name, "options": list(range(options))})
        data["today"][name] = 0
        for place, seat in enumerate(data["seats"]):
            rising = {"worst": 0, "best": options - 1}
            falling = {"worst": options - 1, "best": 0}
            value = rising if (number + place) % 3 else falling
            seat["objectives"].append({"subject": name, "weight": 1 + number, "value": value})
    return data


def test_it_is_negotiated_to_a_good_agreement_that_keeps_the_rules() -> None:
    scenario = compile_scenario(from_data(large(), source="large.yaml"))
    assert scenario.table.space.size == 18 * 10**EXTRA
    assert scenario.table.space.count < 100_000

    session = Session(scenario.table, seed=1)
    while (message := session.next()) is not None:
        session.apply(message)

    summary = summarise(session)
    assert summary.agreement is not None
    assert summary.pareto
    assert summary.nash_ratio is not None
    assert summary.nash_ratio > 0.9
    assert summary.agreement["region"] in {"europe-west3", "europe-west1"}
    assert scenario.values(summary.agreement, scenario.facts_used(session.messages))["monthly_cost"]


def test_what_is_in_place_today_is_always_looked_at() -> None:
    scenario = compile_scenario(from_data(large(), source="large.yaml"))
    assert scenario.today is not None
    scenario.table.space.index_of(scenario.today)


def stranger_of(space: OutcomeSpace) -> Offer:
    """An offer of the space that its pool left out."""
    numbered = [space.offer_at(number) for number in range(space.count)]
    return next(
        other
        for offer in numbered
        for option in range(10)
        if (other := offer | {"extra0": option}) not in numbered
    )


def test_an_offer_outside_the_pool_says_why_it_is_refused() -> None:
    space = compile_scenario(from_data(large(), source="large.yaml")).table.space
    with pytest.raises(NotInSpace, match="1,800,000,000 offers, of which"):
        space.index_of(stranger_of(space))


def test_an_offer_outside_the_pool_can_be_held_against_the_rules() -> None:
    scenario = compile_scenario(from_data(large(), source="large.yaml"))
    offer = stranger_of(scenario.table.space) | {"region": "europe-west9"}
    rules = scenario.looking_at(offer)
    (finding,) = rules.broken(offer, scenario.facts_used([]))
    assert finding.rule == "residency"
    assert rules.values(offer, scenario.facts_used([]))["extra0"] == offer["extra0"]
    with pytest.raises(NotInSpace, match="not an option of region"):
        scenario.looking_at(offer | {"region": "nowhere"})
