"""Offers side by side: an axis for each issue, its options in their order, a line for each offer.

The axes lie below each other, so that a narrow panel has room for their names. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from negotiation.charts import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from negotiation.charts import Point
    from negotiation.engine.messages import Offer, Option
    from negotiation.lexicon import Face

WIDTH, ROW = 360, 40
LEFT, RIGHT = 14, 14
DEEP = 27  # of a row: where its axis is
ASIDE = 2.4
MOST_TICKS = 40


@dataclass(frozen=True, slots=True)
class Axis:
    """An issue; `now` is what was agreed, or last offered, in words."""

    label: str
    now: str
    y: int
    ticks: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Line:
    """One offer of a seat; `old` where the seat has made another one since."""

    face: Face
    seq: int
    path: str
    old: bool
    text: str


@dataclass(frozen=True, slots=True)
class Parallels:
    axes: tuple[Axis, ...]
    lines: tuple[Line, ...]
    deal: str
    width: int = WIDTH
    left: int = LEFT
    right: int = WIDTH - RIGHT
    height: int = 0


@dataclass(frozen=True, slots=True)
class Ruler:
    """The places of one issue's options: figures by their size, words in their order."""

    options: Sequence[Option]

    def at(self, option: Option) -> float | None:
        """None for what is no option."""
        if option not in self.options:
            return None
        if len(self.options) == 1:
            share = 0.5
        elif any(isinstance(each, str) for each in self.options):
            share = self.options.index(option) / (len(self.options) - 1)
        else:
            figures = [float(each) for each in self.options]
            low, high = min(figures), max(figures)
            share = (float(option) - low) / (high - low)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def ticks(ruler: Ruler, row: int) -> str:
    """A stroke for each option, or the ends where there are very many."""
    options = ruler.options
    shown = options if len(options) <= MOST_TICKS else (options[0], options[-1])
    y = row * ROW + DEEP
    return "".join(f"M{ruler.at(each):g} {y - 3}v6" for each in shown)


def course(offer: Offer, rulers: Sequence[tuple[str, Ruler]], aside: float = 0.0) -> str:
    """The line of an offer down through the axes, a little aside of other seats'."""
    points: list[Point] = []
    for row, (issue, ruler) in enumerate(rulers):
        x = ruler.at(offer[issue]) if issue in offer else None
        if x is not None:
            points.append((round(x + aside, 1), row * ROW + DEEP))
    return line(points)
