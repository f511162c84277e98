"""What can be reached at a table, whoever talks: frontier, solution points, opposition.

What is on the frontier is asked of utilities rounded to the places of TOLERANCE, so that the last
bits of a sum do not decide it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import dist, log10
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from negotiation.engine.frontier import frontier_within
from negotiation.engine.plain import plain
from negotiation.engine.solutions import clearing, room, solution_points
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from negotiation.engine.frontier import Frontier
    from negotiation.engine.space import FloatArray, IntArray

COMPARISONS = 5e8
"""What one search for a frontier of three seats or more may cost: about half a second. All of
the frontier of 30,000 offers for eight seats, even where none dominates another."""

_PLACES = -round(log10(TOLERANCE))


@dataclass(frozen=True, slots=True)
class Point:
    """An offer's row, what it is worth to each seat, and the figure it was chosen for."""

    row: int
    utilities: tuple[float, ...]
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Of `size` offers `clearing` reach every limit; the points are among these, None without any.

    `frontier`: rising rows that none dominates, with their `frontier_utilities` (rows, seats); all
    of them if `complete`, else those of largest sum. `nash.value` is the product of surpluses,
    `kalai.value` the smallest surplus, `kalai_smorodinsky.value` the smallest share of what was
    possible, `utilitarian.value` the sum of utilities (see `solutions.Points`).

    `opposition` is the distance from the utilitarian point to the one where everybody has 1, as
    NegoLog (2024) reports it; `kalai_opposition` the distance from the Kalai point, as Baarslag
    et al. (Evaluating practical negotiating agents, 2013) define it. Both in utilities, 0 where
    one offer is the best for all, at most √seats. `balance`: how much more each seat has from an
    offer than the others on average, over all offers; NegoLog gives the first seat's. `lowest` and
    `highest`: each seat's utility from its worst and its best offer.
    """

    size: int
    clearing: int
    frontier: IntArray
    frontier_utilities: FloatArray
    complete: bool
    nash: Point | None
    kalai: Point | None
    kalai_smorodinsky: Point | None
    utilitarian: Point | None
    opposition: float | None
    kalai_opposition: float | None
    balance: tuple[float, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, every field."""
        return cast("dict[str, Any]", plain(self))


@dataclass(frozen=True, slots=True)
class Distances:
    """How far an offer is from the nearest of the frontier and from each point, in utilities."""

    frontier: float
    nash: float | None
    kalai: float | None
    kalai_smorodinsky: float | None
    utilitarian: float | None


def analyse(utilities: FloatArray, limits: FloatArray) -> Analysis:
    """The analysis of offers with `utilities` (offers, seats) and `limits` (seats,).

    Two seats: a few passes over the offers. More: see `COMPARISONS`. Without offers the figures
    of each seat are NaN.
    """
    frontier = frontier_within(rounded(utilities), COMPARISONS)
    points = _points(utilities, limits, frontier)
    lowest, means, highest = _spread(utilities)
    others = (means.sum() - means) / max(len(means) - 1, 1)
    return Analysis(
        size=len(utilities),
        clearing=len(clearing(utilities, limits)),
        frontier=frontier.rows,
        frontier_utilities=utilities[frontier.rows],
        complete=frontier.complete,
        nash=points["nash"],
        kalai=points["kalai"],
        kalai_smorodinsky=points["kalai_smorodinsky"],
        utilitarian=points["utilitarian"],
        opposition=_from_the_ideal(points["utilitarian"]),
        kalai_opposition=_from_the_ideal(points["kalai"]),
        balance=tuple((means - others).tolist()),
        lowest=tuple(lowest.tolist()),
        highest=tuple(highest.tolist()),
    )


def rounded(utilities: FloatArray) -> FloatArray:
    """`utilities` at the places of TOLERANCE, same shape: what differs by rounding is equal."""
    return np.round(utilities, _PLACES)


def distances(analysis: Analysis, utilities: FloatArray) -> Distances:
    """How far an offer with `utilities` (seats,) is from the best ones (Euclidean)."""
    own = tuple(float(utility) for utility in utilities)

    def to(point: Point | None) -> float | None:
        return None if point is None else dist(own, point.utilities)

    return Distances(
        frontier=float(np.linalg.norm(analysis.frontier_utilities - utilities, axis=1).min()),
        nash=to(analysis.nash),
        kalai=to(analysis.kalai),
        kalai_smorodinsky=to(analysis.kalai_smorodinsky),
        utilitarian=to(analysis.utilitarian),
    )


def _points(
    utilities: FloatArray, limits: FloatArray, frontier: Frontier
) -> dict[str, Point | None]:
    """The solution points by name. All are on the frontier: if it is known, only it is searched."""
    among = frontier.rows if frontier.complete else np.arange(len(utilities))
    found = solution_points(utilities[among], limits)
    possible = room(utilities[among], limits)

    def point(place: int | None, value: Callable[[FloatArray], float]) -> Point | None:
        if place is None:
            return None
        row = int(among[place])
        own = utilities[row]
        return Point(row, tuple(own.tolist()), float(value(own)))

    return {
        "nash": point(found.nash, lambda own: np.maximum(own - limits, 0.0).prod()),
        "kalai": point(found.kalai, lambda own: (own - limits).min()),
        "kalai_smorodinsky": point(
            found.kalai_smorodinsky, lambda own: ((own - limits) / possible).min()
        ),
        "utilitarian": point(found.utilitarian, lambda own: own.sum()),
    }


def _spread(utilities: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The smallest, mean and largest utility of each seat, each of shape (seats,)."""
    if not len(utilities):
        unknown = np.full(utilities.shape[1], np.nan)
        return unknown, unknown, unknown
    columns = utilities.T
    return columns.min(axis=1), columns.mean(axis=1), columns.max(axis=1)


def _from_the_ideal(point: Point | None) -> float | None:
    """The distance of a point from the one where everybody has 1."""
    return None if point is None else dist(point.utilities, [1.0] * len(point.utilities))
