"""Lock-step concession with a mediator (fallback bargaining, Brams & Kilgour 2001).

Round by round every seat widens the set of offers it would accept, from its best towards its
limit. When enough seats share offers, and the best of these is fair enough, the mediator names
the one with the largest Nash product, and the seats answer. Until then a seat speaks when it has
something new: a question worth asking, its first offer, or one that more seats would accept than
any before.

The mediator knows all limits and utilities and tells none. It counts who would accept an offer,
and before it gives up it has the seats ask what could still open an agreement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.intents import Intent
from negotiation.engine.messages import MEDIATOR, Act
from negotiation.engine.protocols.rounds import best_of, latest_round, said_next, targets
from negotiation.engine.solutions import fairest, nash_products

if TYPE_CHECKING:
    from negotiation.engine.space import BoolArray, IntArray
    from negotiation.engine.standings import RoundSoFar
    from negotiation.engine.state import State

__all__ = ["latest_round", "next_intent", "targets"]

_FAIR_ENOUGH = 0.98
"""Share of the largest possible Nash product at which the mediator stops waiting."""


def next_intent(state: State) -> Intent:
    """What is said next: what is owed, a question, an offer, or the end."""
    return said_next(state, _concede)


def _concede(state: State, round_: int, so_far: RoundSoFar) -> Intent | None:
    """The next offer of this round, by a seat or, where enough of them meet, by the mediator."""
    clears = state.clears(targets(state, round_))
    shared = np.flatnonzero(state.suffices(clears))
    everybody_opened = len(state.standing) == len(state.names)
    if shared.size and everybody_opened:
        return _name(state, round_, shared)
    intent = _next_offer(state, round_, clears, so_far)
    return _name(state, round_, shared) if intent is None and shared.size else intent


def _name(state: State, round_: int, shared: IntArray) -> Intent | None:
    """The mediator names the fairest shared offer, unless a little patience finds a fairer one.

    The first offers that the seats share may be few and lopsided. As long as the best of them is
    well below the largest Nash product that the limits allow, the seats go on conceding.
    """
    row = fairest(state.utilities, state.limits, shared)
    _, best = state.reach
    (found,) = nash_products(state.utilities[[row]], state.limits)
    if found < _FAIR_ENOUGH * best and round_ < state.table.rounds:
        return None
    return Intent(act=Act.MEDIATE, sender=MEDIATOR, round=round_, row=row, choices=len(shared))


def _next_offer(state: State, round_: int, clears: BoolArray, so_far: RoundSoFar) -> Intent | None:
    votes = clears.sum(axis=1)
    on_the_table = {own.row for own in state.standing.values()}
    for seat in state.order(round_):
        row = None if seat in so_far.spoke else _offer_of(state, seat, clears, votes, so_far)
        opening = seat not in state.standing
        # A vote for what somebody has just offered needs no message: it shows beside the offer.
        if row is not None and (opening or row not in on_the_table):
            act = Act.PROPOSE if opening else Act.REVISE
            return Intent(act=act, sender=seat, round=round_, row=row)
    return None


def _offer_of(
    state: State, seat: str, clears: BoolArray, votes: IntArray, so_far: RoundSoFar
) -> int | None:
    """The acceptable offer that most seats would accept; of these the best for `seat`, then for
    the others. None if it would win nobody over."""
    place = state.names.index(seat)
    rows = np.flatnonzero(clears[:, place])
    if not rows.size:
        return None
    most = votes[rows].max()
    standing = so_far.before.get(seat)
    if standing is not None and clears[standing.row, place]:
        heard = max(votes[offer.row] for offer in state.standing.values())
        if most <= heard:
            return None
    rows = rows[votes[rows] == most]
    return best_of(state.utilities, rows, place)
