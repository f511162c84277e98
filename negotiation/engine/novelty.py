"""How unlike everything before a decision is: its distance to the nearest of its precedents.

Distances are Gower's (J. C. Gower, "A general coefficient of similarity and some of its
properties", Biometrics 27, 1971): the mean over all features of |a − b| / range for figures, and
of 0 (same) or 1 (other) for words. Two things are stricter than his, so that doubt makes novel and
never usual: a known value against an unknown one counts 1 and not nothing, and a figure beyond the
precedents' range counts as far as it lies, so that ten usual features do not hide one that is out
of all bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

Feature = float | str | None

LEAST_PRECEDENTS = 50
NEAREST = 5
USUAL, UNHEARD_OF = 80.0, 99.0  # percentiles of the precedents' own distances
_BLOCK = 256  # rows that are compared with all others at once


@dataclass(frozen=True, slots=True)
class _Column:
    """One feature: `values` are figures or places in `words`; NaN where it is unknown."""

    name: str
    values: FloatArray
    span: float
    words: Mapping[str, float] | None

    def of(self, value: Feature) -> float:
        if self.words is not None:
            return np.nan if value is None else self.words.get(_word(value), -1.0)
        # A word where there were only figures is like none of them.
        return np.inf if isinstance(value, str) else np.nan if value is None else float(value)

    def apart(self, figures: FloatArray) -> FloatArray:
        """Distances of `figures` (rows,) from all precedents, shape (rows, precedents)."""
        one, all_ = figures[:, None], self.values[None, :]
        unknown = np.isnan(one) != np.isnan(all_)
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            gap = np.abs(one - all_)
            far = (gap > 0).astype(float) if self._as_words else gap / self.span
        far[np.isnan(far)] = 0.0
        far[unknown] = 1.0
        return far

    @property
    def _as_words(self) -> bool:
        return self.words is not None or self.span == 0


class Precedents:
    """What was done before; made once, then asked about any number of decisions.

    Memory: `256 · precedents` floats at a time; the work is `precedents² · features`.
    """

    def __init__(self, features: Sequence[Mapping[str, Feature]]) -> None:
        """Features by name of each precedent; one that lacks a name does not know it."""
        self.count = len(features)
        self._columns = _columns(features) if self.count >= LEAST_PRECEDENTS else []
        self._names = {column.name for column in self._columns}
        self._usual = self._unheard_of = 0.0
        if self._columns:
            own = self._own_distances()
            self._usual, self._unheard_of = np.percentile(own, (USUAL, UNHEARD_OF)).tolist()

    def novelty(self, features: Mapping[str, Feature]) -> float:
        """0 below the 80th percentile of the precedents' own k-NN distances, 1 from the 99th on,
        linear between; 1 with fewer than 50 precedents, or where nothing can be compared."""
        if not self._columns:
            return 1.0
        unseen = len(features.keys() - self._names)
        row = self._distances([np.array([c.of(features.get(c.name))]) for c in self._columns])[0]
        shared = len(self._columns)
        distance = (_nearest(row[None, :])[0] * shared + unseen) / (shared + unseen)
        if distance <= self._usual:
            return 0.0
        if distance >= self._unheard_of:
            return 1.0
        return float((distance - self._usual) / (self._unheard_of - self._usual))

    def _own_distances(self) -> FloatArray:
        """Of every precedent to its nearest others, shape (precedents,)."""
        found = np.empty(self.count)
        for start in range(0, self.count, _BLOCK):
            rows = np.arange(start, min(start + _BLOCK, self.count))
            apart = self._distances([column.values[rows] for column in self._columns])
            apart[np.arange(len(rows)), rows] = np.inf
            found[rows] = _nearest(apart)
        return found

    def _distances(self, figures: Sequence[FloatArray]) -> FloatArray:
        """Gower's distances, shape (rows, precedents)."""
        total = np.zeros((len(figures[0]), self.count))
        for column, of_rows in zip(self._columns, figures, strict=True):
            total += column.apart(of_rows)
        return total / len(self._columns)


def _nearest(apart: FloatArray) -> FloatArray:
    """The mean of the smallest `NEAREST` of each row."""
    return np.asarray(np.partition(apart, NEAREST - 1, axis=1)[:, :NEAREST].mean(axis=1))


def _columns(features: Sequence[Mapping[str, Feature]]) -> list[_Column]:
    names = dict.fromkeys(name for row in features for name in row)
    return [_column(name, [row.get(name) for row in features]) for name in names]


def _column(name: str, found: Sequence[Feature]) -> _Column:
    words: dict[str, float] | None = None
    if any(isinstance(value, str) for value in found):
        known = dict.fromkeys(_word(value) for value in found if value is not None)
        words = {word: float(place) for place, word in enumerate(known)}
        values = [np.nan if value is None else words[_word(value)] for value in found]
    else:
        values = [np.nan if value is None else float(value) for value in found]
    figures = np.array(values)
    there = figures[np.isfinite(figures)]
    span = float(np.ptp(there)) if len(there) else 0.0
    return _Column(name, figures, span, words)


def _word(value: Feature) -> str:
    return value if isinstance(value, str) else f"{value:.15g}"
