from __future__ import annotations

import copy
from typing import Any

import pytest

from negotiation.scenarios.differences import Difference, differences
from negotiation.scenarios.loaders import load_named


@pytest.fixture
def document() -> dict[str, Any]:
    return load_named("cloud-placement").model_dump(mode="json")


def test_the_same_document_has_no_differences(document: dict[str, Any]) -> None:
    assert differences(document, copy.deepcopy(document)) == []


def test_a_weight_is_named_by_seat_and_by_what_it_weighs(document: dict[str, Any]) -> None:
    edited = copy.deepcopy(document)
    edited["seats"][0]["objectives"][0]["weight"] = 3
    (found,) = differences(document, edited)
    assert found.where == "Cost › Monthly cost › weight"
    assert found.after == "3"


def test_parts_that_only_changed_places_do_not_differ(document: dict[str, Any]) -> None:
    edited = copy.deepcopy(document)
    edited["seats"].reverse()
    assert differences(document, edited) == []


def test_what_was_added_and_what_was_removed_are_named(document: dict[str, Any]) -> None:
    edited = copy.deepcopy(document)
    gone = edited["constraints"].pop()
    assert differences(document, edited) == [Difference(gone["text"], gone["text"], None)]
    assert differences(edited, document) == [Difference(gone["text"], None, gone["text"])]


def test_a_version_of_another_format_is_still_compared() -> None:
    old, new = {"title": "A", "seats": [{"name": "x", "mood": 1}]}, {"title": "B", "seats": []}
    assert [found.where for found in differences(old, new)] == ["title", "x"]
