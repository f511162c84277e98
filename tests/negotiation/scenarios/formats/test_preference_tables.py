"""Preference tables in JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from negotiation.scenarios import formats
from negotiation.scenarios.errors import ScenarioError
from tests.negotiation.scenarios.formats.written import (
    preference_table,
    saved,
    tables,
    utilities,
    utility,
)


def test_utilities_are_those_computed_by_hand(tmp_path: Path) -> None:
    table = formats.load([tables(tmp_path)])

    assert utility(table, {"price": "low", "date": "soon"}) == pytest.approx(0.68)
    assert utility(table, {"price": "high", "date": "late"}) == pytest.approx(0.7)
    assert utility(table, {"price": "high", "date": "late"}, 1) == pytest.approx(0.95)
    assert {seat.preferences.reservation for seat in table.seats} == {0.25}
    assert [seat.name for seat in table.seats] == ["profileA", "profileB"]


def test_weights_and_values_count_as_written(tmp_path: Path) -> None:
    half = preference_table(issueWeights={"price": 0.3, "date": 0.2})
    large = preference_table(
        issues={"price": {"low": 3, "high": 1.5}, "date": {"soon": 0, "late": 2}}
    )
    table = formats.load([tables(tmp_path, half, large)])

    assert utilities(table)[:, 0] == pytest.approx([0.34, 0.5, 0.19, 0.35])
    assert utilities(table)[:, 1] == pytest.approx([1.8, 2.6, 0.9, 1.7])


def test_any_number_of_profiles_and_any_order_of_keys(tmp_path: Path) -> None:
    turned = preference_table(
        issues={"date": {"late": 1.0, "soon": 0.2}, "price": {"high": 0.5, "low": 1.0}}
    )
    table = formats.load([tables(tmp_path, preference_table(), turned, turned)])

    assert len(table.seats) == 3
    assert utilities(table)[:, 0] == pytest.approx(utilities(table)[:, 2])


def test_files_can_be_named_and_other_files_are_left_alone(tmp_path: Path) -> None:
    tables(tmp_path)
    saved(tmp_path / "specs.json", "{")
    named = [tmp_path / "profileB.json", tmp_path / "profileA.json"]

    assert [seat.name for seat in formats.load(named).seats] == ["profileB", "profileA"]
    assert len(formats.load([tmp_path]).seats) == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("{", "line 1: this is not valid JSON"),
        ("[1]", "the file is not an object"),
        ('{"issues": {}, "issues": {}}', "the key 'issues' is there twice"),
        ('{"reservationValue": NaN}', "'NaN' is not a finite number"),
        ('{"reservationValue": -Infinity}', "'-Infinity' is not a finite number"),
        ("[" * 100_000, "nested too deeply"),
        ('{"reservationValue": ' + "9" * 5_000 + "}", "too long to read"),
        ('{"a\\u0007": 1}', "control character"),
        ({}, "issues is missing"),
        (preference_table(issues=[]), "issues: this is not an object"),
        (preference_table(issues={}), "issues: there is no issue"),
        (preference_table(issues={"price": {}}), "issues, price: it has no options"),
        (preference_table(issues={"price": {"low": 1}}), "the issue 'date' is missing"),
        (preference_table(issueWeights={"price": 1}), "the issue 'date' has no weight"),
        (preference_table(issueWeights={"price": 1, "date": 1, "x": 0}), "there is no issue 'x'"),
        (preference_table(issueWeights={"price": 0, "date": 0}), "all weights are 0"),
        (preference_table(issueWeights={"price": "1", "date": 0}), "price is no number"),
        (preference_table(issueWeights={"price": True, "date": 0}), "price is no number"),
        (preference_table(issueWeights={"price": -1, "date": 2}), "price is -1, less than 0"),
        (preference_table(reservationValue=None), "reservationValue is no number"),
        (preference_table(reservationValue=-0.5), "reservationValue is -0.5, less than 0"),
        (preference_table(reservationValue=10**400), "reservationValue is too large"),
        ('{"issues": {"price": {"low": 1e999}}}', "low is too large to count with"),
        ('{"issues": {"price": {"low": 1e308}}}', "low is too large to count with"),
    ],
)
def test_what_is_wrong_with_a_profile_is_named(tmp_path: Path, data: Any, said: str) -> None:
    with pytest.raises(ScenarioError) as error:
        formats.load([tables(tmp_path, preference_table(), data)])
    (sentence,) = error.value.sentences
    assert said in sentence
    assert sentence.startswith(str(tmp_path / "profileB.json"))


def test_the_first_profile_says_what_is_negotiated(tmp_path: Path) -> None:
    more = preference_table(
        issues={"price": {"low": 1, "high": 0, "middle": 0.5}, "date": {"soon": 0, "late": 1}}
    )
    with pytest.raises(ScenarioError, match="'middle' is not in the first profile"):
        formats.load([tables(tmp_path, preference_table(), more)])
    with pytest.raises(ScenarioError, match="'middle' is missing"):
        formats.load([tables(tmp_path, more, preference_table())])
