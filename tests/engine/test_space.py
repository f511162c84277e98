from __future__ import annotations

import numpy as np
import pytest

from negotiation.engine.space import Issue, NotInSpace, OutcomeSpace, SpaceTooLarge
from negotiation.engine.table import BadTable, Seat, Table
from negotiation.engine.utility import LinearValue, Measure, Objective, Preferences, TableValue
from tests.engine.tables import service_table

SPACE = OutcomeSpace((Issue("color", "Color", ("red", "blue")), Issue("size", "Size", (1, 2, 3))))


def test_the_last_issue_varies_fastest() -> None:
    assert [SPACE.offer_at(index)["size"] for index in range(4)] == [1, 2, 3, 1]
    assert SPACE.column("size").tolist() == [1, 2, 3, 1, 2, 3]
    assert SPACE.column("color").tolist() == ["red"] * 3 + ["blue"] * 3


@pytest.mark.parametrize(
    "offer",
    [{"color": "red"}, {"color": "red", "size": 4}, {"color": "red", "size": 1, "weight": 2}],
)
def test_what_is_no_offer_of_the_space_is_refused(offer: dict[str, str | int]) -> None:
    with pytest.raises(NotInSpace):
        SPACE.index_of(offer)


@pytest.mark.parametrize("index", [-1, 6])
def test_an_offer_number_outside_the_space_is_refused(index: int) -> None:
    with pytest.raises(NotInSpace):
        SPACE.offer_at(index)


def test_a_space_beyond_two_million_offers_is_refused_but_can_be_counted() -> None:
    space = OutcomeSpace(tuple(Issue(f"i{n}", "I", tuple(range(10))) for n in range(30)))
    assert space.size == 10**30
    with pytest.raises(SpaceTooLarge, match="at most 2,000,000"):
        space.column("i0")


def test_a_constraint_on_an_unknown_figure_allows_nothing() -> None:
    table = service_table()
    unknown = np.isnan(table.lookup("carbon"))
    assert unknown.any()
    assert not table.masks[2][unknown].any()


def _seat(objective: Objective, name: str = "anna") -> Seat:
    return Seat(name=name, title=name, preferences=Preferences((objective,), 0.1))


@pytest.mark.parametrize(
    ("objective", "problem"),
    [
        (Objective("price", 1, LinearValue(1, 0), "Price"), "which nobody defines"),
        (Objective("color", 1, LinearValue(1, 0), "Color"), "give a table"),
        (Objective("cost", 1, TableValue({1: 1}), "Cost"), "fits an issue"),
    ],
)
def test_an_objective_that_does_not_fit_its_subject_is_refused(
    objective: Objective, problem: str
) -> None:
    cost = Measure("cost", "Cost", "$", lambda _: np.ones(6))
    with pytest.raises(BadTable, match=problem):
        Table(
            title="T",
            space=SPACE,
            seats=(_seat(objective), _seat(objective, "ben")),
            measures=(cost,),
        )


def test_a_table_needs_two_seats() -> None:
    with pytest.raises(BadTable, match="2 to 64 seats, not 1"):
        Table(
            title="T", space=SPACE, seats=(_seat(Objective("size", 1, LinearValue(1, 3), "Size")),)
        )
