"""Geometry of a flow (Sankey) picture: counts in, nodes and ribbons for an SVG out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH = 1000
LEFT, RIGHT = 206, 150
TOP, BOTTOM = 52, 10
NODE = 10
GAP = 30
LEAST = 220
THINNEST = 1.5
ASIDE = 10


class Station(NamedTuple):
    """A place that things pass; keys are unique over all stages."""

    key: str
    label: str
    tone: str = "slate"
    link: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """So many went from one station to one of the next stage."""

    source: str
    target: str
    count: int
    link: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A bar. Its label stands outside at both ends of the picture, and above it in between."""

    station: Station
    count: int
    x: float
    y: float
    height: float
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Ribbon:
    """What went from one bar to another; `share` of all that left the first."""

    source: Station
    target: Station
    count: int
    share: float
    link: str
    path: str


@dataclass(frozen=True, slots=True)
class Flow:
    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]
    height: float
    width: int = WIDTH


def flow(stages: Sequence[Sequence[Station]], passed: Sequence[Passed]) -> Flow | None:
    """The picture of what passed, left to right; stations that nothing passed are left out.

    The height of bars and ribbons is proportional to the counts, with the same scale everywhere.
    """
    moves = [each for each in passed if each.count > 0]
    counts = _counts(moves)
    rows = [[station for station in stage if counts.get(station.key)] for stage in stages]
    if not moves or not rows[0]:
        return None
    fullest = max(len(row) for row in rows)
    total = max(sum(counts[station.key] for station in row) for row in rows)
    room = max(LEAST, fullest * ASIDE * 3)
    scale = room / total
    nodes = {
        node.station.key: node
        for place, row in enumerate(rows)
        for node in _column(row, counts, place, len(rows), scale)
    }
    ribbons = tuple(_ribbons(moves, nodes, scale))
    height = max(node.y + node.height for node in nodes.values()) + BOTTOM
    return Flow(tuple(nodes.values()), ribbons, round(height, 1))


def _counts(moves: Sequence[Passed]) -> dict[str, int]:
    out: dict[str, int] = {}
    into: dict[str, int] = {}
    for each in moves:
        out[each.source] = out.get(each.source, 0) + each.count
        into[each.target] = into.get(each.target, 0) + each.count
    return {key: max(out.get(key, 0), into.get(key, 0)) for key in {**out, **into}}


def column_x(place: int, places: int) -> float:
    """Where the bars of a stage begin."""
    return round(LEFT + place * (WIDTH - LEFT - RIGHT - NODE) / max(places - 1, 1), 1)


def _column(
    row: Sequence[Station], counts: Mapping[str, int], place: int, places: int, scale: float
) -> list[Node]:
    last = place == places - 1
    x = column_x(place, places)
    found, y = [], float(TOP)
    for station in row:
        height = max(counts[station.key] * scale, THINNEST)
        middle = y + height / 2 + 4
        if place == 0:
            label = (x - ASIDE, middle, "end")
        elif last:
            label = (x + NODE + ASIDE, middle, "start")
        else:
            label = (x, y - 7, "start")
        found.append(Node(station, counts[station.key], _r(x), _r(y), _r(height), *_at(label)))
        y += height + GAP
    return found


def _at(label: tuple[float, float, str]) -> tuple[float, float, str]:
    return _r(label[0]), _r(label[1]), label[2]


def _ribbons(moves: Sequence[Passed], nodes: Mapping[str, Node], scale: float) -> list[Ribbon]:
    """Ribbons leave and enter a bar in the order of the bars at their other end, so that few
    cross."""
    left = dict.fromkeys(nodes, 0.0)
    right = dict.fromkeys(nodes, 0.0)
    found = []
    for each in sorted(moves, key=lambda one: (nodes[one.source].y, nodes[one.target].y)):
        source, thick = nodes[each.source], max(each.count * scale, THINNEST)
        start = source.y + right[each.source]
        right[each.source] += each.count * scale
        found.append((each, start, thick))
    made = []
    for each, start, thick in sorted(found, key=lambda one: nodes[one[0].source].y):
        source, target = nodes[each.source], nodes[each.target]
        end = target.y + left[each.target]
        left[each.target] += each.count * scale
        made.append(
            Ribbon(
                source.station,
                target.station,
                each.count,
                each.count / source.count,
                each.link,
                _path(source.x + NODE, start, target.x, end, thick),
            )
        )
    return made


def _path(x: float, y: float, to_x: float, to_y: float, thick: float) -> str:
    left, middle, right = (f"{_r(each):g}" for each in (x, (x + to_x) / 2, to_x))
    top, to_top = f"{_r(y):g}", f"{_r(to_y):g}"
    bottom, to_bottom = f"{_r(y + thick):g}", f"{_r(to_y + thick):g}"
    return (
        f"M{left} {top}C{middle} {top} {middle} {to_top} {right} {to_top}V{to_bottom}"
        f"C{middle} {to_bottom} {middle} {bottom} {left} {bottom}Z"
    )


def _r(value: float) -> float:
    return round(value, 1)
