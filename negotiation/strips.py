"""Concessions as a strip for each seat: what it asks for itself comes down, the best that others
have offered it comes up, and what is between them is still to be bridged. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from negotiation.charts import steps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from negotiation.charts import Point
    from negotiation.lexicon import Face

WIDTH, ROW = 360, 54
LEFT, RIGHT = 6, 46
TOP, LOW = 17, 47  # of a row: where the best and the limit of a seat are
MOST_STEPS, MOST_SEATS = 40, 12


@dataclass(frozen=True, slots=True)
class Strip:
    """One seat. `asks` and `gets`: the newest of both, 0 its limit and 1 its best."""

    face: Face
    y: int
    band: str
    asked: str
    offered: str
    dots: str
    asks: float | None
    gets: float | None
    deal: float | None
    deal_y: float | None
    end_y: float | None


@dataclass(frozen=True, slots=True)
class Strips:
    strips: tuple[Strip, ...]
    first: int
    last: int
    more: int
    left: int = LEFT
    right: int = WIDTH - RIGHT
    width: int = WIDTH
    height: int = 0


def strips(
    asked: Mapping[str, Sequence[Point]],
    offered: Mapping[str, Sequence[Point]],
    faces: Mapping[str, Face],
    *,
    head: int,
    deal: Mapping[str, float] | None = None,
) -> Strips | None:
    """Per seat (message number, surplus): of its own offers, and of the best that others had made
    by then. None while there is nothing to draw."""
    drawn = [name for name in faces if asked.get(name) or offered.get(name)]
    if not drawn:
        return None
    numbers = [points[0][0] for points in (*asked.values(), *offered.values()) if points]
    first = int(min(numbers))
    frame = _Frame(first, max(head, first + 1))
    shown = drawn[:MOST_SEATS]
    return Strips(
        strips=tuple(
            _strip(
                (faces[name], row),
                frame,
                asked=asked.get(name) or (),
                offered=offered.get(name) or (),
                deal=(deal or {}).get(name),
            )
            for row, name in enumerate(shown)
        ),
        first=frame.first,
        last=frame.last,
        more=len(drawn) - len(shown),
        height=len(shown) * ROW + 18,
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    first: int
    last: int

    def place(self, row: int, point: Point) -> Point:
        along = (point[0] - self.first) / (self.last - self.first)
        x = LEFT + min(max(along, 0.0), 1.0) * (WIDTH - RIGHT - LEFT)
        return round(x, 1), height(row, point[1])


def height(row: int, surplus: float) -> float:
    return round(row * ROW + LOW - min(max(surplus, 0.0), 1.0) * (LOW - TOP), 1)


def _strip(
    seat: tuple[Face, int],
    frame: _Frame,
    *,
    asked: Sequence[Point],
    offered: Sequence[Point],
    deal: float | None,
) -> Strip:
    (face, row), until = seat, WIDTH - RIGHT
    own = [frame.place(row, point) for point in thinned(asked)]
    others = [frame.place(row, point) for point in thinned(offered)]
    last = [points[-1][1] for points in (asked, offered) if points]
    return Strip(
        face=face,
        y=row * ROW,
        band=_band(own, others, until),
        asked=steps(own, until),
        offered=steps(others, until),
        dots="".join(f"M{x:g} {y:g}h0" for x, y in own),
        asks=asked[-1][1] if asked else None,
        gets=offered[-1][1] if offered else None,
        deal=deal,
        deal_y=None if deal is None else height(row, deal),
        end_y=height(row, deal if deal is not None else last[0]),
    )


def _band(own: Sequence[Point], others: Sequence[Point], until: float) -> str:
    """Between the two staircases, from where both have begun."""
    if not own or not others:
        return ""
    start = max(own[0][0], others[0][0])
    upper, lower = _from(own, start), _from(others, start)
    back = [(until, lower[-1][1])]
    for (x, _), (_, before) in zip(reversed(lower[1:]), reversed(lower[:-1]), strict=True):
        back += [(x, back[-1][1]), (x, before)]
    back.append((start, back[-1][1]))
    return steps(upper, until) + "".join(f"L{x:g} {y:g}" for x, y in back) + "z"


def _from(points: Sequence[Point], start: float) -> list[Point]:
    before = [point for point in points if point[0] <= start]
    return [(start, before[-1][1]), *(point for point in points if point[0] > start)]


def thinned(points: Sequence[Point]) -> list[Point]:
    """The steps that change something, at most `MOST_STEPS`, the first and the last among them."""
    kept = [
        point
        for place, point in enumerate(points)
        if place in {0, len(points) - 1} or point[1] != points[place - 1][1]
    ]
    if len(kept) <= MOST_STEPS:
        return kept
    span = (len(kept) - 1) / (MOST_STEPS - 1)
    return [kept[round(number * span)] for number in range(MOST_STEPS)]
