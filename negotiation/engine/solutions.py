"""Which offer is the best for all: the solution points of bargaining theory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from negotiation.engine.space import FloatArray, IntArray

_LEAST_SURPLUS = 1e-6
"""Stands for a surplus of nothing or less, so that products with one stay comparable."""


@dataclass(frozen=True, slots=True)
class Points:
    """Rows of the solution points among the offers that clear every limit; all None if none does.

    Nash (1950): largest Π(u − r). Kalai (1977): largest smallest u − r. Kalai & Smorodinsky
    (1975): largest smallest (u − r) / (best − r), where best is what a seat gets at most from an
    offer that clears every limit. Utilitarian: largest Σu.
    """

    nash: int | None
    kalai: int | None
    kalai_smorodinsky: int | None
    utilitarian: int | None


def solution_points(utilities: FloatArray, limits: FloatArray) -> Points:
    """The solution points of offers with `utilities` (offers, seats) and `limits` (seats,).

    Ties are decided by the larger sum of utilities, then by the row.
    """
    rows = np.flatnonzero((utilities >= limits - TOLERANCE).all(axis=1))
    if not rows.size:
        return Points(None, None, None, None)
    surplus = utilities[rows] - limits
    room = np.maximum(surplus.max(axis=0), TOLERANCE)
    total = utilities[rows].sum(axis=1)
    return Points(
        nash=fairest(utilities, limits, rows),
        kalai=_best(rows, surplus.min(axis=1), total),
        kalai_smorodinsky=_best(rows, (surplus / room).min(axis=1), total),
        utilitarian=_best(rows, total, total),
    )


def nash_products(utilities: FloatArray, limits: FloatArray) -> FloatArray:
    """Π(u − r) of each row of `utilities` (offers, seats), shape (offers,)."""
    return np.asarray(np.maximum(utilities - limits, _LEAST_SURPLUS).prod(axis=1))


def fairest(utilities: FloatArray, limits: FloatArray, rows: IntArray) -> int:
    """Of `rows` the one with the largest Nash product; ties by the sum, then by the row.

    The result is not dominated by any other of `rows`: an offer that is as good for all and
    better for one replaces it, also where rounding hides the difference from the product.
    """
    chosen = _largest_product(utilities, limits, rows)
    while True:
        held = utilities[chosen]
        better = (utilities[rows] >= held).all(axis=1) & (utilities[rows] > held).any(axis=1)
        if not better.any():
            return chosen
        rows = rows[better]
        chosen = _largest_product(utilities, limits, rows)


def _largest_product(utilities: FloatArray, limits: FloatArray, rows: IntArray) -> int:
    among = utilities[rows]
    return _best(rows, nash_products(among, limits), among.sum(axis=1))


def _best(rows: IntArray, score: FloatArray, total: FloatArray) -> int:
    best = np.flatnonzero(score == score.max())
    best = best[total[best] == total[best].max()]
    return int(rows[best].min())
