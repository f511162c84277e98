"""How a seat moved: how far it conceded, and what its steps gave to whom."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.space import FloatArray


class Step(StrEnum):
    """From one own offer to the next (Hindriks, Jonker & Tykhonov 2007)."""

    FORTUNATE = "fortunate"  # better for both sides
    SELFISH = "selfish"  # better for itself only
    CONCESSION = "concession"  # worse for itself, no worse for the others
    UNFORTUNATE = "unfortunate"  # worse for the others and no better for itself
    NICE = "nice"  # better for the others, the same for itself
    SILENT = "silent"  # the same for both sides


_KINDS = {
    (1, 1): Step.FORTUNATE,
    (1, 0): Step.SELFISH,
    (1, -1): Step.SELFISH,
    (0, 1): Step.NICE,
    (0, 0): Step.SILENT,
    (0, -1): Step.UNFORTUNATE,
    (-1, 1): Step.CONCESSION,
    (-1, 0): Step.CONCESSION,
    (-1, -1): Step.UNFORTUNATE,
}


@dataclass(frozen=True, slots=True)
class Concession:
    """A seat's `offers`, how much of the way from its best to its limit it `conceded`, and `steps`.

    `conceded` is (best − lowest own utility of its offers) / (best − limit): 0 as long as it asks
    for its best, 1 at its limit. `rate` is that by step, 0 without steps. `steps` has the share of
    each kind among the steps, empty without any. A change of TOLERANCE or less is none.
    """

    offers: int
    conceded: float
    rate: float
    steps: Mapping[Step, float]


def concession(utilities: FloatArray, seat: int, *, best: float, limit: float) -> Concession:
    """How a seat conceded that made offers with `utilities` (its offers in order, seats).

    What a step gives the others is the mean of their utilities. `best` is its utility from the
    best lawful offer. A seat whose best is not above its limit has conceded nothing.
    """
    own = utilities[:, seat]
    way = best - limit
    far = (best - own.min(initial=best)) / way if way > TOLERANCE else 0.0
    kinds = _steps(own, np.delete(utilities, seat, axis=1).mean(axis=1))
    return Concession(
        offers=len(own),
        conceded=float(far),
        rate=float(far) / len(kinds) if kinds else 0.0,
        steps={kind: kinds.count(kind) / len(kinds) for kind in Step} if kinds else {},
    )


def _steps(own: FloatArray, others: FloatArray) -> list[Step]:
    return [
        _KINDS[mine, theirs]
        for mine, theirs in zip(_signs(own).tolist(), _signs(others).tolist(), strict=True)
    ]


def _signs(utilities: FloatArray) -> FloatArray:
    """1, 0 or −1 for each step: better, the same, worse."""
    steps = np.diff(utilities)
    return np.asarray(np.sign(steps) * (np.abs(steps) > TOLERANCE))
