"""What was possible, and how good the agreement is: frontier, solution points, neighbours."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from negotiation.engine.concessions import concession
from negotiation.engine.domains import COMPARISONS, analyse, distances, rounded
from negotiation.engine.endings import Agreement
from negotiation.engine.frontier import frontier_within, undominated
from negotiation.engine.messages import Act
from negotiation.engine.plain import plain
from negotiation.engine.solutions import clearing, nash_products

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from negotiation.engine.concessions import Concession
    from negotiation.engine.domains import Analysis, Distances, Point
    from negotiation.engine.endings import Rule
    from negotiation.engine.messages import Move, Offer
    from negotiation.engine.session import Session
    from negotiation.engine.space import FloatArray, IntArray
    from negotiation.engine.table import Table

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
    divided by the largest one; `pareto`: no lawful offer is better for one seat and as good for
    all. `by` what it was decided, `below` the seats below their limits. `confidence` is the
    smallest of the seats'. Where the frontier is so large that the search was stopped,
    `frontier_complete` is False and `frontier_size` says at least how many. `opposition`,
    `distances` (of the agreement) and `concessions` (by seat): see `domains` and `concessions`.
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
    opposition: float | None
    concessions: Mapping[str, Concession]
    agreement: Offer | None = None
    by: Rule | None = None
    below: tuple[str, ...] = ()
    utilities: Mapping[str, float] = field(default_factory=dict)
    surplus: Mapping[str, float] = field(default_factory=dict)
    confidences: Mapping[str, float] = field(default_factory=dict)
    confidence: float | None = None
    nash_ratio: float | None = None
    pareto: bool | None = None
    distances: Distances | None = None
    alternatives: tuple[Alternative, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, every field; unknown figures are None."""
        return cast("dict[str, Any]", plain(self))


def summarise(session: Session) -> Summary:
    """The summary of a finished or running negotiation under the seats' present beliefs.

    About a second of work for 200,000 lawful offers and eight seats.
    """
    ending = session.ending
    return _summary(session, ending if isinstance(ending, Agreement) else None)


def summarise_at(session: Session, offer: Offer) -> Summary:
    """The summary as if a person had decided on `offer`, whatever the seats have agreed.

    As much work as `summarise`. Raises NotInSpace for what is no offer here, BreaksConstraint for
    one that is not lawful.
    """
    return _summary(session, session.decided_on(offer))


def _summary(session: Session, agreed: Agreement | None) -> Summary:
    table, utilities = session.table, session.utilities
    limits = table.limits
    found = analyse(utilities, limits)
    summary = _of_the_table(session, found)
    if agreed is None:
        return summary
    row = table.row_of(table.space.index_of(agreed.offer))
    assert row is not None
    names = tuple(summary.reservations)
    near = _on_the_frontier(utilities, limits, found)
    return replace(
        summary,
        agreement=agreed.offer,
        by=agreed.by,
        below=agreed.below,
        utilities=_by_seat(names, utilities[row]),
        surplus={name: session.outlooks[name].surplus(row) for name in names},
        confidences=agreed.confidence,
        confidence=min(agreed.confidence.values()),
        nash_ratio=_nash_ratio(utilities, limits, row, found.nash),
        pareto=_pareto(utilities, found, row),
        distances=distances(found, utilities[row]),
        alternatives=_alternatives(table, utilities, near[near != row], row),
    )


def _of_the_table(session: Session, found: Analysis) -> Summary:
    """What can be said without an agreement."""
    table = session.table

    def offer(point: Point | None) -> Offer | None:
        return None if point is None else table.offer(point.row)

    return Summary(
        reservations={seat.name: seat.preferences.reservation for seat in table.seats},
        rounds=sum(move.offered or move.act is Act.MEDIATE for move in session.moves),
        nash_offer=offer(found.nash),
        kalai_offer=offer(found.kalai),
        kalai_smorodinsky_offer=offer(found.kalai_smorodinsky),
        utilitarian_offer=offer(found.utilitarian),
        opposition=found.opposition,
        frontier_size=len(found.frontier),
        frontier_complete=found.complete,
        lawful_size=found.size,
        total_size=table.space.size,
        concessions=_concessions(session),
    )


def _concessions(session: Session) -> dict[str, Concession]:
    offers = [move for move in session.moves if move.offered]
    worth = _worth(session, offers)
    told = {}
    for place, (name, outlook) in enumerate(session.outlooks.items()):
        own = worth[[move.sender == name for move in offers]]
        told[name] = concession(own, place, best=outlook.best, limit=outlook.reservation)
    return told


def _worth(session: Session, moves: Sequence[Move]) -> FloatArray:
    """The utilities of what was offered, shape (moves, seats), ruled out since or not."""
    if all(move.table is session.table for move in moves):
        return session.utilities[[move.row for move in moves]]
    numbers = [move.table.lawful[move.row] for move in moves]
    return np.stack([each.everywhere()[numbers] for each in session.outlooks.values()], axis=1)


def _by_seat(names: tuple[str, ...], values: FloatArray) -> dict[str, float]:
    return dict(zip(names, values.tolist(), strict=True))


def _nash_ratio(
    utilities: FloatArray, limits: FloatArray, row: int, nash: Point | None
) -> float | None:
    if nash is None:
        return None
    own, best = nash_products(utilities[[row, nash.row]], limits)
    return float(own / best)


def _pareto(utilities: FloatArray, found: Analysis, row: int) -> bool:
    if found.complete:
        return bool((found.frontier == row).any())
    return undominated(rounded(utilities), row)


def _on_the_frontier(utilities: FloatArray, limits: FloatArray, found: Analysis) -> IntArray:
    """Rows of the frontier that clear every limit.

    What dominates such a row clears every limit too, so where the search among all offers was
    stopped, one among these few goes further.
    """
    if found.complete:
        return found.frontier[clearing(found.frontier_utilities, limits)]
    livable = clearing(utilities, limits)
    return livable[frontier_within(rounded(utilities[livable]), COMPARISONS).rows]


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
