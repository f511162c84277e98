"""How an agent's past is drawn: trust over time, calibration, and why it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from negotiation import charts
from negotiation.services.agents import trust_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from negotiation.engine.trust import Trust
    from negotiation.models import Report, TrustEntry

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 1000, 200, 46, 14, 14
SQUARE, EDGE, MARGIN = 280, 34, 30
BINS = 10
SMALLEST, LARGEST = 4.0, 15.0


class Event(NamedTuple):
    """A report about the agent, and how far it was believed from then on."""

    report: Report
    right: int
    wrong: int
    believed: float
    x: float
    y: float

    @property
    def radius(self) -> float:
        """What settled claims is seen first."""
        return 4.0 if self.right or self.wrong else 2.0

    @property
    def tone(self) -> str:
        return "red" if self.wrong > self.right else "green" if self.right else "slate"


class History(NamedTuple):
    events: Sequence[Event]
    path: str
    base_y: float
    ticks: Sequence[tuple[str, float]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def history(entries: Sequence[TrustEntry]) -> History:
    """A step for each report, at even distances: what came with it counts, not when it came."""
    groups = [list(own) for _, own in groupby(entries, key=lambda each: each.report_id)]
    step = (WIDTH - LEFT - 8) / max(len(groups), 1)
    before = trust_of([])
    events: list[Event] = []
    known: list[TrustEntry] = []
    for place, own in enumerate(groups):
        known.extend(own)
        believed = trust_of(known).believability
        right = sum(each.right for each in own if each.fact)
        wrong = sum(not each.right for each in own if each.fact)
        x = round(LEFT + (place + 0.5) * step, 1)
        events.append(Event(own[0].report, right, wrong, believed, x, _y(believed)))
    start = (float(LEFT), _y(before.believability))
    path = charts.steps([start, *((each.x, each.y) for each in events)], WIDTH)
    ticks = [(f"{share:.0%}".replace("%", " %"), _y(share)) for share in (0.0, 0.5, 1.0)]
    return History(events, path, start[1], ticks)


def _y(share: float) -> float:
    return round(TOP + (1 - share) * (HEIGHT - TOP - BOTTOM), 1)


@dataclass(frozen=True, slots=True)
class Dot:
    """Confidences that were stated alike: their mean, how many came true, and of how many."""

    stated: float
    came_true: float
    count: int
    x: float
    y: float
    radius: float

    @property
    def label_y(self) -> float:
        return round(self.y - self.radius - 3, 1)


class Calibration(NamedTuple):
    dots: Sequence[Dot]
    diagonal: str
    size: int = SQUARE
    edge: int = EDGE


def calibration(entries: Sequence[TrustEntry]) -> Calibration:
    """Stated confidence against what happened, in ten bins; the area of a dot is its count."""
    bins: dict[int, list[TrustEntry]] = {}
    for each in entries:
        if not each.fact and each.stated is not None:
            bins.setdefault(min(int(each.stated * BINS), BINS - 1), []).append(each)
    most = max((len(own) for own in bins.values()), default=1)
    dots = [_dot(own, most) for _, own in sorted(bins.items())]
    (x, y), (to_x, to_y) = _at(0, 0), _at(1, 1)
    return Calibration(dots, f"M{x:g} {y:g}L{to_x:g} {to_y:g}")


def _dot(own: Sequence[TrustEntry], most: int) -> Dot:
    stated = sum(each.stated or 0.0 for each in own) / len(own)
    came_true = sum(each.right for each in own) / len(own)
    radius = max(LARGEST * (len(own) / most) ** 0.5, SMALLEST)
    return Dot(stated, came_true, len(own), *_at(stated, came_true), round(radius, 1))


def _at(stated: float, came_true: float) -> tuple[float, float]:
    room = SQUARE - EDGE - MARGIN
    return round(EDGE + stated * room, 1), round(SQUARE - EDGE - came_true * room, 1)


class Factor(NamedTuple):
    """How far it would be believed without one factor."""

    name: str
    about: str
    without: float
    points: float

    @property
    def x(self) -> float:
        return round(100 * min(self.without, self.without + self.points), 1)

    @property
    def width(self) -> float:
        return round(100 * abs(self.points), 1)


FACTORS = {
    "identity": ("Identity", "as if nobody vouched for who it is"),
    "history": ("History", "as if none of its claims had been settled"),
    "compliance": ("Compliance", "as if it had broken no rule"),
    "provenance": ("Provenance", "as if its claims had sources like all others"),
    "confidence": ("Stated confidence", "as if it had not said how sure it is"),
}


def factors(trust: Trust) -> list[Factor]:
    """B again with one factor removed; the difference is what the factor does."""
    without = trust.without()
    return [
        Factor(label, about, without[name], trust.believability - without[name])
        for name, (label, about) in FACTORS.items()
    ]
