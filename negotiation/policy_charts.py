"""Pictures of a policy: who decides by score, and what a draft would have sent elsewhere. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from negotiation.scenarios.words import figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from negotiation.engine.loads import Load

ROUTES = {"auto": "Automatic", "review": "People", "refuse": "Refused"}
WIDTH, HEIGHT, GAP, SIDE = 320, 150, 8, 10


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of the scores from 0 to 100, and who decides there."""

    kind: str
    who: str
    begins: float
    ends: float

    @property
    def width(self) -> float:
        return self.ends - self.begins

    @property
    def span(self) -> str:
        return f"{figure(self.begins)} to {figure(self.ends)}"


def zones(policy: Mapping[str, Any]) -> tuple[Zone, ...]:
    """Automatic, each tier where it is reached, refused."""
    review, refuse = min(policy["review_from"], 100), min(policy["refuse_from"], 100)
    made = [Zone("auto", "automatic", 0, min(review, refuse))]
    for place, (tier, (begins, ends)) in enumerate(
        zip(policy["tiers"], _reach(policy), strict=True), start=1
    ):
        if ends > begins:
            made.append(Zone(f"tier zone-tier-{min(place, 4)}", who(tier), begins, ends))
    made.append(Zone("refuse", "refused", refuse, 100))
    return tuple(zone for zone in made if zone.width > 0)


def spans(policy: Mapping[str, Any]) -> tuple[str, ...]:
    """At which scores each tier decides, in words."""
    told = []
    for place, (begins, ends) in enumerate(_reach(policy)):
        reached = f"{figure(begins)} to {figure(ends)}" if ends > begins else ""
        if place == 0:
            told.append(f"{reached}, and gates below" if reached else "only what gates send")
        else:
            told.append(reached or f"never: refused from {figure(policy['refuse_from'])}")
    return tuple(told)


def who(tier: Mapping[str, Any]) -> str:
    count, seniors = tier["people"], tier["seniors"]
    people = "1 person" if count == 1 else f"{count} people"
    return f"{people}, {seniors} senior" if seniors else people


def _reach(policy: Mapping[str, Any]) -> list[tuple[float, float]]:
    """From and to which score each tier decides; nowhere if that does not rise."""
    review, refuse = policy["review_from"], policy["refuse_from"]
    begins = [tier["from"] for tier in policy["tiers"]]
    ends = [*begins[1:], 100.0]
    return [(max(begin, review), min(end, refuse)) for begin, end in zip(begins, ends, strict=True)]


@dataclass(frozen=True, slots=True)
class Bar:
    """A route at one side of the flow: its height is how many decisions took it."""

    route: str
    label: str
    count: int
    x: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.y + self.height / 2, 1)


@dataclass(frozen=True, slots=True)
class Stream:
    """Decisions that go from one route to another, as a band between the two."""

    before: str
    after: str
    count: int
    path: str

    @property
    def stays(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Rerouting:
    bars: tuple[Bar, ...]
    streams: tuple[Stream, ...]
    width: int = WIDTH
    height: int = HEIGHT


def rerouted(before: Mapping[str, int], moved: Sequence[tuple[str, str]]) -> Rerouting:
    """`before`: how many took each route; `moved`: from where and to where others go."""
    counts = {(route, route): before.get(route, 0) for route in ROUTES}
    for was, now in moved:
        counts[was, was] -= 1
        counts[was, now] = counts.get((was, now), 0) + 1
    total = max(sum(counts.values()), 1)
    scale = (HEIGHT - GAP * (len(ROUTES) - 1)) / total
    left = _bars(counts, 0, 0, scale)
    right = _bars(counts, 1, WIDTH - SIDE, scale)
    from_y = {bar.route: bar.y for bar in left}
    to_y = {bar.route: bar.y for bar in right}
    streams = []
    for was in ROUTES:
        for now in ROUTES:
            count = counts.get((was, now), 0)
            if count <= 0:
                continue
            thick = count * scale
            streams.append(Stream(was, now, count, _band(from_y[was], to_y[now], thick)))
            from_y[was] += thick
            to_y[now] += thick
    return Rerouting(bars=(*left, *right), streams=tuple(streams))


def _bars(
    counts: Mapping[tuple[str, str], int], side: int, x: float, scale: float
) -> tuple[Bar, ...]:
    y, made = 0.0, []
    for route, label in ROUTES.items():
        count = sum(number for way, number in counts.items() if way[side] == route)
        made.append(Bar(route, label, count, x, round(y, 1), round(count * scale, 1)))
        y += count * scale + GAP
    return tuple(made)


def _band(top: float, to: float, thick: float) -> str:
    first, last, middle = SIDE, WIDTH - SIDE, WIDTH / 2
    return (
        f"M{first} {top:.1f}C{middle:g} {top:.1f} {middle:g} {to:.1f} {last} {to:.1f}"
        f"V{to + thick:.1f}C{middle:g} {to + thick:.1f} {middle:g} {top + thick:.1f}"
        f" {first} {top + thick:.1f}Z"
    )


@dataclass(frozen=True, slots=True)
class LoadBar:
    """Decisions a day that reach people, in percent of what the bar shows."""

    label: str
    mean: float
    width: float
    low: float
    high: float
    too_many: bool


def loads(
    named: Sequence[tuple[str, Load]], capacity: float | None
) -> tuple[tuple[LoadBar, ...], float | None]:
    """The bars, and where the capacity is on them."""
    highest = max(max(load.mean, load.high or 0) for _, load in named)
    most = max(highest, capacity or 0, 0.001) * 1.08

    def at(value: float) -> float:
        return round(value / most * 100, 2)

    bars = tuple(
        LoadBar(
            label,
            load.mean,
            at(load.mean),
            at(load.mean if load.low is None else load.low),
            at(load.mean if load.high is None else load.high),
            capacity is not None and load.mean > capacity,
        )
        for label, load in named
    )
    return bars, None if capacity is None else at(capacity)
