"""What the seats gain from asking, on random instances where beliefs are honest."""

from __future__ import annotations

import pytest

from tests.engine.random_instances import SURE, Comparison, compare


@pytest.fixture(scope="module")
def found() -> dict[str, Comparison]:
    return compare(200)


def test_six_questions_find_nearly_as_many_sound_agreements_as_telling_everything(
    found: dict[str, Comparison],
) -> None:
    assert found["none"].sound < 0.9 * found["full"].sound
    assert found["six"].sound >= 0.9 * found["full"].sound


def test_agreements_that_everybody_is_sure_of_are_above_the_limits(
    found: dict[str, Comparison],
) -> None:
    assert found["six"].below_limit(0.0) > found["six"].below_limit(SURE)
    assert found["six"].below_limit(SURE) <= 0.03


def test_no_more_questions_are_asked_than_the_table_allows(found: dict[str, Comparison]) -> None:
    assert {each.questions for each in found["none"].endings} == {0}
    assert max(each.questions for each in found["six"].endings) == 6
