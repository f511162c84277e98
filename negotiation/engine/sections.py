"""What dominates most offers, cheaply: the best of each section; and the frontier for two seats.

The utilities of all seats but the last are cut into sections. Whatever lies in a higher section
for each of these seats is better for all of them; if the largest utility of the last seat there
is larger as well, the offer is dominated. One pass over the offers says so for most of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from negotiation.engine.space import FloatArray, IntArray

_SHARE = 8  # offers to a section
_MOST_SECTIONS = 2**20


def sifted(utilities: FloatArray) -> IntArray:
    """Rising rows of `utilities` (offers, seats), the frontier and what no section dominates.

    O(offers · seats), 8 MB beside a few columns.
    """
    *others, last = utilities.T
    wide = min(len(last) // _SHARE, _MOST_SECTIONS)
    levels = int(wide ** (1 / max(len(others), 1)) + 1e-9)
    if levels < 2 or not others:
        return np.arange(len(last))
    section = np.zeros(len(last), dtype=np.intp)
    for column in others:
        section *= levels + 1
        section += _levels(column, levels)
    # One more level on top of each seat's stays empty: nothing is above the highest.
    tops = np.full((levels + 1) ** len(others), -np.inf)
    np.maximum.at(tops, section, last)
    above = np.full_like(tops, -np.inf).reshape((levels + 1,) * len(others))
    inner = (slice(None, -1),) * len(others)
    above[inner] = _best_above(tops.reshape(above.shape))[(slice(1, None),) * len(others)]
    return np.flatnonzero(last > above.ravel()[section])


def _levels(column: FloatArray, levels: int) -> IntArray:
    """Which of so many equal parts of its range each figure is in, from 0."""
    least, largest = column.min(), column.max()
    width = (largest - least if largest > least else 1.0) / levels
    # Rounding never turns the order of two figures: a lower level means a smaller utility.
    shares: FloatArray = np.minimum((column - least) / width, levels - 1)
    return shares.astype(np.int64)


def _best_above(tops: FloatArray) -> FloatArray:
    """The largest figure of all sections that are nowhere below each, same shape."""
    for axis in range(tops.ndim):
        tops = np.flip(np.maximum.accumulate(np.flip(tops, axis), axis=axis), axis)
    return tops


def swept(utilities: FloatArray) -> IntArray:
    """Rising rows of `utilities` (offers, 2) that no other dominates.

    Kung, Luccio & Preparata 1975: in the order of one seat's falling utility an offer is on the
    frontier exactly if it raises the largest utility of the other seat. O(n log n).
    """
    order = np.lexsort(-utilities.T[::-1])
    first, second = utilities[order].T
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = first[1:] != first[:-1]
    tops = second[new]  # the largest of each group of equal utilities for the first seat
    before = np.full(len(tops), -np.inf)
    before[1:] = np.maximum.accumulate(tops)[:-1]
    group = np.cumsum(new) - 1
    kept = (second == tops[group]) & (tops > before)[group]
    return np.sort(order[kept])
