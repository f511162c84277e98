"""Can this ever agree? What is said of a document before anybody talks."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from negotiation.engine.conflicts import smallest_conflict
from negotiation.scenarios import drafts
from negotiation.scenarios.documents import Document
from negotiation.scenarios.loaders import from_data, load_named
from negotiation.scenarios.previews import preview
from negotiation.scenarios.schema import ScenarioDocument


def changed(**parts: Any) -> ScenarioDocument:
    document = load_named("cloud-placement").model_dump(mode="json")
    return from_data(document | parts, source="x")


def test_the_sizes_are_those_of_the_whole_space() -> None:
    found = preview(load_named("cloud-placement"))
    assert (found.size, len(found.lawful), found.clearing) == (37_800, 6_978, 11)
    assert found.drawn is None
    assert found.best_offer() is not None
    assert (found.conflicts, found.ways) == ((), ())


def test_the_named_way_really_does() -> None:
    """With the limit that is named there is an offer, and with a little more there is none."""
    seats = load_named("cloud-placement").model_dump(mode="json")["seats"]
    seats[0]["reservation"] = 0.9
    none = preview(changed(seats=seats))
    assert not none.agreeable.size
    way = next(way for way in none.ways if way.name == "Cost")
    assert way.after is not None
    for limit, any_offer in ((way.after, True), (way.after + 1e-6, False)):
        seats[0]["reservation"] = limit
        assert bool(preview(changed(seats=seats)).agreeable.size) is any_offer
    gaps = [way.gap for way in none.ways if way.kind == "seat"]
    assert gaps == sorted(gaps), "the least first"


def test_a_rule_gives_way_by_its_figure() -> None:
    parameters = load_named("cloud-placement").model_dump(mode="json")["parameters"]
    none = preview(changed(parameters=parameters | {"budget": 100}))
    assert not none.lawful.size
    (way,) = (way for way in none.ways if way.kind == "rule")
    assert way.before == 100
    assert way.after is not None
    some = preview(changed(parameters=parameters | {"budget": way.after}))
    assert some.agreeable.size
    assert "budget" in none.why_not


def test_what_is_told_may_make_an_agreement_possible() -> None:
    found = preview(load_named("batch-placement"))
    assert found.told
    assert found.agreeable.size
    document = load_named("batch-placement").model_dump(mode="json")
    strict = [seat | {"reservation": 0.99} for seat in document["seats"]]
    none = preview(from_data(document | {"seats": strict}, source="x"))
    assert not none.agreeable.size
    assert not none.told
    assert none.conflicts


def test_who_may_be_overruled_counts() -> None:
    seats = load_named("cloud-placement").model_dump(mode="json")["seats"]
    seats[0]["reservation"] = 1
    protocol = {"kind": "mediated", "rounds": 10, "dissent": 1}
    assert preview(changed(seats=seats, protocol=protocol)).agreeable.size
    seats[0]["veto"] = True
    assert not preview(changed(seats=seats, protocol=protocol)).agreeable.size


def test_of_very_many_combinations_some_are_drawn_and_it_says_so() -> None:
    issues = [{"name": f"i{n}", "label": "I", "options": list(range(40))} for n in range(30)]
    tree = drafts.tree_of(load_named("cloud-placement"))
    seats = [
        {"name": f"s{n}", "title": f"S{n}", "reservation": 0.5,
         "objectives": [{"subject": f"i{k}", "weight": 1 + k, "value": {"worst": n, "best": 39}}
                        for k in range(20)]}
        for n in range(8)
    ]  # fmt: skip
    measures = [{"name": f"m{n}", "label": "M", "formula": " + ".join(f"i{k}" for k in range(30))}
                for n in range(100)]  # fmt: skip
    constraints = [{"name": f"c{n}", "text": "C", "author": "A", "citation": "B",
                    "subject": f"m{n}", "at_most": 500 + n} for n in range(50)]  # fmt: skip
    policy = tree["policy"] | {"gates": []}
    policy["risk"] = {"dimensions": [{"name": "d", "label": "d", "loss": "m0", "tolerance": 1}],
                      "affected": 1, "population": 2, "reversibility": 0.5}  # fmt: skip
    huge = {"name": "huge", "title": "Huge", "service": "x", "action": "y", "issues": issues,
            "seats": seats, "measures": measures, "constraints": constraints, "policy": policy,
            "executor": {"kind": "dry-run"}}  # fmt: skip
    document = from_data(huge, source="x")
    begin = time.perf_counter()
    found = preview(document)
    assert time.perf_counter() - begin < 5
    assert found.drawn is not None
    assert found.drawn < 25_000
    assert found.size == 40**30


@pytest.mark.parametrize("demands", [20, 58])
def test_the_search_for_the_smallest_conflict_ends(demands: int) -> None:
    """Where every offer breaks many demands a search of all small sets would take hours."""
    rng = np.random.default_rng(1)
    columns = [rng.random(5_000) < 0.4 for _ in range(demands)]
    columns[0] |= ~np.logical_or.reduce(columns)
    begin = time.perf_counter()
    found = smallest_conflict(columns, [1] * demands)
    assert time.perf_counter() - begin < 10
    assert np.logical_or.reduce([columns[member] for member in found]).all()


def test_all_faults_of_a_draft_are_found_and_none_that_is_not_there() -> None:
    tree = drafts.tree_of(load_named("cloud-placement"))
    fallback = drafts.tree_of(load_named("cloud-placement"))
    tree["seats"][0]["objectives"].append({"subject": "carbon", "weight": -1,
                                           "value": {"worst": 1, "best": 0}})  # fmt: skip
    tree["constraints"][3]["subject"] = "nothing"
    document, problems = drafts.checked(Document(tree, {}), fallback)
    assert document is None
    assert [problem.path for problem in problems] == [
        "seats[0].objectives[2].weight", "constraints[3].subject",
    ]  # fmt: skip
