"""Which offer is the best for all: the solution points of bargaining theory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from negotiation.engine.space import FloatArray, IntArray

_LEAST_SURPLUS = 1e-6
"""Stands for a surplus of nothing or less, so that products with one stay comparable."""

_CHUNK = 100_000  # offers that are scored at once: a few MB

Score = Callable[["FloatArray"], "FloatArray"]
"""From utilities (offers, seats) to what is made as large as possible, shape (offers,)."""


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

    None is dominated by another offer. Figures that differ by less than TOLERANCE tie, only
    products to the last bit, as NegoLog (2024) compares them: a product of many seats is small.
    Ties are decided by the larger sum of utilities, then by the larger utility of the first seat,
    of the second, and so on, then by the row.
    """
    rows = clearing(utilities, limits)
    if not rows.size:
        return Points(None, None, None, None)
    possible = room(utilities, limits)
    return Points(
        nash=fairest(utilities, limits, rows),
        kalai=_best(utilities, rows, lambda among: _smallest(among - limits)),
        kalai_smorodinsky=_best(
            utilities, rows, lambda among: _smallest((among - limits) / possible)
        ),
        utilitarian=_best(utilities, rows, _totals),
    )


def room(utilities: FloatArray, limits: FloatArray) -> FloatArray:
    """The most that each seat gets above its limit from an offer that clears all, shape (seats,).

    At least TOLERANCE, so that shares of it are figures.
    """
    rows = clearing(utilities, limits)
    best = np.array([column[rows].max(initial=-np.inf) for column in utilities.T])
    return np.asarray(np.maximum(best - limits, TOLERANCE))


def clearing(utilities: FloatArray, limits: FloatArray) -> IntArray:
    """Rising rows of `utilities` (offers, seats) that reach every limit (seats,), inclusive."""
    clear = np.ones(len(utilities), dtype=np.bool_)
    for column, limit in zip(utilities.T, limits, strict=True):
        clear &= column >= limit - TOLERANCE
    return np.flatnonzero(clear)


def nash_products(utilities: FloatArray, limits: FloatArray) -> FloatArray:
    """Π(u − r) of each row of `utilities` (…, seats), shape (…)."""
    products = np.ones(utilities.shape[:-1])
    for seat, limit in enumerate(limits):
        surplus = utilities[..., seat] - limit
        products *= np.maximum(surplus, _LEAST_SURPLUS, out=surplus)
    return products


def as_good(utilities: FloatArray, rows: IntArray, row: int) -> IntArray:
    """Those of `rows` that no seat likes less than `row`; `utilities` (offers, seats)."""
    for column in utilities.T:
        rows = rows[column[rows] >= column[row]]
    return rows


def _smallest(utilities: FloatArray) -> FloatArray:
    """The smallest figure of each row, (offers, seats) → (offers,)."""
    return np.asarray(utilities.min(axis=1))


def _totals(utilities: FloatArray) -> FloatArray:
    """The sum of each row, (offers, seats) → (offers,)."""
    return np.asarray(utilities.sum(axis=1))


def fairest(utilities: FloatArray, limits: FloatArray, rows: IntArray) -> int:
    """Of `rows` the one with the largest Nash product; ties as in `solution_points`.

    The result is not dominated by any other of `rows`: an offer that is as good for all and
    better for one replaces it, also where rounding hides the difference from the product.
    """
    return _best(utilities, rows, lambda among: nash_products(among, limits), slack=0.0)


def _best(utilities: FloatArray, rows: IntArray, score: Score, *, slack: float = TOLERANCE) -> int:
    while True:
        chunks = range(0, len(rows), _CHUNK)
        scores = np.concatenate([score(utilities[rows[at : at + _CHUNK]]) for at in chunks])
        chosen = _first(utilities, rows[scores >= scores.max() - slack])
        rows = as_good(utilities, rows, chosen)
        rows = rows[(utilities[rows] > utilities[chosen]).any(axis=1)]
        if not rows.size:
            return chosen


def _first(utilities: FloatArray, tied: IntArray) -> int:
    """Of `tied` the one with the largest sum, then the best seat by seat, then the first."""
    figures = np.column_stack([_totals(utilities[tied]), utilities[tied]])
    for place in range(figures.shape[1]):
        kept = figures[:, place] >= figures[:, place].max() - TOLERANCE
        tied, figures = tied[kept], figures[kept]
    return int(tied[0])
