from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from negotiation.engine.endings import Agreement
from negotiation.engine.session import Session
from negotiation.engine.space import Issue, NotInSpace, OutcomeSpace, SpaceTooLarge
from negotiation.engine.table import BadTable, Seat, Table
from negotiation.engine.utility import LinearValue, Measure, Objective, Preferences, TableValue
from tests.engine.tables import service_table

if TYPE_CHECKING:
    from negotiation.engine.space import IntArray

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


LARGE = OutcomeSpace(tuple(Issue(f"i{n}", "I", tuple(range(10))) for n in range(30)))


def _pooled(offers: int = 500) -> tuple[OutcomeSpace, IntArray]:
    places = np.random.default_rng(5).integers(0, 10, (offers, 30))
    return LARGE.with_pool(places), places


def test_a_pool_numbers_its_offers_both_ways() -> None:
    space, places = _pooled()
    assert (space.pooled, space.count, space.size) == (True, 500, 10**30)
    for number in range(space.count):
        offer = space.offer_at(number)
        assert list(offer.values()) == places[number].tolist()
        assert space.index_of(offer) == number


def test_a_pool_has_the_columns_of_its_offers() -> None:
    space, places = _pooled()
    assert space.column("i7").tolist() == places[:, 7].tolist()
    assert space.places("i7").dtype == np.uint8
    assert space.option_indices("i7", np.array([3, 1])).tolist() == places[[3, 1], 7].tolist()


def test_an_offer_outside_the_pool_is_refused_and_the_reason_said() -> None:
    space, places = _pooled()
    missing = {f"i{n}": int(place) for n, place in enumerate(places[0])}
    missing["i0"] = 9 - missing["i0"]
    with pytest.raises(NotInSpace, match=r"1,000,.* offers, of which 500 are looked at here"):
        space.index_of(missing)
    wide = OutcomeSpace((Issue("year", "Year", tuple(range(1000))),)).with_pool(np.array([[3]]))
    with pytest.raises(NotInSpace, match="of which 1 are"):
        wide.index_of({"year": 900})


def test_equal_rows_of_a_pool_count_once() -> None:
    space = SPACE.with_pool(np.array([[1, 2], [0, 0], [1, 2]]))
    assert [space.offer_at(number)["size"] for number in range(space.count)] == [3, 1]


@pytest.mark.parametrize("places", [[[2, 0]], [[0, -1]], [[0]]])
def test_a_pool_with_places_that_are_none_is_refused(places: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="A pool"):
        SPACE.with_pool(np.array(places))


def test_the_places_of_all_offers_take_a_byte_each() -> None:
    assert SPACE.places("size").dtype == np.uint8
    for issue in SPACE.issues:
        assert SPACE.places(issue.name).tolist() == SPACE.option_indices(issue.name).tolist()


def test_a_table_of_a_pool_is_negotiated_like_any_other() -> None:
    full = service_table()
    rng = np.random.default_rng(2)
    kept = np.sort(rng.choice(full.space.count, 3000, replace=False))
    places = np.stack([full.space.places(each.name)[kept] for each in full.space.issues], axis=1)

    def narrowed(measure: Measure) -> Measure:
        return replace(measure, evaluate=lambda facts: measure.evaluate(facts)[kept])

    pooled = replace(
        full,
        space=full.space.with_pool(places),
        measures=tuple(narrowed(measure) for measure in full.measures),
    )
    session = Session(pooled, seed=3)
    while (message := session.next()) is not None:
        session.apply(message)
    assert isinstance(session.ending, Agreement)
    assert full.row_of(full.space.index_of(session.ending.offer)) is not None
    expected = session.utilities[pooled.row_of(pooled.space.index_of(session.ending.offer))]
    assert (expected >= [seat.preferences.reservation for seat in full.seats]).all()


def test_the_figures_of_options_are_added_up_for_every_offer() -> None:
    issues = [
        Issue(name, name, tuple(range(many))) for name, many in (("a", 2), ("b", 3), ("c", 2))
    ]
    space = OutcomeSpace(issues)
    figures = {"c": np.array([0.5, 0.25]), "a": np.array([1.0, 2.0])}
    expected = [
        figures["a"][int(a)] + figures["c"][int(c)] for a in "01" for _ in "012" for c in "01"
    ]
    assert space.sums(figures).tolist() == expected
    pooled = space.with_pool(np.array([[1, 2, 0], [0, 1, 1]]))
    assert pooled.sums(figures).tolist() == [2.5, 1.25]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"resolution": ("mediate", "toss")}, "no resolution toss"),
        ({"resolution": ("vote", "vote")}, "named twice"),
        ({"precedence": ("cost", "nobody")}, "no seat nobody"),
        ({"questions": -1}, "0 or more"),
        ({"protocol": "auction"}, "no protocol 'auction'"),
    ],
)
def test_rules_that_do_not_fit_the_table_are_refused(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadTable, match=problem):
        replace(service_table(), **fields)
