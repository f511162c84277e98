"""What was possible, and how good the agreement is: frontier, solution points, neighbours."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from negotiation.engine.endings import Agreement
from negotiation.engine.frontier import pareto_frontier
from negotiation.engine.messages import Act
from negotiation.engine.plain import plain
from negotiation.engine.solutions import nash_products, solution_points
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.messages import Offer
    from negotiation.engine.session import Session
    from negotiation.engine.solutions import Points
    from negotiation.engine.space import FloatArray, IntArray

_ALTERNATIVES = 5


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
    divided by the largest one. `confidence` is the smallest of the seats'. Figures about an
    agreement are empty or None where there is none.
    """

    reservations: Mapping[str, float]
    rounds: int
    nash_offer: Offer | None
    kalai_offer: Offer | None
    kalai_smorodinsky_offer: Offer | None
    utilitarian_offer: Offer | None
    frontier_size: int
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
        return cast("dict[str, Any]", plain(self))


def summarise(session: Session) -> Summary:
    """The summary of a finished or running negotiation under the seats' present beliefs."""
    table, outlooks = session.table, session.outlooks
    names = tuple(seat.name for seat in table.seats)
    utilities = np.stack([outlooks[name].utilities for name in names]).T
    limits = np.array([seat.preferences.reservation for seat in table.seats])
    frontier = pareto_frontier(utilities)
    points = solution_points(utilities, limits)
    summary = _of_the_table(session, points, len(frontier))
    agreed = session.ending
    if not isinstance(agreed, Agreement):
        return summary
    row = table.row_of(table.space.index_of(agreed.offer))
    assert row is not None
    return replace(
        summary,
        agreement=agreed.offer,
        utilities=_by_seat(names, utilities[row]),
        surplus={name: outlooks[name].surplus(row) for name in names},
        confidences=agreed.confidence,
        confidence=min(agreed.confidence.values()),
        nash_ratio=_nash_ratio(utilities, limits, row, points.nash),
        pareto=bool(np.isin(row, frontier)),
        alternatives=_alternatives(session, utilities, limits, frontier, row),
    )


def _of_the_table(session: Session, points: Points, frontier_size: int) -> Summary:
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
        frontier_size=frontier_size,
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


def _alternatives(
    session: Session, utilities: FloatArray, limits: FloatArray, frontier: IntArray, row: int
) -> tuple[Alternative, ...]:
    """The neighbours on the frontier: fewest issues changed, then nearest in utility."""
    table = session.table
    names = tuple(seat.name for seat in table.seats)
    near = frontier[(utilities[frontier] >= limits - TOLERANCE).all(axis=1) & (frontier != row)]
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
