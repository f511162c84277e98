"""What a seat wants: weighted values of measures and issues, and regions of offers that it likes.

u(o) = Σ w_k · v_k(a_k(o)) + Σ_{regions around o} value: additive multi-attribute utility (Keeney &
Raiffa 1976) plus hyper-rectangles (Ito, Hattori & Klein 2007; ANAC 2014). The weights are shares:
they are divided by their sum. An unknown figure is worth nothing, never something.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import inf, isfinite
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from negotiation.engine.messages import Option
    from negotiation.engine.space import Column, FloatArray, Issue, Words

TOLERANCE = 1e-9
"""Utilities that differ by less are equal: thresholds are inclusive, floats are not exact."""


class ValueFunction(Protocol):
    """From figures or options to values between 0 (worst) and 1 (best); unknown gives 0."""

    def __call__(self, column: Column) -> FloatArray: ...


def _clipped(values: FloatArray) -> FloatArray:
    return np.fmin(np.fmax(values, 0.0), 1.0)  # fmax of NaN and 0 is 0


@dataclass(frozen=True, slots=True)
class LinearValue:
    """0 at `worst`, 1 at `best`, straight between and flat outside. Either may be the larger."""

    worst: float
    best: float

    def __post_init__(self) -> None:
        if self.worst == self.best:
            raise ValueError("worst and best must differ.")

    def __call__(self, column: Column) -> FloatArray:
        return _clipped(
            (np.asarray(column, dtype=np.float64) - self.worst) / (self.best - self.worst)
        )


@dataclass(frozen=True, slots=True)
class PiecewiseValue:
    """Straight lines through `points` (figure, value), figures rising; flat outside."""

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        figures = [figure for figure, _ in self.points]
        if not figures[1:] or any(a >= b for a, b in pairwise(figures)):
            raise ValueError("points need at least two figures, each larger than the one before.")

    def __call__(self, column: Column) -> FloatArray:
        figures, values = zip(*self.points, strict=True)
        return _clipped(np.interp(np.asarray(column, dtype=np.float64), figures, values))


@dataclass(frozen=True, slots=True)
class TriangularValue:
    """1 at `peak`, straight down to 0 at `low` and at `high`, and 0 outside.

    A side without width (`low` = `peak` or `peak` = `high`) falls at once.
    """

    low: float
    peak: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.peak <= self.high or self.low == self.high:
            raise ValueError("low, peak and high must rise, and low and high differ.")

    def __call__(self, column: Column) -> FloatArray:
        figures = np.asarray(column, dtype=np.float64)
        rising = _side(figures - self.low, self.peak - self.low)
        return _clipped(np.minimum(rising, _side(self.high - figures, self.high - self.peak)))


def _side(distance: FloatArray, width: float) -> FloatArray:
    return distance / width if width else (distance >= 0).astype(np.float64)


@dataclass(frozen=True, slots=True)
class TableValue:
    """A value for each option of an issue; an option without one is worth 0."""

    values: Mapping[Option, float]

    def __call__(self, column: Column) -> FloatArray:
        return _clipped(np.array([self.values.get(option, 0.0) for option in column.tolist()]))


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity that an offer leads to.

    `evaluate(facts)` gives its figure in `unit` for every offer of the space, shape (count,), NaN
    where it is unknown; `facts` names the facts it reads, all others are not passed on. `levels`:
    what its figures are called where they only stand for an order.
    """

    name: str
    label: str
    unit: str
    evaluate: Callable[[Mapping[str, float]], FloatArray]
    facts: frozenset[str] = frozenset()
    levels: Mapping[float, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Objective:
    """How much one measure or issue (`subject`) counts, and which figures are good."""

    subject: str
    weight: float
    value: ValueFunction
    label: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Region:
    """A hyper-rectangle: offers within all `bounds` are worth `value` more.

    `bounds`: smallest and largest option of some numeric issues, both within, by issue.
    """

    name: str
    label: str
    bounds: Mapping[str, tuple[float, float]]
    value: float

    def __post_init__(self) -> None:
        if not self.bounds:
            raise ValueError(f"Region {self.name} has no bounds.")
        if not all(low <= high for low, high in self.bounds.values()):
            raise ValueError(f"A bound of region {self.name} ends before it begins.")
        if not isfinite(self.value):
            raise ValueError(f"The value of region {self.name} is not a number.")


@dataclass(frozen=True)
class Preferences:
    """What counts for a seat, and the utility below which no agreement is better than this one.

    Utilities are between 0 and 1 where there are no regions and the shares add up to a `total` of
    1; whatever is above `ceiling` counts as `ceiling`. A `reservation` above all of them means
    that nothing will do. `discount` δ, 0 < δ ≤ 1: at relative time t an agreement is worth
    u · δ^t. The limit is discounted alike (as in Genius), so time changes no order of offers and
    nobody's consent, only what is left at the end.
    """

    objectives: tuple[Objective, ...] = ()
    reservation: float = 0.0
    regions: tuple[Region, ...] = ()
    discount: float = 1.0
    total: float = 1.0
    ceiling: float = inf

    def __post_init__(self) -> None:
        if not self.objectives and not self.regions:
            raise ValueError("Preferences need at least one objective or region.")
        if len({objective.subject for objective in self.objectives}) != len(self.objectives):
            raise ValueError("Two objectives are about the same subject.")
        if len({region.name for region in self.regions}) != len(self.regions):
            raise ValueError("Two regions have the same name.")
        weights = [objective.weight for objective in self.objectives]
        if weights and (min(weights) < 0 or not 0 < sum(weights) < float("inf")):
            raise ValueError("Weights must be numbers from 0 up, not all 0.")
        if not 0 <= self.reservation < float("inf"):
            raise ValueError("A reservation value is a number from 0 up.")
        if not 0 < self.discount <= 1:
            raise ValueError("A discount is above 0 and at most 1.")
        if not 0 < self.total < inf or not self.ceiling > 0:
            raise ValueError("A total of shares and a ceiling of utilities are above 0.")

    @cached_property
    def shares(self) -> dict[str, float]:
        """Weight of each objective by subject; they add up to `total`."""
        weights = sum(objective.weight for objective in self.objectives)
        return {each.subject: each.weight / weights * self.total for each in self.objectives}

    @cached_property
    def spans(self) -> dict[int, tuple[tuple[Issue, ...], dict[str, Words]]]:
        """What `regions` remembers about the bounds at the issues it met last."""
        return {}

    def contribution(self, objective: Objective, column: Column) -> FloatArray:
        """c_k = w_k · v_k for each entry of `column`, same shape."""
        return self.shares[objective.subject] * objective.value(column)
