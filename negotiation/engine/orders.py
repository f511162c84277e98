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
    places = (len(figures) - 1).bit_length()
    codes = figures - least
    codes /= largest - least
    codes *= 2.0 ** (_WORD - 2 - places)
    words = codes.astype(np.int64)
    words <<= places
    words |= np.arange(len(figures))
    words.sort()
    rows = words & (2**places - 1)
    words >>= places
    if (words[1:] == words[:-1]).any():
        rows = rows[np.argsort(figures[rows], kind="stable")]
    return np.asarray(rows)
