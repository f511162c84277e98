"""The queue as a picture."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from approvals.parts import risk_maps
from negotiation.models import Decision

NOW = timezone.now()


def row(score: float | None, hours: float, **fields: Any) -> dict[str, Any]:
    decision = Decision(score=score, due_at=NOW + timedelta(hours=hours), negotiation_id=7)
    return {"decision": decision, "withheld": False, **fields}


def drawn(*rows: dict[str, Any]) -> list[risk_maps.Dot]:
    found: list[risk_maps.Dot] = risk_maps.dots(rows, NOW)["all"]
    return found


def test_riskier_is_higher_and_sooner_is_further_left() -> None:
    soon, late = drawn(row(90, 0.5), row(40, 8))
    assert soon.x < late.x
    assert soon.y < late.y
    assert (soon.level, late.level) == ("high", "middle")


def test_what_stands_in_the_same_place_is_counted() -> None:
    [dot] = drawn(row(67, 8), row(67.1, 8.01), row(66.9, 8))
    assert dot.here == 3


@pytest.mark.parametrize(("score", "hours"), [(None, -5), (250, 10_000), (-3, 0)])
def test_nothing_is_drawn_outside(score: float | None, hours: float) -> None:
    [dot] = drawn(row(score, hours))
    assert 0 <= dot.x <= risk_maps.WIDTH
    assert 0 <= dot.y <= risk_maps.HEIGHT


def test_what_may_not_be_seen_yet_is_left_out() -> None:
    assert drawn(row(67, 8, withheld=True)) == []
