"""Regions add to a utility what they are worth, and are told as reasons like anything else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from negotiation.engine.messages import Act
from negotiation.engine.outlook import Outlook
from negotiation.engine.reasons import all_reasons
from negotiation.engine.space import Issue, OutcomeSpace
from negotiation.engine.table import BadTable, Seat, Table
from negotiation.engine.utility import LinearValue, Objective, Preferences, Region
from tests.engine.large_spaces import interacting, table_of, utilities
from tests.engine.talks import finished

SPACE = OutcomeSpace((Issue("x", "X", (0, 1, 2, 3)), Issue("y", "Y", (0.0, 0.5, 1.0))))
WISH = Objective("x", 1, LinearValue(0, 3), "X")
CORNER = Region("corner", "The corner", {"x": (2, 3), "y": (0.5, 1)}, 0.25)
STRIP = Region("strip", "The strip", {"x": (1, 2)}, -0.125)


def _table(*regions: Region, space: OutcomeSpace = SPACE) -> Table:
    first = Seat(name="anna", title="Anna", preferences=Preferences((WISH,), 0.0, regions))
    return Table(title="T", space=space, seats=(first, replace(first, name="ben", title="Ben")))


def _outlook(table: Table) -> Outlook:
    return Outlook.first(table, table.seats[0])


def test_offers_within_all_bounds_are_worth_more_and_the_bounds_are_within() -> None:
    outlook = _outlook(_table(CORNER, STRIP))
    expected = [
        x / 3 + (0.25 if x >= 2 and y >= 0.5 else 0) - (0.125 if 1 <= x <= 2 else 0)
        for x in (0, 1, 2, 3)
        for y in (0, 0.5, 1)
    ]
    assert outlook.utilities == pytest.approx(expected)
    assert outlook.everywhere() == pytest.approx(expected)
    assert outlook.best == pytest.approx(1.25)


def test_contributions_of_objectives_and_regions_add_up() -> None:
    outlook = _outlook(_table(CORNER, STRIP))
    for row in range(SPACE.count):
        for against in (None, 0, 7):
            before = 0.0 if against is None else outlook.utilities[against]
            gains = sum(reason.gain for reason in all_reasons(outlook, row, against))
            assert gains == pytest.approx(outlook.utilities[row] - before)


def test_a_region_is_a_reason_that_says_where_the_offers_lie() -> None:
    outlook = _outlook(_table(CORNER))
    inside = SPACE.index_of({"x": 3, "y": 0.5})
    (reason,) = [r for r in all_reasons(outlook, inside, 0) if r.subject == "corner"]
    assert (reason.before, reason.after, reason.gain) == ("outside", "inside", 0.25)
    (reason,) = [r for r in all_reasons(outlook, 0, None) if r.subject == "corner"]
    assert (reason.before, reason.after, reason.gain) == (None, "outside", 0.0)


def test_what_is_said_about_regions_is_true() -> None:
    space, seats = interacting(3, issues=5)
    table = table_of(seats)(space)
    session = finished(table)
    told = [m for m in session.messages if m.act is Act.PROPOSE]
    assert told
    for message in told:
        for reason in message.reasons:
            assert f"{reason.after} {reason.label[0].lower()}{reason.label[1:]}" in message.text


def test_more_regions_than_fit_a_word_all_count() -> None:
    many = tuple(Region(f"r{n}", "R", {"x": (n % 4, n % 4)}, 1.0) for n in range(150))
    outlook = _outlook(_table(*many))
    counts = [len([n for n in range(150) if n % 4 == x]) for x in (0, 1, 2, 3)]
    expected = [x / 3 + counts[x] for x in (0, 1, 2, 3) for _ in (0, 0.5, 1)]
    assert outlook.utilities == pytest.approx(expected)


def test_utilities_with_regions_do_not_depend_on_the_order_of_the_issues() -> None:
    space, seats = interacting(5, issues=5)
    turned = OutcomeSpace(space.issues[::-1])
    straight, backward = (utilities(table_of(seats)(each)) for each in (space, turned))
    places = [turned.index_of(space.offer_at(number)) for number in range(space.count)]
    assert straight == pytest.approx(backward[places])


def test_the_same_seat_at_another_space_is_looked_at_anew() -> None:
    seats = _table(CORNER).seats
    moved = OutcomeSpace((Issue("x", "X", (3, 2, 1, 0)), SPACE.issues[1]))
    for space in (SPACE, moved, SPACE):
        table = Table(title="T", space=space, seats=seats)
        best = table.space.offer_at(int(Outlook.first(table, seats[0]).utilities.argmax()))
        assert (best["x"], float(best["y"]) >= 0.5) == (3, True)


def test_a_pool_gives_offers_the_utilities_of_the_whole_space() -> None:
    space, seats = interacting(4, issues=5)
    kept = np.random.default_rng(0).permutation(space.count)[:200]
    pool = space.with_pool(
        np.column_stack([space.places(each.name)[kept] for each in space.issues])
    )
    assert utilities(table_of(seats)(pool)) == pytest.approx(
        utilities(table_of(seats)(space))[kept]
    )


@pytest.mark.parametrize(
    ("bounds", "value", "problem"),
    [
        ({}, 1, "no bounds"),
        ({"x": (2, 1)}, 1, "before it begins"),
        ({"x": (0, 1)}, np.nan, "number"),
    ],
)
def test_a_region_that_makes_no_sense_is_refused(
    bounds: dict[str, tuple[float, float]], value: float, problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        Region("odd", "Odd", bounds, value)


def test_a_region_that_does_not_fit_the_table_is_refused() -> None:
    words = OutcomeSpace((*SPACE.issues, Issue("color", "Color", ("red", "blue"))))
    for bounds in ({"z": (0.0, 1.0)}, {"color": (0.0, 1.0)}):
        with pytest.raises(BadTable, match="bounds no numeric issue"):
            _table(Region("odd", "Odd", bounds, 1), space=words)
    with pytest.raises(BadTable, match="also an issue"):
        _table(replace(CORNER, name="x"))
