"""The smallest amendment is what trying every lawful offer through the judge finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from negotiation.engine.analysis import summarise_at
from negotiation.scenarios.amendments import Case, possible
from negotiation.scenarios.compilers import compile_scenario
from negotiation.scenarios.estimates import AUTOMATIC, Estimates, burden
from negotiation.scenarios.judgements import History
from negotiation.scenarios.loaders import load_named
from negotiation.scenarios.prospects import Prospect
from tests.negotiation.scenarios.cases import (
    NOW,
    case_of,
    document,
    found_in,
    judged,
    spot_gate,
)
from tests.negotiation.scenarios.test_large_spaces import large


def tried(case: Case) -> tuple[int, int, dict[str, Any]] | None:
    """Burden, seats below their limits and offer of the best, by asking the judge about all."""
    present, agreed = burden(case.scenario, judged(case)), case.summary.utilities
    keys = []
    for row in range(len(case.scenario.table.lawful)):
        offer = case.scenario.table.offer(row)
        if offer == case.offer:
            continue
        summary = summarise_at(case.session, offer)
        summary = replace(summary, by="person" if summary.below else "consent")
        judgement = case.scenario.judge(offer, summary, case.facts, case.history, case.now)
        asked = burden(case.scenario, judgement)
        if asked >= present:
            continue
        taken = [agreed[seat] - summary.utilities[seat] for seat in agreed]
        changed = sum(offer[issue] != case.offer[issue] for issue in offer)
        price = (changed, round(float(np.sum(taken)), 9), round(max(taken), 9), row)
        keys.append((len(summary.below) > 0, asked, price, len(summary.below), offer))
    if not keys:
        return None
    _, asked, _, below, offer = min(keys, key=lambda key: key[:3])
    return asked, below, offer


GATES: list[dict[str, Any]] = [
    {"subject": "share", "above": 50},
    {"subject": "share", "at_least": 50, "people": 2},
    {"subject": "term", "at_least": 12, "people": 3},
    {"subject": "backup", "not_in": ["disk"]},
    {"subject": "backup", "not_in": ["tape", "disk"], "people": 2},
    {"subject": "country", "not_in": ["DEU"]},
    {"subject": "monthly_cost", "below": 200},
    {"subject": "strain", "above": 20},
    {"subject": "odd", "above": 0},
    {"subject": "hours", "at_least": 730},
    {"subject": "term", "not_in": [12, 36]},
]
gates = st.lists(
    st.sampled_from(GATES),
    max_size=4,
).map(
    lambda chosen: [
        {"name": f"gate-{number}", "text": "A gate", **gate} for number, gate in enumerate(chosen)
    ]
)
tiers = st.sampled_from(
    [
        [{"from": 0, "people": 1}],
        [{"from": 0, "people": 1}, {"from": 45, "people": 2}],
        [{"from": 0, "people": 2}, {"from": 40, "people": 2, "seniors": 1}],
        [{"from": 0}, {"from": 30, "people": 2}, {"from": 50, "people": 2, "seniors": 1}],
    ]
)
risks = st.fixed_dictionaries(
    {
        "dimensions": st.sampled_from(
            [
                [{"name": "cost", "label": "cost", "loss": "monthly_cost", "tolerance": 1000}],
                [{"name": "bound", "label": "bound", "loss": "bound", "tolerance": 9000}],
                [
                    {"name": "cost", "label": "cost", "loss": "monthly_cost", "tolerance": 400},
                    {"name": "odd", "label": "odd", "loss": "odd", "tolerance": 1},
                ],
            ]
        ),
        "affected": st.sampled_from([1, "share"]),
        "population": st.sampled_from([10, 100, "hours"]),
        "reversibility": st.sampled_from(
            [0.25, 1, {"by": "backup", "levels": {"none": 1, "tape": 0.5, "disk": 0}}]
        ),
    }
)
policies = st.fixed_dictionaries(
    {
        "gates": gates,
        "tiers": tiers,
        "risk": risks,
        "review_from": st.sampled_from([0, 20, 35, 45]),
        "refuse_from": st.sampled_from([46, 55, 90]),
        "minimum_confidence": st.sampled_from([0, 0.5, 0.9999]),
    }
)
histories = st.builds(
    History,
    reports=st.just(40),
    bad=st.integers(0, 5),
    novelty=st.sampled_from([0.0, 0.4, 1.0]),
    calibrated_reports=st.sampled_from([0, 300]),
    lost=st.sampled_from([{}, {"cost": 100.0}]),
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    policy=policies,
    history=histories,
    limits=st.tuples(st.sampled_from([0.2, 0.4, 0.5]), st.sampled_from([0.2, 0.4, 0.5])),
)
def test_it_is_what_asking_the_judge_about_every_offer_finds(
    policy: dict[str, Any], history: History, limits: tuple[float, float]
) -> None:
    data = document(**policy, resolution=["vote"])
    for seat, limit in zip(data["seats"], limits, strict=True):
        seat["reservation"] = limit
    case = case_of(data, history=history)
    expected, found = tried(case), found_in(case)
    if expected is None or found is None:
        assert (expected, found) == (None, None)
        return
    asked, below, offer = expected
    assert found.offer == offer
    assert len(found.below) == below
    assert (found.route == "auto") == (asked == AUTOMATIC)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(policy=policies, history=histories)
def test_what_is_estimated_for_all_is_what_the_judge_says_of_each(
    policy: dict[str, Any], history: History
) -> None:
    case = case_of(document(**policy), history=history)
    prospect = Prospect.of(case.scenario, case.session)
    rows = np.arange(len(case.scenario.table.lawful))
    estimated = Estimates(prospect, case.facts, history).burdens(rows).tolist()
    for row in rows.tolist():
        expected, offer = prospect.expected(row), case.scenario.table.offer(row)
        judgement = case.scenario.judge(offer, expected, case.facts, history)
        assert estimated[row] == burden(case.scenario, judgement), offer


def test_the_fewest_issues_are_changed() -> None:
    case = case_of(document(gates=[spot_gate()], review_from=89))
    assert judged(case).route == "review"
    found = found_in(case)
    assert found is not None
    assert (found.route, found.changed, found.people, found.rules) == ("auto", ("share",), 0, ())
    assert found.offer == case.offer | {"share": 0}
    assert found.moves["cost"] < 0
    assert found.score is not None


def test_where_nothing_is_automatic_fewer_people_are_better_than_more() -> None:
    case = case_of(document(gates=[spot_gate(people=3)], review_from=0))
    found = found_in(case)
    assert found is not None
    assert (found.route, found.people, found.changed) == ("review", 1, ("share",))
    assert found.rules == ("risk",)


def test_what_is_refused_is_brought_to_people() -> None:
    case = case_of(document(review_from=0, refuse_from=48))
    assert judged(case).route == "refuse"
    found = found_in(case)
    assert found is not None
    assert found.route == "review"


def test_nothing_is_smaller_than_what_needs_nobody() -> None:
    case = case_of(document(gates=[], review_from=89))
    assert judged(case).route == "auto"
    assert found_in(case) is None


def test_where_no_offer_above_every_limit_helps_it_says_whose_limit_it_is_below() -> None:
    backup = {"name": "backup", "text": "A backup", "subject": "backup", "not_in": ["disk"]}
    data = document(gates=[backup | {"people": 2}], review_from=0)
    data["seats"][0]["reservation"] = 0.72
    case = case_of(data)
    expected, found = tried(case), found_in(case)
    assert expected is not None
    assert found is not None
    assert found.offer == expected[2]
    assert found.below
    assert "imposed" in found.rules, "a person would decide it, so it is never automatic"


def test_a_freeze_leaves_nothing_that_needs_nobody() -> None:
    freeze = {"name": "sale", "text": "The sale", "begins": "2026-08-31T00:00:00Z"}
    data = document(
        gates=[spot_gate()],
        review_from=89,
        freezes=[freeze | {"ends": "2026-09-02T00:00:00Z"}],
    )
    assert found_in(case_of(data, now=NOW)) is None
    later = found_in(case_of(data, now=NOW + timedelta(days=2)))
    assert later is not None
    assert later.route == "auto"


def test_the_neighbours_of_the_frontier_are_judged_too() -> None:
    case = case_of(document(review_from=0))
    stored = possible(case, judged(case))
    assert [each["offer"] for each in stored["neighbours"]] == [
        other.offer for other in case.summary.alternatives
    ]
    assert stored["neighbours"]
    for each in stored["neighbours"]:
        assert each["changed"]
        assert each["route"] in {"auto", "review", "refuse"}


def test_near_an_agreement_in_a_pool_all_offers_are_looked_at() -> None:
    data = large()
    data["policy"] |= {
        "review_from": 89,
        "gates": [{"name": "extra", "text": "Extra", "subject": "extra0", "above": 0}],
    }
    case = case_of(data)
    if case.offer["extra0"] == 0:
        data["policy"]["gates"][0] |= {"above": None, "below": 1}
        case = case_of(data)
    found = found_in(case)
    assert found is not None
    assert found.changed == ("extra0",)
    assert found.route == "auto"
    assert not found.below


@pytest.mark.parametrize("name", ["cloud-placement"])
def test_the_shipped_scenario_takes_a_fraction_of_a_second(name: str) -> None:
    scenario = compile_scenario(load_named(name))
    data = scenario.document.model_dump(mode="json", by_alias=True)
    case = case_of(data)
    found = found_in(case)
    assert found is not None
    assert burden(case.scenario, judged(case)) > found.people * 100 + found.seniors
