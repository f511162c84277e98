"""Hyper-rectangles of non-linear profiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from negotiation.scenarios import formats
from negotiation.scenarios.errors import ScenarioError
from tests.negotiation.scenarios.formats.written import genius, utilities

DOMAIN = """<negotiation_template><utility_space><objective index="0">
<issue index="1" name="x" type="integer" lowerbound="0" upperbound="3"/>
<issue index="2" name="y" type="integer" lowerbound="0" upperbound="2"/>
</objective></utility_space></negotiation_template>"""
ISSUES = DOMAIN.partition('index="0">')[2].partition("</objective>")[0]
LOW_X = '<hyperRectangle utility="40"><INCLUDES index="1" min="0" max="1"/></hyperRectangle>'
CORNER = """<hyperRectangle utility="30" weight="2">
<INCLUDES index="1" min="1" max="3"/><INCLUDES index="2" min="2" max="2"/></hyperRectangle>"""
ALWAYS = '<hyperRectangle utility="10"/>'
NOT_Y0 = '<hyperRectangle utility="20"><EXCLUDES index="2" min="0" max="0"/></hyperRectangle>'


def load(folder: Path, *rectangles: str, most: str = "100", ufun: str = "") -> list[float]:
    """The utilities of the offers, x slowest."""
    inside = "".join(rectangles)
    ufun = ufun or f'<ufun type="PlainUfun" weight="5" aggregation="sum">{inside}</ufun>'
    text = (
        f'<utility_space type="nonlinear"><objective index="0">{ISSUES}'
        f'<utility maxutility="{most}">{ufun}</utility></objective></utility_space>'
    )
    found: list[float] = utilities(formats.load(genius(folder, text, text, domain=DOMAIN)))[
        :, 0
    ].tolist()
    return found


def test_what_lies_inside_adds_up_and_is_divided_by_the_largest(tmp_path: Path) -> None:
    found = load(tmp_path, LOW_X, CORNER)

    assert found == pytest.approx([0.4, 0.4, 0.4, 0.4, 0.4, 1, 0, 0, 0.6, 0, 0, 0.6])


def test_more_than_the_largest_is_cut_at_1(tmp_path: Path) -> None:
    assert load(tmp_path, LOW_X, CORNER, most="80")[3:6] == pytest.approx([0.5, 0.5, 1])


def test_a_rectangle_without_bounds_always_counts(tmp_path: Path) -> None:
    assert load(tmp_path, ALWAYS) == pytest.approx([0.1] * 12)


def test_one_that_excludes_counts_outside(tmp_path: Path) -> None:
    assert load(tmp_path, NOT_Y0)[:3] == pytest.approx([0, 0.2, 0.2])


def test_inner_functions_count_times_their_weight_the_outermost_does_not(tmp_path: Path) -> None:
    inner = f'<ufun weight="0.5" aggregation="sum">{LOW_X}</ufun>'
    outer = f'<ufun weight="7" aggregation="sum">{ALWAYS}{inner}</ufun>'

    assert load(tmp_path, ufun=outer)[0::3] == pytest.approx([0.3, 0.3, 0.1, 0.1])


def test_a_rectangle_is_called_by_its_bounds(tmp_path: Path) -> None:
    load(tmp_path, LOW_X, CORNER)
    regions = formats.load([tmp_path]).seats[0].preferences.regions

    assert [each.label for each in regions] == ["rectangle 1 (x 0–1)", "rectangle 2 (x 1–3, y 2–2)"]


def test_two_bounds_on_one_issue_both_hold(tmp_path: Path) -> None:
    bounds = '<INCLUDES index="1" min="0" max="2"/><INCLUDES index="1" min="2" max="3"/>'
    both = f'<hyperRectangle utility="50">{bounds}</hyperRectangle>'

    assert load(tmp_path, both, ALWAYS)[0::3] == pytest.approx([0.1, 0.1, 0.6, 0.1])


@pytest.mark.parametrize("aggregation", ["max", "min"])
def test_a_function_of_one_rectangle_may_be_called_a_maximum(
    tmp_path: Path, aggregation: str
) -> None:
    ufun = f'<ufun aggregation="{aggregation}">{LOW_X}</ufun>'

    assert load(tmp_path, ufun=ufun)[0::3] == pytest.approx([0.4, 0.4, 0, 0])


@pytest.mark.parametrize(
    ("ufun", "said"),
    [
        (f'<ufun aggregation="max">{LOW_X}{CORNER}</ufun>', "aggregation is 'max'"),
        (f"<ufun>{LOW_X}</ufun>", "aggregation is ''"),
        (f'<ufun type="Odd" aggregation="sum">{LOW_X}</ufun>', "function is 'Odd'"),
        ('<ufun aggregation="sum"/>', "0 rectangles"),
        (f'<ufun aggregation="sum">{LOW_X}<cone/></ufun>', "<cone>"),
        (f'<ufun aggregation="sum">{LOW_X.replace("40", "many")}</ufun>', "'many'"),
        (f'<ufun aggregation="sum">{LOW_X.replace("1", "7", 1)}</ufun>', "issue 7"),
        (f'<ufun aggregation="sum">{LOW_X.replace("40", "1e400")}</ufun>', "too large"),
        (" ", "no <ufun>"),
    ],
)
def test_what_is_not_a_sum_of_rectangles_is_refused(tmp_path: Path, ufun: str, said: str) -> None:
    with pytest.raises(ScenarioError) as error:
        load(tmp_path, ufun=ufun)
    assert said in str(error.value)
    assert len(error.value.sentences) == 1


def test_both_kinds_of_bounds_in_one_rectangle_are_refused(tmp_path: Path) -> None:
    both = NOT_Y0.replace("</h", '<INCLUDES index="1" min="0" max="1"/></h')
    with pytest.raises(ScenarioError, match="INCLUDES and EXCLUDES"):
        load(tmp_path, both)


@pytest.mark.parametrize("most", ["0", "-3", "nan", "much"])
def test_the_largest_utility_is_a_number_above_nothing(tmp_path: Path, most: str) -> None:
    with pytest.raises(ScenarioError, match="maxutility"):
        load(tmp_path, LOW_X, most=most)
