"""Names that refer to nothing, and parts that do not fit together."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from negotiation.engine.session import Session
from negotiation.scenarios.compilers import compile_scenario
from negotiation.scenarios.loaders import from_data
from tests.negotiation.scenarios.small import SMALL, changed, refusal

DAY, DAY_AFTER = "2026-12-24T00:00:00+00:00", "2026-12-25T00:00:00+00:00"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        # names
        ("facts.0.name", "region", "issues[0].name: the name 'region' is there twice"),
        ("parameters.min", 1, "parameters.min: the name 'min' is taken by Parley itself"),
        ("parameters.lambda", 1, "the name 'lambda' is taken"),
        ("measures.1.name", "confidence", "the name 'confidence' is taken"),
        ("seats.1.name", "cost", "seats[1].name: the name 'cost' is there twice"),
        ("seats.1.name", "mediator", "the name 'mediator' is taken"),
        # the world
        ("catalogue", "gcp_placemnt", "catalogue: there is no catalogue 'gcp_placemnt'; did you"),
        ("catalogue", None, "lookups[0]: a lookup needs a catalogue"),
        ("lookups.0.table", "price", "lookups[0].table: there is no table 'price'; did you mean"),
        ("lookups.0.column", "on_demand", "there is no column 'on_demand'; did you mean 'on_dema"),
        ("lookups.0.keys", {"region": "region"}, "the table 'prices' has other keys; give region"),
        ("lookups.0.keys.region", "regoin", "there is no issue 'regoin'; did you mean 'region'?"),
        ("issues.0.options.2", "europe-west33", "the option 'europe-west33' of 'region' is no row"),
        ("lookups.1.instead", {"nowhere": "DEU"}, "there is no option 'nowhere'"),
        ("lookups.2.instead", {"europe-west9": "far"}, "'far' is no number; write a number."),
        ("issues.2.options", [0, 50, 50], "issues[2].options: the option '50' is there twice"),
        ("issues.2.options", [0, "50"], "the options are numbers and texts"),
        ("measures.0.formula", "prise * 2", "measures[0].formula: unknown name 'prise'; did you"),
        ("measures.0.formula", "strain * 2", "measures[0].formula: unknown name 'strain'"),
        ("measures.0.formula", "country * 2", "'country' is a text; no arithmetic"),
        ("measures.0.formula", "allowed * 2", "unknown name 'allowed'"),
        ("today.share", 25, "today.share: '25' is no option of 'share'"),
        ("today", {"region": "europe-west3"}, "today: the issue 'machine' is missing"),
        ("today.colour", "red", "today.colour: there is no issue 'colour'"),
        # rules
        ("constraints.0.subject", "land", "constraints[0].subject: unknown subject 'land'"),
        ("constraints.0.subject", "load", "'load' is a fact; a rule is about what an offer dec"),
        ("constraints.0.in", "alowed", "'alowed' is no parameter with a list; did you mean 'all"),
        ("constraints.0.in", [1], "'1' is no text; 'country' is a text."),
        ("constraints.0.when", {"subject": "kin", "equals": "x"}, "unknown subject 'kin'; did you"),
        ("constraints.0.when", {"subject": "country", "at_most": 3}, "is a text and has no order"),
        ("constraints.0.when", {"subject": "region", "equals": "berlin"}, "'berlin' is no option"),
        ("constraints.0.when", {"subject": "share", "not_in": [0, 7]}, "'7' is no option of 'shar"),
        ("constraints.0.when", {"subject": "share", "at_most": "kind"}, "no parameter with a num"),
        ("constraints.0.when", {"subject": "region", "differs_from": "share"}, "compared with a n"),
        ("constraints.0.when", {"subject": "region", "differs_from": "x"}, "unknown subject 'x'"),
        ("policy.gates.0.subject", "spot", "policy.gates[0].subject: unknown subject 'spot'"),
        ("policy.gates.0.subject", "region", "'region' is a text and has no order; use in or not"),
        ("policy.resolution", ["ask", "vote"], "nothing can follow 'ask' but 'status_quo'; put it"),
        ("policy.resolution", ["status_quo", "ask"], "nothing can follow 'status_quo'; put it"),
        ("policy.resolution", ["vote", "vote"], "policy.resolution[1]: 'vote' stands there twice"),
        ("policy.resolution", ["precedence"], "policy.precedence: is empty; name the seats"),
        ("policy.precedence", ["cots"], "policy.precedence[0]: unknown seat 'cots'; did you mean"),
        ("policy.refuse_from", 20, "policy.refuse_from: 20 is not above review_from (35)"),
        ("policy.tiers", [{"from": 10}], "policy.tiers[0].from: 10 leaves out lower scores"),
        ("policy.tiers", [{}, {"from": 60}, {"from": 60}], "60 is not above the tier before (60)"),
        (
            "policy.freezes",
            [{"name": "x", "text": "X", "begins": DAY_AFTER, "ends": DAY}],
            f"policy.freezes[0].ends: {DAY} is not after its begin",
        ),
        (
            "policy.freezes",
            [{"name": "x", "text": "X", "begins": "0001-01-01T00:00+14:00", "ends": DAY}],
            "is out of the calendar; write another year",
        ),
        ("policy.risk.dimensions.0.loss", "cots", "unknown measure 'cots'"),
        ("policy.risk.affected", "region", "policy.risk.affected: unknown number 'region'"),
        ("policy.risk.reversibility", {"by": "x", "levels": {"a": 1}}, "there is no issue 'x'"),
        (
            "policy.risk.reversibility",
            {"by": "machine", "levels": {"e2-standard-8": 1}},
            "policy.risk.reversibility.levels: the option 't2d-standard-8' is missing",
        ),
        # seats
        ("seats.0.objectives.0.subject", "hours", "unknown measure or issue 'hours'"),
        ("seats.0.objectives.0.subject", "load", "unknown measure or issue 'load'"),
        ("seats.0.objectives.0.subject", "country", "the values of 'country' are texts; use the"),
        ("seats.0.objectives.0.subject", "machine", "are texts; give an issue a table"),
        ("seats.0.objectives.0.value", {"table": {"a": 1}}, "'monthly_cost' is no issue"),
        ("seats.1.objectives.2.value.table", {"e2-standard-8": 1}, "'t2d-standard-8' is missing"),
        ("seats.1.objectives.1.value.points", [[0, 1], [0, 0]], "0 does not come after 0; order"),
        ("seats.1.objectives.1.value.points", [[0, 2], [1, 0]], "this is no point; write [figure"),
        ("seats.1.objectives.1.subject", "round_trip", "two objectives on 'round_trip'; join"),
        ("seats.0.beliefs", {"laod": {"mean": 1, "sd": 1}}, "unknown fact 'laod'; did you mean"),
        ("seats.1.beliefs", {"load": {"mean": 1, "sd": 1}}, "'speed' believes and knows 'load'"),
        ("protocol", {"dissent": 2}, "protocol.dissent: 2 of 2 seats could be overruled"),
    ],
)
def test_what_does_not_fit_together_is_refused(path: str, value: Any, said: str) -> None:
    assert said in refusal(changed(path, value))


def test_alternating_offers_need_everybodys_consent() -> None:
    data = changed("protocol", {"kind": "alternating", "dissent": 1})

    assert refusal(data) == (
        "protocol.dissent: alternating offers need everybody's consent; write 0, or use mediated."
    )


def test_more_than_two_seats_may_offer_in_turn() -> None:
    data = changed("protocol", {"kind": "alternating", "rounds": 200})
    data["seats"].append(deepcopy(SMALL["seats"][0]) | {"name": "third"})

    session = Session(compile_scenario(from_data(data, source="small.yaml")).table, seed=1)
    session.run()

    assert {"cost", "speed", "third"} <= {move.sender for move in session.moves}


def test_a_ninth_seat_is_refused() -> None:
    data = deepcopy(SMALL)
    data["seats"] = [data["seats"][0] | {"name": f"seat-{number}"} for number in range(9)]

    assert refusal(data) == "seats: there are too many entries; give at most 8."


def test_a_document_of_before_the_tiers_is_read_with_its_window_in_the_first() -> None:
    stated = deepcopy(SMALL)
    stated["policy"]["window_hours"] = 7
    tiers = from_data(stated, source="a stored version").policy.tiers
    read = [(tier.from_, tier.people, tier.window_hours) for tier in tiers]
    assert read == [(0, 1, 7), (60, 2, 8), (75, 2, 24)]
