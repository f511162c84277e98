"""Beliefs as little pictures: a line from mean − sd to mean + sd with the mean on it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 100
EDGE = 3.0


@dataclass(frozen=True, slots=True)
class Interval:
    """In a picture that is `WIDTH` wide."""

    low: float
    mean: float
    high: float


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a figure is on a picture in which all that is shown has room."""

    low: float
    span: float

    @classmethod
    def over(cls, spreads: Iterable[tuple[float, float]]) -> Scale:
        """Of (mean, sd) each."""
        ends = [end for mean, sd in spreads for end in (mean - sd, mean + sd)]
        low, high = min(ends, default=0.0), max(ends, default=1.0)
        if not high > low:
            # Everybody is certain of the same: in the middle.
            room = abs(low) or 1.0
            return cls(low - room, 2 * room)
        return cls(low, high - low)

    def interval(self, mean: float, sd: float) -> Interval:
        return Interval(self._at(mean - sd), self._at(mean), self._at(mean + sd))

    def _at(self, value: float) -> float:
        share = min(max((value - self.low) / self.span, 0.0), 1.0)
        return round(EDGE + share * (WIDTH - 2 * EDGE), 1)
