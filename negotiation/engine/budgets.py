"""How much risk may be taken without a person: a sum of expected harm that fades with time.

Expected harm is linear: ten slices of an action sum to the whole, so slicing does not evade it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.formatting import number
from negotiation.engine.gates import Finding
from negotiation.engine.policy import Judgement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Figures = Sequence[float] | NDArray[np.float64]

_ROUNDING = 1e-9  # what sums of figures are off by


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `harm` (expected, as in `risk`) that counts at a time; each counts for `hours`."""

    harm: float = 0.10
    hours: float = 24.0

    def used(self, harms: Figures, ages: Figures) -> float:
        """What still counts of `harms` that are `ages` hours old: all of it at first, evenly less
        with every hour, nothing after `hours`. An age below zero (clocks differ) is zero."""
        left = 1.0 - np.clip(np.asarray(ages, dtype=float) / self.hours, 0.0, 1.0)
        return float(np.asarray(harms, dtype=float) @ left)

    def has_room(self, harm: float, used: float) -> bool:
        return used + harm <= self.harm * (1 + _ROUNDING)


def within(budget: Budget, judgement: Judgement, used: float) -> Judgement:
    """The judgement as it is, or for people where the automatic route is closed by the budget."""
    risk = judgement.risk
    if judgement.route != "auto" or (risk and budget.has_room(risk.harm, used)):
        return judgement
    adds = risk.harm if risk else 0.0
    finding = Finding(
        rule="budget",
        text=(
            f"The budget for risk without a person is used up: {number(used, 3)} of"
            f" {number(budget.harm, 3)} expected harm in {number(budget.hours)} h is used, and this"
            f" would add {number(adds, 3)}."
        ),
        subject="budget",
        measured=used + adds,
        limit=budget.harm,
        unit="",
        forces="review",
    )
    return Judgement("review", (*judgement.findings, finding), risk)
