"""Pictures of what seats want: value functions and weights, as coordinates for SVG. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.charts import line
from negotiation.scenarios.words import figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from negotiation.charts import Point
    from negotiation.engine.utility import ValueFunction
    from negotiation.scenarios.values import Value

WIDTH, HEIGHT = 168, 72
TOP, BOTTOM, SIDE = 6, 58, 6
_STEPS = 48
_TICKS = 40
_BARS = 24


@dataclass(frozen=True, slots=True)
class ValueChart:
    """`line` and `area` of a curve with its `corners`, or `bars` of options; `ticks` where the
    present offers lie."""

    kind: str
    low: str
    high: str
    line: str = ""
    area: str = ""
    corners: tuple[Point, ...] = ()
    ticks: tuple[float, ...] = ()
    bars: tuple[tuple[float, float, float, float, str], ...] = ()
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class Part:
    """A seat's objective as a part of a bar 100 wide."""

    label: str
    share: float
    x: float
    width: float


def shares(weights: Sequence[tuple[str, float]]) -> tuple[Part, ...]:
    total, x, found = sum(weight for _, weight in weights), 0.0, []
    for label, weight in weights if total > 0 else ():
        share = weight / total * 100
        found.append(Part(label, share, round(x, 2), round(share, 2)))
        x += share
    return tuple(found)


def curve(
    value: Value, worth: ValueFunction, figures: Sequence[float] = (), *, unit: str = ""
) -> ValueChart:
    """`figures` of the present offers; the picture spans them and the function's own figures."""
    own = _own(value)
    known = np.unique(np.asarray([each for each in figures if np.isfinite(each)], dtype=float))
    both = [*own, *known.tolist()]
    low, high = min(both), max(both)
    span = (high - low) or 1.0

    def at(x: float, y: float) -> Point:
        across = SIDE + (x - low) / span * (WIDTH - 2 * SIDE)
        return round(across, 1), round(BOTTOM - y * (BOTTOM - TOP), 1)

    xs = np.unique(np.concatenate([np.linspace(low, high, _STEPS), np.clip(own, low, high)]))
    points = [at(float(x), float(y)) for x, y in zip(xs, worth(xs), strict=True)]
    corners = [at(x, float(y)) for x, y in zip(own, worth(np.asarray(own)), strict=True)]
    if len(known) > _TICKS:
        known = np.quantile(known, np.linspace(0, 1, _TICKS))
    return ValueChart(
        kind=_kind(value),
        low=figure(low),
        high=figure(high, unit),
        line=line(points),
        area=f"{line(points)}L{points[-1][0]:g} {BOTTOM}L{points[0][0]:g} {BOTTOM}Z",
        corners=tuple(corners),
        ticks=tuple(at(float(x), 0)[0] for x in known),
    )


def bars(worths: Sequence[tuple[str, float]]) -> ValueChart:
    """What each option is worth; of very many the first."""
    shown = list(worths)[:_BARS]
    step = (WIDTH - 2 * SIDE) / max(len(shown), 1)
    made = tuple(
        (
            round(SIDE + place * step, 1),
            round(BOTTOM - worth * (BOTTOM - TOP), 1),
            round(step * 0.8, 1),
            round(max(worth * (BOTTOM - TOP), 1), 1),
            f"{label}: {figure(worth)}",
        )
        for place, (label, worth) in enumerate(shown)
    )
    left = len(worths) - len(shown)
    return ValueChart(
        kind="by option",
        low=shown[0][0] if shown else "",
        high=f"and {left} more" if left else shown[-1][0] if shown[1:] else "",
        bars=made,
    )


def _own(value: Value) -> list[float]:
    """The figures at which the function bends, rising."""
    if value.triangle is not None:
        return list(value.triangle)
    if value.points is not None:
        return [point[0] for point in value.points]
    return sorted([float(value.worst or 0), float(value.best or 0)])


def _kind(value: Value) -> str:
    if value.triangle is not None:
        return "triangle"
    return "through points" if value.points is not None else "straight line"
