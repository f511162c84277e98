"""What follows when the seats do not agree."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from negotiation.engine.analysis import summarise
from negotiation.engine.endings import Agreement, NoAgreement
from negotiation.engine.messages import MEDIATOR, Act, Message
from negotiation.engine.rules import IllegalMove
from negotiation.engine.session import Session
from negotiation.engine.space import Constraint, Issue, OutcomeSpace
from negotiation.engine.table import BadTable, Seat, Table
from negotiation.engine.utility import Objective, Preferences, TableValue
from tests.engine.talks import finished

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.messages import Option

COST: dict[Option, float] = {"a": 1.0, "b": 0.6, "c": 0.3, "d": 0.0}
SPEED: dict[Option, float] = {"a": 0.0, "b": 0.45, "c": 0.7, "d": 1.0}
CARBON: dict[Option, float] = {"a": 0.1, "b": 0.2, "c": 0.9, "d": 0.8}


def seat(name: str, values: Mapping[Option, float], limit: float, *, veto: bool = False) -> Seat:
    wish = Objective("plan", 1, TableValue(values), "Plan")
    return Seat(
        name=name, title=name.capitalize(), preferences=Preferences((wish,), limit), veto=veto
    )


def table(*resolution: str, limits: tuple[float, float, float], **more: object) -> Table:
    """Three seats and four plans."""
    given = zip(("cost", "speed", "carbon"), (COST, SPEED, CARBON), limits, strict=True)
    return Table(
        title="Plans",
        space=OutcomeSpace((Issue("plan", "Plan", ("a", "b", "c", "d")),)),
        seats=tuple(seat(*each) for each in given),
        resolution=resolution,
        rounds=3,
        **more,  # type: ignore[arg-type]
    )


TORN = (0.6, 0.7, 0.5)
"""Nothing clears all three: a and b do for cost, c and d for the others."""


def ending(table: Table) -> Agreement:
    session = finished(table)
    last = session.messages[-1]
    found = session.ending
    assert isinstance(found, Agreement)
    assert (last.act, last.sender, last.offer) == (Act.SYSTEM, MEDIATOR, found.offer)
    return found


def test_without_a_list_there_is_no_agreement() -> None:
    found = finished(table(limits=TORN)).ending
    assert isinstance(found, NoAgreement)
    assert not found.asks
    assert not found.status_quo


def test_precedence_keeps_the_first_limit_then_the_next() -> None:
    by_speed = table("precedence", limits=TORN, precedence=("speed", "cost", "carbon"))
    found = ending(by_speed)
    assert (found.offer, found.by, found.below) == ({"plan": "c"}, "precedence", ("cost",))
    by_cost = replace(by_speed, precedence=("cost", "speed"))
    # Of a and b, which cost can live with, b is the better for speed: its limit is out of reach.
    assert ending(by_cost).offer == {"plan": "b"}
    assert ending(by_cost).below == ("speed", "carbon")


def test_what_is_imposed_is_accepted_by_nobody_and_says_whose_limit_it_is_below() -> None:
    session = finished(table("precedence", limits=TORN, precedence=("speed", "cost")))
    assert all(message.act is not Act.ACCEPT for message in session.messages)
    assert session.messages[-1].votes == {"cost": False, "speed": True, "carbon": True}
    assert session.messages[-1].text == (
        "The seats did not agree, so the order of precedence decides, Speed and Cost in this "
        "order: c. It is below the limit of Cost; the seats were not asked, and a person decides."
    )
    summary = summarise(session)
    assert (summary.by, summary.below, summary.agreement) == (
        "precedence",
        ("cost",),
        {"plan": "c"},
    )


def test_a_vote_takes_the_largest_product_of_gains() -> None:
    found = ending(table("vote", limits=TORN))
    assert (found.offer, found.by, found.below) == ({"plan": "d"}, "vote", ("cost",))


@pytest.mark.parametrize(("step", "plan"), [("vote", "a"), ("precedence", "b")])
def test_the_limit_of_a_veto_is_never_passed_over(step: str, plan: str) -> None:
    torn = table(step, limits=TORN, precedence=("speed",))
    cost, *others = torn.seats
    found = ending(replace(torn, seats=(replace(cost, veto=True), *others)))
    assert found.offer == {"plan": plan}
    assert "cost" not in found.below
    never = replace(cost.preferences, reservation=1.0)
    carbon = replace(others[1], veto=True)
    blocked = replace(torn, seats=(replace(cost, veto=True, preferences=never), others[0], carbon))
    assert isinstance(finished(blocked).ending, NoAgreement)


def test_the_mediator_finds_what_alternating_offers_missed() -> None:
    """The seats could live with b, but insist too long to find it in one round."""
    missed = table("mediate", limits=(0.5, 0.4, 0.2), protocol="alternating", precedence=("speed",))
    missed = replace(missed, rounds=1)
    assert isinstance(finished(replace(missed, resolution=())).ending, NoAgreement)
    found = ending(missed)
    assert (found.offer, found.by, found.below) == ({"plan": "b"}, "mediation", ())
    assert "It is below no limit." in finished(missed).messages[-1].text


def test_a_step_that_finds_nothing_gives_way_to_the_next() -> None:
    assert ending(table("mediate", "vote", "ask", limits=TORN)).by == "vote"


def test_a_person_is_asked_with_offers_to_begin_with() -> None:
    session = finished(table("mediate", "ask", "status_quo", limits=TORN))
    found = session.ending
    assert isinstance(found, NoAgreement)
    assert found.asks
    assert found.status_quo
    assert [(each.offer, each.below) for each in found.candidates] == [
        ({"plan": "d"}, ("cost",)),
        ({"plan": "c"}, ("cost",)),
    ]
    assert session.messages[-1].offer is None
    assert session.messages[-1].text.endswith(
        "By this table's rules a person is asked. To begin with: d (below the limit of Cost); "
        "c (below the limit of Cost). Until then everything stays as it is."
    )


def test_the_status_quo_is_an_end_without_agreement() -> None:
    session = finished(table("status_quo", limits=TORN))
    assert isinstance(session.ending, NoAgreement)
    assert session.ending.status_quo
    assert session.messages[-1].text.endswith("By this table's rules everything stays as it is.")


def test_where_no_offer_is_lawful_no_rule_can_help() -> None:
    none = Constraint("none", "Nothing is allowed", lambda lookup: lookup("plan") == "e")
    found = finished(table("vote", "ask", limits=TORN, constraints=(none,))).ending
    assert isinstance(found, NoAgreement)
    assert not found.asks
    assert [conflict.name for conflict in found.conflicts] == ["none"]


def test_the_mediator_cannot_impose_another_offer_than_the_rule_finds() -> None:
    session = Session(table("vote", limits=TORN), seed=1)
    while (message := session.next()) is not None and message.act is not Act.SYSTEM:
        session.apply(message)
    assert message is not None
    with pytest.raises(IllegalMove, match="decide"):
        session.apply(replace(message, offer={"plan": "a"}))
    session.apply(Message.from_dict(message.to_dict()))
    assert isinstance(session.ending, Agreement)


def test_a_majority_names_who_is_outnumbered() -> None:
    found = finished(table(limits=TORN, dissent=1)).ending
    assert isinstance(found, Agreement)
    assert (found.by, found.below) == ("consent", ("cost",))


def test_precedence_needs_an_order() -> None:
    with pytest.raises(BadTable, match="most important first"):
        table("precedence", limits=TORN)
