"""What was possible, and how good the agreement is: frontier, solution points, neighbours."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from negotiation.engine.endings import Agreement
from negotiation.engine.frontier import frontier_within, undominated
from negotiation.engine.messages import Act
from negotiation.engine.plain import plain
from negotiation.engine.solutions import nash_products, solution_points
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.frontier import Frontier
    from negotiation.engine.messages import Offer
    from negotiation.engine.session import Session
    from negotiation.engine.solutions import Points
    from negotiation.engine.space import FloatArray, IntArray
    from negotiation.engine.table import Table

_ALTERNATIVES = 5
_COMPARISONS = 5e8
"""What one search for a frontier may cost: about half a second. All of the frontier of 30,000
offers for eight seats, even where none dominates another."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """An offer of the frontier near the agreement that clears every limit."""

    offer: Offer
    utilities: Mapping[str, float]
    changed: tuple[str, ...]  # issues on which it differs from the agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Utilities by seat; `surplus` is 0 at the limit and 1 at the best lawful offer.

    `rounds` counts the offers put on the table. `nash_ratio` is the agreement's Nash product
    divided by the largest one; `pareto`: no lawful offer is better for one seat and as good for
    all. `confidence` is the smallest of the seats'. Where the frontier is so large that the
    search was stopped, `frontier_complete` is False and `frontier_size` says at least how many.
    Figures about an agreement are empty or None where there is none.
    """

    reservations: Mapping[str, float]
    rounds: int
    nash_offer: Offer | None
    kalai_offer: Offer | None
    kalai_smorodinsky_offer: Offer | None
    utilitarian_offer: Offer | None
    frontier_size: int
    frontier_complete: bool
    lawful_size: int
    total_size: int
    agreement: Offer | None = None
    utilities: Mapping[str, float] = field(default_factory=dict)
    surplus: Mapping[str, float] = field(default_factory=dict)
    confidences: Mapping[str, float] = field(default_factory=dict)
    confidence: float | None = None
    nash_ratio: float | None = None
    pareto: bool | None = None
    alternatives: tuple[Alternative, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, every field; unknown figures are None."""
        return cast("dict[str, Any]", plain(self))


def summarise(session: Session) -> Summary:
    """The summary of a finished or running negotiation under the seats' present beliefs.

    About a second of work for 200,000 lawful offers and eight seats.
    """
    table, utilities = session.table, session.utilities
    names = tuple(seat.name for seat in table.seats)
    limits = np.array([seat.preferences.reservation for seat in table.seats])
    frontier = frontier_within(utilities, _COMPARISONS)
    points = solution_points(utilities, limits)
    summary = _of_the_table(session, points, frontier)
    agreed = session.ending
    if not isinstance(agreed, Agreement):
        return summary
    row = table.row_of(table.space.index_of(agreed.offer))
    assert row is not None
    near = _on_the_frontier(utilities, limits, frontier)
    return replace(
        summary,
        agreement=agreed.offer,
        utilities=_by_seat(names, utilities[row]),
        surplus={name: session.outlooks[name].surplus(row) for name in names},
        confidences=agreed.confidence,
        confidence=min(agreed.confidence.values()),
        nash_ratio=_nash_ratio(utilities, limits, row, points.nash),
        pareto=undominated(utilities, row),
        alternatives=_alternatives(table, utilities, near[near != row], row),
    )


def _of_the_table(session: Session, points: Points, frontier: Frontier) -> Summary:
    """What can be said without an agreement."""
    table = session.table

    def offer(point: int | None) -> Offer | None:
        return None if point is None else table.offer(point)

    return Summary(
        reservations={seat.name: seat.preferences.reservation for seat in table.seats},
        rounds=_offers_put(session),
        nash_offer=offer(points.nash),
        kalai_offer=offer(points.kalai),
        kalai_smorodinsky_offer=offer(points.kalai_smorodinsky),
        utilitarian_offer=offer(points.utilitarian),
        frontier_size=len(frontier.rows),
        frontier_complete=frontier.complete,
        lawful_size=len(table.lawful),
        total_size=table.space.size,
    )


def _by_seat(names: tuple[str, ...], values: FloatArray) -> dict[str, float]:
    return dict(zip(names, values.tolist(), strict=True))


def _offers_put(session: Session) -> int:
    putting = {Act.PROPOSE, Act.REVISE, Act.MEDIATE}
    return sum(message.act in putting for message in session.messages)


def _nash_ratio(
    utilities: FloatArray, limits: FloatArray, row: int, nash: int | None
) -> float | None:
    if nash is None:
        return None
    own, best = nash_products(utilities[[row, nash]], limits)
    return float(own / best)


def _on_the_frontier(utilities: FloatArray, limits: FloatArray, frontier: Frontier) -> IntArray:
    """Rows of the frontier that clear every limit.

    What dominates such a row clears every limit too, so where the search among all offers was
    stopped, one among these few goes further.
    """
    livable = np.flatnonzero((utilities >= limits - TOLERANCE).all(axis=1))
    if frontier.complete:
        return np.intersect1d(frontier.rows, livable, assume_unique=True)
    return livable[frontier_within(utilities[livable], _COMPARISONS).rows]


def _alternatives(
    table: Table, utilities: FloatArray, near: IntArray, row: int
) -> tuple[Alternative, ...]:
    """Of the rows `near` the neighbours: fewest issues changed, then nearest in utility."""
    names = tuple(seat.name for seat in table.seats)
    changes = np.zeros(len(near), dtype=np.int64)
    for issue in table.space.issues:
        places = table.places(issue.name)
        changes += places[near] != places[row]
    distance = np.linalg.norm(utilities[near] - utilities[row], axis=1)
    agreed = table.offer(row)
    found = []
    for other in near[np.lexsort((near, distance, changes))][:_ALTERNATIVES].tolist():
        offer = table.offer(other)
        changed = tuple(issue for issue, option in offer.items() if option != agreed[issue])
        found.append(Alternative(offer, _by_seat(names, utilities[other]), changed))
    return tuple(found)
