from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.engine.conflicts import smallest_conflict
from negotiation.engine.endings import NoAgreement
from negotiation.engine.space import BoolArray, Constraint, Issue, Margin, OutcomeSpace
from negotiation.engine.table import Seat, Table
from negotiation.engine.utility import Objective, Preferences, TableValue
from tests.engine.tables import pie_table, service_table
from tests.engine.talks import finished


def conflict(broken: BoolArray) -> tuple[int, ...]:
    return smallest_conflict(list(broken.T), [1] * broken.shape[1])


@given(
    st.integers(0, 2**32),
    st.tuples(st.integers(0, 3), st.integers(1, 5)),
    st.integers(1, 30),
    st.floats(0.05, 0.9),
    st.integers(0, 2),
)
def test_a_conflict_is_the_smallest_that_puts_every_offer_out(
    draw: int, demands: tuple[int, int], offers: int, share: float, dissent: int
) -> None:
    rules, seats = demands
    rng = np.random.default_rng(draw)
    broken = rng.random((offers, rules + seats)) < share
    heavy = np.append(np.ones(rules, dtype=np.bool_), rng.random(seats) < 0.3)
    weights = np.where(heavy, dissent + 1, 1)

    def no_offer_left(members: tuple[int, ...]) -> bool:
        rows = broken[:, members]
        vetoed = rows[:, heavy[list(members)]].any(axis=1)
        return bool((vetoed | (rows.sum(axis=1) > dissent)).all())

    everything = tuple(range(rules + seats))
    found = smallest_conflict(list(broken.T), weights.tolist(), dissent)
    assert bool(found) == no_offer_left(everything)
    if found:
        assert no_offer_left(found)
        for smaller in combinations(everything, min(len(found) - 1, 4)):
            assert not no_offer_left(smaller)
        for member in found:
            assert not no_offer_left(tuple(other for other in found if other != member))


def test_a_conflict_of_many_demands_is_minimal_too() -> None:
    assert conflict(np.eye(7, dtype=np.bool_)) == (0, 1, 2, 3, 4, 5, 6)


def test_a_hundred_demands_are_told_apart() -> None:
    broken = np.zeros((4, 100), dtype=np.bool_)
    broken[[0, 1, 2, 3], [3, 40, 70, 3]] = True
    broken[:, 99] = [True, False, True, False]
    assert conflict(broken) == (3, 40, 70)


def test_of_two_conflicts_the_smaller_one_is_named() -> None:
    pairs = [(first, second) for first in (0, 1) for second in (2, 3, 4)]
    broken = np.array([[demand in pair for demand in range(5)] for pair in pairs])
    assert conflict(broken) == (0, 1)


def no_agreement(table: Table) -> NoAgreement:
    ending = finished(table).ending
    assert isinstance(ending, NoAgreement)
    return ending


def impossible(limit: float) -> Table:
    budget = Constraint(
        "budget",
        f"The monthly cost is at most {limit} $",
        lambda lookup: lookup("cost") <= limit,
        margin=Margin("cost", limit, "at_most", "$ a month"),
    )
    table = service_table()
    return replace(table, constraints=(*table.constraints, budget))


def test_a_budget_that_nothing_meets_is_named_with_the_smallest_that_would_do() -> None:
    table = impossible(100)
    (named,) = no_agreement(table).conflicts
    cheapest = service_table().lookup("cost")[service_table().lawful].min()
    assert named.name == "budget"
    assert named.relaxed == pytest.approx(cheapest)
    assert len(replace(table, constraints=impossible(cheapest).constraints).lawful) > 0
    assert "there would be one" in named.text


def test_rules_that_are_fine_alone_are_named_together() -> None:
    table = service_table()
    rules = (
        *table.constraints,
        Constraint("north", "Only the north", lambda lookup: lookup("region") == "eu-north"),
        Constraint("south", "Not the north", lambda lookup: lookup("region") != "eu-north"),
    )
    session = finished(replace(table, constraints=rules))
    assert isinstance(session.ending, NoAgreement)
    assert [conflict.name for conflict in session.ending.conflicts] == ["north", "south"]
    assert "north and south cannot be met together" in session.ending.reason


def wished(*wishes: tuple[float, ...], limit: float, dissent: int = 0, veto: int = -1) -> Table:
    """Seats who wish for a day; `wishes` for the first day, the second and so on."""
    days = tuple(f"day{number}" for number in range(len(wishes[0])))
    seats = tuple(
        Seat(
            name=f"seat{number}",
            title=f"Seat {number}",
            preferences=Preferences(
                (Objective("day", 1, TableValue(dict(zip(days, wish, strict=True))), "Day"),),
                limit,
            ),
            veto=number == veto,
        )
        for number, wish in enumerate(wishes)
    )
    space = OutcomeSpace((Issue("day", "Day", days),))
    return Table(title="Dinner", space=space, seats=seats, rounds=5, dissent=dissent)


EARLY = Constraint("early", "Not the second day", lambda lookup: lookup("day") != "day1")


def test_a_rule_that_takes_the_good_offers_away_is_named_with_the_seats() -> None:
    table = wished((1, 0.9, 0), (0, 0.9, 0.6), limit=0.5)
    ending = no_agreement(replace(table, constraints=(EARLY,)))
    assert [(each.name, each.kind) for each in ending.conflicts] == [
        ("early", "constraint"),
        ("seat0", "reservation"),
        ("seat1", "reservation"),
    ]
    assert ending.reason == (
        "No offer that keeps early reaches the limits of Seat 0 and Seat 1 together. "
        "Not the second day."
    )


def test_a_rule_that_is_not_to_blame_is_left_out() -> None:
    table = wished((1, 0.2, 0.9), (0, 0.3, 0.1), limit=0.5)
    ending = no_agreement(replace(table, constraints=(EARLY,)))
    assert [each.name for each in ending.conflicts] == ["seat1"]


def test_the_relaxation_of_a_rule_lets_the_seats_agree() -> None:
    def capped(limit: float) -> Table:
        rule = Constraint(
            "cap",
            f"The share is at most {limit:g} %",
            lambda lookup: lookup("share") <= limit,
            margin=Margin("share", limit, "at_most", "%"),
        )
        return replace(pie_table(kind="mediated"), constraints=(rule,))

    ending = no_agreement(capped(20))
    assert [each.name for each in ending.conflicts] == ["cap", "anna"]
    assert ending.conflicts[0].relaxed == 25
    assert ending.reason == (
        "No offer that keeps cap reaches the limit of Anna. "
        "The share is at most 20 %. With a limit of 25 % there would be one."
    )
    assert not isinstance(finished(capped(25)).ending, NoAgreement)


def test_a_conflict_that_one_dissenter_resolves_is_not_the_reason() -> None:
    apart = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    assert len(no_agreement(wished(*apart, limit=0.5)).conflicts) == 2
    ending = no_agreement(wished(*apart, limit=0.5, dissent=1))
    assert len(ending.conflicts) == 3
    assert "the limits of enough of Seat 0, Seat 1 and Seat 2" in ending.reason


def test_a_veto_counts_whatever_the_dissent() -> None:
    wishes = ((0, 0, 0), (1, 1, 1), (1, 1, 1))
    ending = no_agreement(wished(*wishes, limit=0.5, dissent=1, veto=0))
    assert [each.name for each in ending.conflicts] == ["seat0"]
