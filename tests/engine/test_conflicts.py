from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.engine.conflicts import constraint_conflicts, smallest_conflict
from negotiation.engine.endings import NoAgreement
from negotiation.engine.space import Constraint, Margin
from negotiation.engine.table import Table
from tests.engine.tables import service_table
from tests.engine.talks import finished


@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 30), st.floats(0.05, 0.9))
def test_a_conflict_is_one_and_nothing_can_be_left_out(
    draw: int, demands: int, offers: int, share: float
) -> None:
    broken = np.random.default_rng(draw).random((offers, demands)) < share
    members = smallest_conflict(broken)
    assert bool(members) == bool(broken.any(axis=1).all())
    if members:
        assert broken[:, members].any(axis=1).all()
        for member in members:
            rest = [other for other in members if other != member]
            assert not broken[:, rest].any(axis=1).all()


def test_a_conflict_of_many_demands_is_minimal_too() -> None:
    assert smallest_conflict(np.eye(6, dtype=np.bool_)) == (0, 1, 2, 3, 4, 5)


def test_of_two_conflicts_the_smaller_one_is_named() -> None:
    pairs = [(first, second) for first in (0, 1) for second in (2, 3, 4)]
    broken = np.array([[demand in pair for demand in range(5)] for pair in pairs])
    assert smallest_conflict(broken) == (0, 1)


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
    (conflict,) = constraint_conflicts(table)
    cheapest = service_table().lookup("cost")[service_table().lawful].min()
    assert conflict.name == "budget"
    assert conflict.relaxed == pytest.approx(cheapest)
    assert len(replace(table, constraints=impossible(cheapest).constraints).lawful) > 0
    assert "there would be one" in conflict.text


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
