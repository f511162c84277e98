"""Geometry of the pictures: numbers in, coordinates for the SVG templates out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from negotiation.lexicon import Face

Point = tuple[float, float]

SPARK_WIDTH, SPARK_HEIGHT = 96, 24


def sparkline(
    asked: Mapping[str, Sequence[Point]],
    faces: Mapping[str, Face],
    *,
    head: int,
    deal: Mapping[str, float] | None = None,
) -> tuple[tuple[Face, str], ...]:
    """The concession curves in a thumbnail, ending in the deal: (face, path) per seat."""
    drawn = {name: list(points) for name, points in asked.items() if points and name in faces}
    if not drawn:
        return ()
    first = min(points[0][0] for points in drawn.values())
    span = max(head - first, 1)
    for name, points in drawn.items():
        if deal and name in deal:
            points.append((first + span * 0.85, deal[name]))

    def place(point: Point) -> Point:
        up = min(max(point[1], 0.0), 1.0)
        return _at((point[0] - first) / span * SPARK_WIDTH, 2 + (1 - up) * (SPARK_HEIGHT - 4))

    return tuple(
        (faces[name], steps([place(point) for point in points], SPARK_WIDTH))
        for name, points in drawn.items()
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the waterfall in percent of its width; `up` raises the risk."""

    label: str
    text: str
    points: float
    x: float
    width: float
    up: bool


def waterfall(factors: Sequence[Mapping[str, object]]) -> tuple[Step, ...]:
    """From 100 down (or up) by each factor's points; the last stop, clamped, is the score."""
    level, stops = 100.0, [100.0]
    for factor in factors:
        level += _float(factor.get("points"))
        stops.append(level)
    low, high = min(0.0, *stops), max(100.0, *stops)

    def x(value: float) -> float:
        return round((value - low) / (high - low) * 100, 2)

    return tuple(
        Step(
            label=str(factor.get("label") or factor.get("name") or ""),
            text=str(factor.get("text") or ""),
            points=after - before,
            x=x(min(before, after)),
            width=round(abs(x(after) - x(before)), 2),
            up=after > before,
        )
        for factor, before, after in zip(factors, stops, stops[1:], strict=False)
    )


def spread(wanted: Mapping[str, float], gap: float, low: float, high: float) -> dict[str, float]:
    """Moves labels apart to at least `gap`, in their order, between `low` and `high`."""
    ordered = sorted(wanted.items(), key=lambda item: item[1])
    placed: list[float] = []
    for _, y in ordered:
        placed.append(max(y, placed[-1] + gap) if placed else max(y, low))
    limit = high
    for i in range(len(placed) - 1, -1, -1):
        placed[i] = min(placed[i], limit)
        limit = placed[i] - gap
    return {name: round(y, 1) for (name, _), y in zip(ordered, placed, strict=True)}


def line(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) if points else ""


def steps(points: Sequence[Point], until: float) -> str:
    """A staircase: an offer stands until the next one, the last one up to `until`."""
    if not points:
        return ""
    (x, y), *rest = points
    return f"M{x:g} {y:g}" + "".join(f"H{x:g}V{y:g}" for x, y in rest) + f"H{until:g}"


def _at(x: float, y: float) -> Point:
    return round(x, 1), round(y, 1)


def _float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
