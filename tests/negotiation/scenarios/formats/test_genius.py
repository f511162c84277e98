"""Genius XML counts as Genius counts it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from negotiation.scenarios import formats
from tests.negotiation.scenarios.formats.written import (
    AMOUNT,
    COLOUR,
    DOMAIN,
    LENGTH,
    genius,
    profile,
    saved,
    utilities,
    utility,
)

LENGTHS = [0.5 * number for number in range(21)]


def test_utilities_are_those_computed_by_hand(tmp_path: Path) -> None:
    table = formats.load(genius(tmp_path))

    # 0.5 · 10/40 + 0.3 · (0.5 · (3 − 2) − 0.2) + 0.2 · (1/2 of the way up)
    assert utility(table, {"Colour": "red", "Amount": 3, "Length": 1.0}) == pytest.approx(0.315)
    # 0.5 · 40/40 + 0.3 · 1, cut from 1.3, + 0.2 · 2/3 of the way down
    offer = {"Colour": "blue", "Amount": 5, "Length": 4.0}
    assert utility(table, offer) == pytest.approx(0.8 + 0.2 * 2 / 3)
    # An integer below its line and a length at the end of the triangle are worth nothing.
    assert utility(table, {"Colour": "green", "Amount": 2, "Length": 8.0}) == pytest.approx(0.25)


def test_issues_limits_and_discounts_are_read(tmp_path: Path) -> None:
    table = formats.load(genius(tmp_path))

    assert [issue.name for issue in table.space.issues] == ["Colour", "Amount", "Length"]
    assert table.space.issue("Amount").options == (2, 3, 4, 5)
    assert table.space.issue("Length").options == pytest.approx(LENGTHS)
    assert table.space.size == 3 * 4 * 21
    assert [seat.name for seat in table.seats] == ["side1", "side2"]
    assert {seat.preferences.reservation for seat in table.seats} == {0.3}
    assert {seat.preferences.discount for seat in table.seats} == {0.5}


def test_without_a_word_the_limit_is_0_and_nothing_is_lost_to_time(tmp_path: Path) -> None:
    text = profile(after="")
    preferences = formats.load(genius(tmp_path, text, text)).seats[0].preferences

    assert (preferences.reservation, preferences.discount) == (0, 1)


def test_a_discount_of_0_is_none_as_in_genius(tmp_path: Path) -> None:
    text = profile(after='<discount_factor value="0"/>')

    assert formats.load(genius(tmp_path, text, text)).seats[0].preferences.discount == 1


@pytest.mark.parametrize("weights", [(0.1, 0.05, 0.05), (0.5, 0.30000001, 0.2), (0.9, 0.6, 0.4)])
def test_weights_count_as_written_and_utilities_are_cut_at_1(
    tmp_path: Path, weights: tuple[float, float, float]
) -> None:
    text = profile(weights=weights)
    table = formats.load(genius(tmp_path, text, text))
    best = {"Colour": "blue", "Amount": 5, "Length": 2.0}

    assert utility(table, best) == pytest.approx(min(sum(weights), 1.0), abs=1e-12)
    assert utility(table, {**best, "Colour": "red", "Length": 0.0}) == pytest.approx(
        weights[0] / 4 + weights[1], abs=1e-12
    )


def test_evaluations_below_a_hundred_thousandth_are_worth_nothing(tmp_path: Path) -> None:
    tiny = COLOUR.replace("40", "1e-6").replace("10", "0").replace("20", "0")
    text = profile(tiny, AMOUNT, LENGTH)

    offer = {"Colour": "blue", "Amount": 5, "Length": 2.0}
    assert utility(formats.load(genius(tmp_path, text, text)), offer) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("evaluator", "expected"),
    [
        ('ftype="linear" parameter0="0.1" parameter1="0.05"', lambda x: min(0.1 + 0.05 * x, 1)),
        ('ftype="Linear" parameter0="2" parameter1="-0.3"', lambda x: min(max(2 - 0.3 * x, 0), 1)),
        ('ftype="constant" parameter0="0.4"', lambda _: 0.4),
        ('ftype="triangular" parameter0="1" parameter1="5" parameter2="5"',
         lambda x: (x - 1) / 4 if 1 <= x < 5 else 0),
    ],
)  # fmt: skip
def test_evaluators_of_real_issues(tmp_path: Path, evaluator: str, expected: object) -> None:
    assert callable(expected)
    head, _, _ = LENGTH.partition("<evaluator")
    text = profile(COLOUR, AMOUNT, f"{head}<evaluator {evaluator}/></issue>", weights=(0, 0, 1))
    found = utilities(formats.load(genius(tmp_path, text, text)))[:21, 0]

    assert found == pytest.approx([expected(x) for x in LENGTHS])


def test_items_and_issues_may_come_in_another_order(tmp_path: Path) -> None:
    first, second, third = COLOUR.partition("<item")[2].split("<item")
    turned = COLOUR.partition("<item")[0] + "<item" + "<item".join((third[:-8], second, first))
    turned = turned.replace("</issue>", "") + "</issue>"
    table = formats.load(genius(tmp_path, profile(LENGTH, AMOUNT, turned), profile()))
    found = utilities(table)

    assert found[:, 0] == pytest.approx(found[:, 1])


def test_a_file_that_begins_with_the_profiles_is_no_different(tmp_path: Path) -> None:
    paths = genius(tmp_path)

    assert formats.load(paths[::-1]).space.size == formats.load(paths).space.size


def test_a_folder_stands_for_its_files(tmp_path: Path) -> None:
    saved(tmp_path / "notes.txt", "not read")

    by_files, by_folder = formats.load(genius(tmp_path)), formats.load([tmp_path])
    assert np.array_equal(utilities(by_files), utilities(by_folder))


def test_issues_of_one_name_are_told_apart_by_their_index(tmp_path: Path) -> None:
    text = profile(COLOUR, AMOUNT.replace("Amount", "Colour"), LENGTH)
    domain = DOMAIN.replace("Amount", "Colour")
    table = formats.load(genius(tmp_path, text, text, domain=domain))

    assert [issue.name for issue in table.space.issues] == ["Colour", "Colour (2)", "Length"]
    offer = {"Colour": "red", "Colour (2)": 3, "Length": 1.0}
    assert utility(table, offer) == pytest.approx(0.315)


def test_issues_below_nested_objectives_count_by_their_own_weights(tmp_path: Path) -> None:
    nested = profile().replace(AMOUNT, "").replace('<weight index="2" value="0.3"/>', "")
    inner = f'<objective index="7">{AMOUNT}<weight index="2" value="0.3"/></objective>'
    nested = nested.replace("</objective>", f"{inner}</objective>")
    table = formats.load(genius(tmp_path, nested, profile()))
    found = utilities(table)

    assert table.space.size == 252
    assert found[:, 0] == pytest.approx(found[:, 1])


def test_a_name_may_differ_where_every_item_is_the_same(tmp_path: Path) -> None:
    text = profile(COLOUR.replace("Colour", "Paint"), AMOUNT, LENGTH)

    assert len(formats.load(genius(tmp_path, text, text)).seats) == 2


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_random_additive_domain_is_read_back_with_its_utilities(
    tmp_path: Path, data: st.DataObject
) -> None:
    widths = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    figures = st.floats(0, 1e6, allow_nan=False)
    evaluations = [data.draw(st.lists(figures, min_size=n, max_size=n)) for n in widths]
    weights = data.draw(st.lists(st.floats(0.01, 2), min_size=len(widths), max_size=len(widths)))

    def issue(index: int, values: list[float]) -> str:
        items = "".join(
            f'<item index="{n}" value="v{n}" evaluation="{v!r}"/>' for n, v in enumerate(values)
        )
        return f'<issue index="{index}" name="i{index}" type="discrete">{items}</issue>'

    body = [issue(index, values) for index, values in enumerate(evaluations, start=1)]
    domain = (
        "<negotiation_template><utility_space><objective index='0'>"
        f"{''.join(body)}</objective></utility_space></negotiation_template>"
    )
    text = profile(*body, weights=weights)
    found = utilities(formats.load(genius(tmp_path, text, text, domain=domain)))[:, 0]

    total = np.zeros(())
    for weight, values in zip(weights, evaluations, strict=True):
        largest = max(values) if max(values) >= 1e-5 else np.inf
        total = total[..., None] + weight * np.array(values) / largest
    assert found == pytest.approx(np.minimum(total.ravel(), 1.0), abs=1e-9)
