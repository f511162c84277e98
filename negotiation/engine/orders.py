"""Rows in the order of their figures, several times as fast as a stable argsort."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from negotiation.engine.space import FloatArray, IntArray

_WORD = 64


def rising_rows(figures: FloatArray) -> IntArray:
    """Rows of finite `figures` (rows,) by rising figure, equal ones by row: shape (rows,).

    A figure, rounded down, and its row share a machine word; sorting words moves no indices. Where
    that rounding made different figures equal, little is left to put in order.
    """
    least, largest = figures.min(initial=np.inf), figures.max(initial=-np.inf)
    if not largest > least:
        return np.arange(len(figures))
    place = np.uint64((len(figures) - 1).bit_length())
    levels = 2.0 ** (_WORD - 1 - int(place))
    words = ((figures - least) / (largest - least) * levels).astype(np.uint64) << place
    words |= np.arange(len(figures), dtype=np.uint64)
    words.sort()
    rows: IntArray = (words & np.uint64(2 ** int(place) - 1)).astype(np.int64)
    ordered = figures[rows]
    if (ordered[1:] < ordered[:-1]).any():
        rows = rows[np.argsort(ordered, kind="stable")]
    return rows
