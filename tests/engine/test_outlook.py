from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from negotiation.engine.beliefs import Belief, Fact
from negotiation.engine.messages import Evidence
from negotiation.engine.outlook import Outlook
from negotiation.engine.space import Issue, OutcomeSpace
from negotiation.engine.table import Seat, Table
from negotiation.engine.utility import LinearValue, Measure, Objective, Preferences

COST = Objective("cost", 3, LinearValue(100, 0), "Cost", "$")
SIZE = Objective("size", 1, LinearValue(0, 4), "Size")
TOLD = Evidence(fact="price", mean=14, sd=2, source="List", root="list", kind="measured")


def outlook(belief: Belief | None = None, evidence: Evidence | None = None) -> Outlook:
    """Cost is price × size; the seat weighs it three to one against size."""
    space = OutcomeSpace((Issue("size", "Size", (0, 1, 2, 4)),))
    sizes = space.column("size")
    measure = Measure(
        "cost", "Cost", "$", lambda facts: np.asarray(facts["price"] * sizes), frozenset({"price"})
    )
    seat = Seat(
        name="anna",
        title="Anna",
        preferences=Preferences((COST, SIZE), 0.5),
        beliefs={"price": belief} if belief else {},
        knows={"price": evidence} if evidence else {},
    )
    other = Seat(name="ben", title="Ben", preferences=Preferences((SIZE,), 0))
    table = Table(
        title="Buy",
        space=space,
        seats=(seat, other),
        measures=(measure,),
        facts=(Fact("price", "Price", "$", 10),),
    )
    return Outlook.first(table, seat)


def test_utility_is_the_weighted_sum_under_the_belief() -> None:
    assert outlook(Belief(10, 0)).utilities == pytest.approx([0.75, 0.7375, 0.725, 0.7])


def test_a_fact_without_a_belief_is_taken_at_its_nominal_figure() -> None:
    assert outlook().beliefs["price"] == Belief(10, 0)


def test_own_evidence_is_counted_in_once() -> None:
    assert outlook(evidence=TOLD).beliefs["price"] == Belief(14, 2, frozenset({"list"}))
    assert outlook(Belief(10, 2), TOLD).beliefs["price"].mean == pytest.approx(12)
    counted = Belief(13, 1, frozenset({"list"}))
    assert outlook(counted, TOLD).beliefs["price"] == counted


def test_doubt_about_a_fact_becomes_doubt_about_the_utility() -> None:
    seat = outlook(Belief(10, 2))
    assert seat.shifts["price"] == pytest.approx([0, 0.015, 0.03, 0.06])
    assert seat.sd == pytest.approx([0, 0.015, 0.03, 0.06])
    assert seat.confidence(3) == pytest.approx(norm.cdf((0.7 - 0.5) / 0.06))
    assert seat.confidence(0) == 1
    assert seat.estimates("cost")
    assert not seat.estimates("size")


def test_learning_gives_a_new_outlook_and_leaves_the_old_one() -> None:
    before = outlook(Belief(10, 2))
    held = before.utilities.copy()
    after = before.learn("price", Belief(20, 0))
    assert after.utilities == pytest.approx([0.75, 0.6625, 0.575, 0.4])
    assert before.utilities == pytest.approx(held)
    assert not after.shifts


def test_what_is_above_the_ceiling_counts_as_the_ceiling() -> None:
    space = OutcomeSpace((Issue("size", "Size", (0, 1, 2, 4)),))
    preferences = Preferences((SIZE,), total=1.6, ceiling=1.0)
    seats = tuple(Seat(name=name, title=name, preferences=preferences) for name in ("a", "b"))
    seen = Outlook.first(Table(title="Cut", space=space, seats=seats), seats[0])
    assert seen.utilities.tolist() == seen.everywhere().tolist() == [0.0, 0.4, 0.8, 1.0]


def test_how_sure_a_seat_is_counts_what_it_may_lose_where_more_brings_nothing() -> None:
    """Half of the doubt is above the best figure and brings nothing; the other half costs."""
    space = OutcomeSpace((Issue("plan", "Plan", ("a",)),))
    cost = Measure(
        "cost", "Cost", "$", lambda facts: np.array([facts["price"]]), frozenset({"price"})
    )
    cheap = Objective("cost", 1, LinearValue(20, 10), "Cost", "$")
    seat = Seat(
        name="guest",
        title="Guest",
        preferences=Preferences((cheap,), 0.5),
        beliefs={"price": Belief(10, 3)},
    )
    other = replace(seat, name="host")
    table = Table(
        title="",
        space=space,
        seats=(seat, other),
        measures=(cost,),
        facts=(Fact("price", "P", "$", 10),),
    )
    outlook = Outlook.first(table, seat)
    assert outlook.sd == pytest.approx([0.15])
    assert outlook.downside == pytest.approx([0.3])
    assert outlook.confidence(0) == pytest.approx(norm.cdf(0.5 / 0.3))
