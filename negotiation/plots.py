"""Geometry of small pictures of figures: columns, shares and areas. Numbers in, SVG out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS_WIDTH, COLUMNS_HEIGHT = 300, 64
_AIR = 0.22
_LEAST = 1.5


class Column(NamedTuple):
    """A column and, of it, the lower part that is drawn stronger."""

    label: str
    value: float
    part: float
    x: float
    width: float
    y: float
    height: float
    part_y: float
    part_height: float

    @property
    def middle(self) -> float:
        return _r(self.x + self.width / 2)


class Slice(NamedTuple):
    """One part of a whole, in percent of the width."""

    key: str
    label: str
    tone: str
    value: int
    share: float
    x: float
    width: float
    link: str = ""


def columns(
    values: Sequence[tuple[str, float, float]],
    *,
    width: float = COLUMNS_WIDTH,
    height: float = COLUMNS_HEIGHT,
) -> list[Column]:
    """(label, value, part of it) from left to right; the highest one fills the height."""
    top = max((value for _, value, _ in values), default=0) or 1
    step = width / max(len(values), 1)
    found = []
    for place, (label, value, part) in enumerate(values):
        tall = max(value / top * height, _LEAST) if value else 0.0
        strong = part / value * tall if value else 0.0
        found.append(
            Column(
                label,
                value,
                part,
                _r(place * step + step * _AIR / 2),
                _r(step * (1 - _AIR)),
                _r(height - tall),
                _r(tall),
                _r(height - strong),
                _r(strong),
            )
        )
    return found


def slices(parts: Sequence[tuple[str, str, str, int, str]]) -> list[Slice]:
    """(key, label, tone, count, link): side by side, in their order; empty ones take no room."""
    total = sum(count for _, _, _, count, _ in parts)
    found, x = [], 0.0
    for key, label, tone, count, link in parts:
        share = count / total if total else 0.0
        found.append(Slice(key, label, tone, count, share, _r(x), _r(share * 100), link))
        x += share * 100
    return found


class Area(NamedTuple):
    """Something over time: filled until `now_x`, dashed from there; `limit_y` is what it is held
    against."""

    filled: str
    line: str
    ahead: str
    now_x: float
    now_y: float
    limit_y: float
    width: float
    height: float


def area(
    values: Sequence[float],
    *,
    now: int,
    limit: float,
    width: float = 300,
    height: float = 72,
    top: float = 8,
) -> Area:
    """`values` at even distances, of which the one at place `now` is the present one."""
    high = max(limit, *values, 1e-12)
    room = height - top

    def at(place: int) -> tuple[float, float]:
        return _r(place / (len(values) - 1) * width), _r(height - values[place] / high * room)

    past = [at(place) for place in range(now + 1)]
    coming = [at(place) for place in range(now, len(values))]
    over = "L".join(f"{x:g} {y:g}" for x, y in past)
    return Area(
        filled=f"M0 {height:g}L{over}L{past[-1][0]:g} {height:g}Z",
        line=f"M{over}",
        ahead="M" + "L".join(f"{x:g} {y:g}" for x, y in coming),
        now_x=past[-1][0],
        now_y=past[-1][1],
        limit_y=_r(height - limit / high * room),
        width=width,
        height=height,
    )


def _r(value: float) -> float:
    return round(value, 2)
