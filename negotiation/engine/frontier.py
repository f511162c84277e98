"""The Pareto frontier of many offers for a few seats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from negotiation.engine.space import BoolArray, FloatArray, IntArray

_PIVOTS = 64
_BLOCK = 1024


def pareto_frontier(utilities: FloatArray) -> IntArray:
    """Rising rows of `utilities` (offers, seats) that no other row dominates.

    A row dominates if it is nowhere smaller and somewhere larger; equal rows do not dominate each
    other. A few rows with large sums, as pivots, remove most others. The rest is sorted by sum: a
    row can only be dominated by one before it, so blocks are compared with the frontier so far.
    """
    rows = _without_pivoted(utilities)
    # A larger sum first; rounding may make the sums of different rows equal, so then by columns.
    columns = -utilities[rows].T
    order = np.lexsort((*columns, columns.sum(axis=0)))
    ranked = utilities[rows[order]]
    new = np.ones(len(rows), dtype=np.bool_)
    new[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
    best = _undominated(ranked[new])
    return np.sort(rows[order[best[np.cumsum(new) - 1]]])


def _without_pivoted(utilities: FloatArray) -> IntArray:
    """Rows left when those are dropped that the pivots dominate: the rows of largest sum left."""
    rows = np.arange(len(utilities))
    sums = utilities.sum(axis=1)
    for pivot in range(_PIVOTS):
        # Pivots so far stand first, as nothing dominates them.
        if pivot >= len(rows):
            break
        best = pivot + int(sums[rows[pivot:]].argmax())
        rows[[pivot, best]] = rows[[best, pivot]]
        own, others = utilities[rows[pivot]], utilities[rows]
        rows = rows[(others > own).any(axis=1) | (others == own).all(axis=1)]
    return rows


def _undominated(ranked: FloatArray) -> BoolArray:
    """Which rows nothing dominates; `ranked` has no equal rows and a dominating row comes first."""
    kept = ranked[:0]
    result = np.zeros(len(ranked), dtype=np.bool_)
    for start in range(0, len(ranked), _BLOCK):
        block = ranked[start : start + _BLOCK]
        places = np.flatnonzero(~_reached(block, kept).any(axis=1))
        among = _reached(block[places], block[places])
        np.fill_diagonal(among, val=False)
        places = places[~among.any(axis=1)]
        result[start + places] = True
        kept = np.concatenate([kept, block[places]])
    return result


def _reached(rows: FloatArray, others: FloatArray) -> BoolArray:
    """Where `others` (b, seats) are nowhere smaller than `rows` (a, seats); shape (a, b)."""
    result = np.ones((len(rows), len(others)), dtype=np.bool_)
    for seat in range(rows.shape[1]):
        result &= others[None, :, seat] >= rows[:, seat, None]
    return result
