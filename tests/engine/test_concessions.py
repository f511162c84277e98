"""How a seat moved between its offers."""

from __future__ import annotations

import numpy as np
import pytest

from negotiation.engine.concessions import Step, concession


@pytest.mark.parametrize(
    ("own", "other", "kind"),
    [
        (0.1, 0.1, Step.FORTUNATE),
        (0.1, 0.0, Step.SELFISH),
        (0.1, -0.1, Step.SELFISH),
        (0.0, 0.1, Step.NICE),
        (0.0, 0.0, Step.SILENT),
        (0.0, -0.1, Step.UNFORTUNATE),
        (-0.1, 0.1, Step.CONCESSION),
        (-0.1, 0.0, Step.CONCESSION),
        (-0.1, -0.1, Step.UNFORTUNATE),
        (1e-12, -1e-12, Step.SILENT),
    ],
)
def test_a_step_is_named_by_what_it_gives_to_whom(own: float, other: float, kind: Step) -> None:
    two = np.array([[0.5, 0.5], [0.5 + own, 0.5 + other]])
    assert concession(two, 0, best=1, limit=0).steps[kind] == 1
    assert sum(concession(two, 0, best=1, limit=0).steps.values()) == 1


def test_what_was_conceded_is_a_share_of_the_way_to_the_limit() -> None:
    offers = np.array([[0.2, 1.0, 0.1], [0.4, 0.8, 0.3], [0.2, 0.9, 0.1]])
    told = concession(offers, 1, best=1.0, limit=0.5)
    assert told.offers == 3
    assert (told.conceded, told.rate) == pytest.approx((0.4, 0.2))
    assert told.steps[Step.CONCESSION] == told.steps[Step.SELFISH] == 0.5


def test_the_others_count_by_their_mean() -> None:
    offers = np.array([[0.5, 0.5, 0.5], [0.5, 0.8, 0.1]])
    assert concession(offers, 0, best=1, limit=0).steps[Step.UNFORTUNATE] == 1


def test_a_seat_that_said_nothing_or_has_no_room_conceded_nothing() -> None:
    silent = concession(np.empty((0, 2)), 0, best=1, limit=0.5)
    assert (silent.offers, silent.conceded, silent.rate, silent.steps) == (0, 0, 0, {})
    stuck = concession(np.array([[0.4, 0.4]]), 0, best=0.4, limit=0.5)
    assert stuck.conceded == 0
