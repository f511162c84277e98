"""What two seats could have: offers as points, by what each is worth to both, as it is seen now."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negotiation.engine.frontier import pareto_frontier
from negotiation.engine.solutions import solution_points
from negotiation.engine.space import NotInSpace
from negotiation.timelines import key_of

if TYPE_CHECKING:
    from negotiation.charts import Point
    from negotiation.engine.messages import Offer
    from negotiation.engine.retellings import Retelling
    from negotiation.engine.space import FloatArray
    from negotiation.models import Negotiation
    from negotiation.timelines import Key, Timeline

CLOUD, FRONTIER = 600, 80
"""So many points are drawn at most."""

KEPT_BYTES = 64 * 2**20
LARGEST = 8 * 2**20
"""Utilities of larger tables are not kept: their offers are drawn at what they were worth when they
were made."""

_SAMPLE = 20_000


class Plane(NamedTuple):
    """Two seats' part of it. Nash and Kalai are those of all seats at the table."""

    cloud: list[Point]
    frontier: list[Point]
    nash: Point | None
    kalai: Point | None
    limits: Point


@dataclass(frozen=True)
class Space:
    """The utilities of all lawful offers under some beliefs, shape (rows, seats)."""

    knowledge: Retelling
    utilities: FloatArray
    best: frozenset[int]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.knowledge.beliefs)

    def row_of(self, offer: Offer) -> int | None:
        """None for what is not lawful, or not any more."""
        table = self.knowledge.table
        try:
            return table.row_of(table.space.index_of(offer))
        except NotInSpace:
            return None

    def opposed(self) -> tuple[str, str]:
        """The two seats whose utilities go together the least."""
        step = max(len(self.utilities) // _SAMPLE, 1)
        some = self.utilities[::step] - self.utilities[::step].mean(axis=0, keepdims=True)
        spread = np.sqrt((some * some).sum(axis=0))
        with np.errstate(divide="ignore", invalid="ignore"):
            together = np.nan_to_num((some.T @ some) / np.outer(spread, spread))
        pairs = np.triu_indices(len(self.names), 1)
        least = int(np.argmin(together[pairs]))
        return self.names[pairs[0][least]], self.names[pairs[1][least]]

    def plane(self, pair: tuple[str, str]) -> Plane:
        places = [self.names.index(name) for name in pair]
        limits = self.knowledge.table.limits
        both = np.ascontiguousarray(self.utilities[:, places])
        solutions = solution_points(self.utilities, limits)
        return Plane(
            cloud=cloud_of(both),
            frontier=frontier_of(both),
            nash=point(both, solutions.nash),
            kalai=point(both, solutions.kalai),
            limits=(float(limits[places[0]]), float(limits[places[1]])),
        )


_Moment = tuple["Key", int]
_spaces: OrderedDict[_Moment, Space] = OrderedDict()
_planes: OrderedDict[tuple[_Moment, tuple[str, str]], Plane] = OrderedDict()
_pairs: OrderedDict[Key, tuple[str, str]] = OrderedDict()
_lock = Lock()
KEPT_PLANES = 400


def space_of(negotiation: Negotiation, line: Timeline) -> Space | None:
    """None where no offer is lawful."""
    moment = (key_of(negotiation), line.changed)
    with _lock:
        found = _spaces.get(moment)
        if found is not None:
            _spaces.move_to_end(moment)
            return found
    utilities = line.knowledge.utilities
    if not len(utilities):
        return None
    space = Space(line.knowledge, utilities, frozenset(pareto_frontier(utilities).tolist()))
    with _lock:
        if utilities.nbytes <= LARGEST:
            _spaces[moment] = space
        while sum(each.utilities.nbytes for each in _spaces.values()) > KEPT_BYTES:
            _spaces.popitem(last=False)
    return space


def plane_of(
    negotiation: Negotiation, line: Timeline, space: Space, pair: tuple[str, str]
) -> Plane:
    """Computed once per process for each pair, until the seats learn something."""
    key = ((key_of(negotiation), line.changed), pair)
    found = _planes.get(key) or space.plane(pair)
    with _lock:
        _planes[key] = found
        while len(_planes) > KEPT_PLANES:
            _planes.popitem(last=False)
    return found


def opposed(negotiation: Negotiation, space: Space) -> tuple[str, str]:
    """The pair that is shown unless somebody chooses; the same as long as the table goes on."""
    key = key_of(negotiation)
    found = _pairs.get(key) or space.opposed()
    with _lock:
        _pairs[key] = found
        while len(_pairs) > KEPT_PLANES:
            _pairs.popitem(last=False)
    return found


def cloud_of(rows: FloatArray) -> list[Point]:
    """Of offers by what they are worth to two seats, as many as are drawn."""
    return _points(rows, CLOUD)


def frontier_of(rows: FloatArray) -> list[Point]:
    """Those of which neither seat could have more without the other having less, by the first."""
    best = rows[pareto_frontier(rows)]
    return _points(best[np.argsort(best[:, 0])], FRONTIER)


def _points(rows: FloatArray, most: int) -> list[Point]:
    """Evenly, with the first and the last."""
    if len(rows) > most:
        rows = rows[np.linspace(0, len(rows) - 1, most).round().astype(int)]
    return [(float(x), float(y)) for x, y in rows]


def point(rows: FloatArray, row: int | None) -> Point | None:
    return None if row is None else (float(rows[row, 0]), float(rows[row, 1]))
