"""Geometry of the utility space of two seats: figures in, coordinates out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING

from negotiation.charts import line, spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from negotiation.charts import Point
    from negotiation.lexicon import Face

WIDTH, HEIGHT = 360, 316
LEFT, RIGHT, TOP, BOTTOM = 26, 14, 22, 24
_ARROW = 5.0
_LONG_ENOUGH = 16.0
_LINE = 13  # of text
_ROOM = 40.0


@dataclass(frozen=True, slots=True)
class Dot:
    """An offer. `best`: nobody could have more without somebody having less, of all seats."""

    seq: int
    at: Point
    text: str
    terms: str
    best: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class Path:
    """A seat's offers in their order; `main` where it is one of the two. `label` is where the
    number of its newest message has room."""

    face: Face
    main: bool
    path: str
    arrows: str
    dots: tuple[Dot, ...]
    label: Point
    anchor: str


@dataclass(frozen=True, slots=True)
class Picture:
    x: Face
    y: Face
    cloud: str
    frontier: str
    limits: str
    acceptable: tuple[float, float, float, float]
    nash: Point | None
    kalai: Point | None = None  # the corner of its little square
    paths: tuple[Path, ...] = ()
    deal: Dot | None = None
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def place(point: Point) -> Point:
    """Where two utilities between 0 and 1 are."""
    x, y = (min(max(value, 0.0), 1.0) for value in point)
    return (
        round(LEFT + x * (WIDTH - LEFT - RIGHT), 1),
        round(HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM), 1),
    )


def corner(point: Point) -> Point:
    """Of a square of 9 around it."""
    x, y = place(point)
    return round(x - 4.5, 1), round(y - 4.5, 1)


def specks(points: Iterable[Point]) -> str:
    """Many points as one path of lines without length, for round caps; each pixel once."""
    placed = dict.fromkeys((round(x), round(y)) for x, y in map(place, points))
    return "".join(f"M{x} {y}h0" for x, y in placed)


def limits(at: Point) -> str:
    x, y = place(at)
    return f"M{x:g} {TOP}V{HEIGHT - BOTTOM}M{LEFT} {y:g}H{WIDTH - RIGHT}"


def acceptable(at: Point) -> tuple[float, float, float, float]:
    """x, y, width and height of where both are above their limits."""
    x, y = place(at)
    return x, float(TOP), round(WIDTH - RIGHT - x, 1), round(y - TOP, 1)


def curve(points: Iterable[Point]) -> str:
    return line([place(point) for point in points])


def paths(drawn: Sequence[tuple[Face, Sequence[Dot]]], main: Sequence[str]) -> tuple[Path, ...]:
    """The others' first, so that those of the two lie on top of them."""
    ends = {face.name: dots[-1].at for face, dots in drawn if face.name in main}
    heights = {name: y - 7 for name, (_, y) in ends.items()}
    lines = spread(heights, _LINE, TOP - 4, HEIGHT - BOTTOM)
    found = [
        Path(
            face=face,
            main=face.name in main,
            path=line([dot.at for dot in dots]),
            arrows=arrows([dot.at for dot in dots]),
            dots=tuple(dots),
            label=(dots[-1].at[0] + aside(dots[-1].at), lines.get(face.name, 0.0)),
            anchor="start" if aside(dots[-1].at) > 0 else "end",
        )
        for face, dots in drawn
    ]
    return tuple(sorted(found, key=lambda each: each.main))


def aside(at: Point) -> float:
    """On which side of a dot there is room for a number."""
    return 9.0 if at[0] < WIDTH - RIGHT - _ROOM else -9.0


def arrows(points: Sequence[Point]) -> str:
    """A little head in the middle of each step that is long enough for one."""
    heads = []
    for (x, y), (to_x, to_y) in pairwise(points):
        long = hypot(to_x - x, to_y - y)
        if long < _LONG_ENOUGH:
            continue
        along = ((to_x - x) / long * _ARROW, (to_y - y) / long * _ARROW)
        tip = ((x + to_x) / 2 + along[0] / 2, (y + to_y) / 2 + along[1] / 2)
        back = (tip[0] - along[0], tip[1] - along[1])
        one = (back[0] - along[1] * 0.6, back[1] + along[0] * 0.6)
        other = (back[0] + along[1] * 0.6, back[1] - along[0] * 0.6)
        corners = "L".join(f"{px:.1f} {py:.1f}" for px, py in (tip, one, other))
        heads.append(f"M{corners}z")
    return "".join(heads)
