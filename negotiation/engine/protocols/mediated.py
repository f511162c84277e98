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

from negotiation.engine.faults import Faulty, demand_of
from negotiation.engine.messages import MEDIATOR, Act
from negotiation.engine.protocols.closing import closing
from negotiation.engine.questions import asking, opening
from negotiation.engine.replies import answer, challenge
from negotiation.engine.solutions import fairest, nash_products
from negotiation.engine.standings import RoundSoFar
from negotiation.engine.state import Intent
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from negotiation.engine.space import BoolArray, FloatArray, IntArray
    from negotiation.engine.state import State

_FAIR_ENOUGH = 0.98
"""Share of the largest possible Nash product at which the mediator stops waiting."""


def targets(state: State, round_: int) -> FloatArray:
    """The utility each seat asks for in a round, shape (seats,)."""
    time = _time(state, round_)
    return np.array(
        [state.outlooks[name].target(demand_of(state, name, time)) for name in state.names]
    )


def next_intent(state: State) -> Intent:
    """What is said next: what is owed, then the first thing worth saying in this round or a later
    one, or the end."""
    try:
        return _next(state)
    except Faulty as fault:
        return fault.hold(state.round)


def latest_round(state: State, expected: Intent) -> int:
    """The last round in which a message may be said now: the next, or the one that comes next
    because nobody has anything to say until then."""
    return max(expected.round, min(state.round + 1, state.table.rounds))


def _next(state: State) -> Intent:
    if state.doubt is not None:
        return challenge(state, state.doubt)
    if state.named is not None:
        return _answer(state)
    if state.question is not None:
        return answer(state, state.round)
    if not len(state.table.lawful):
        return closing(state)
    for round_ in range(state.round, state.table.rounds + 1):
        so_far = state.so_far if round_ == state.round else RoundSoFar(before=dict(state.standing))
        intent = _ask(state, round_, so_far) or _concede(state, round_, so_far)
        if intent is not None:
            return intent
    return opening(state) or closing(state)


def _time(state: State, round_: int) -> float:
    return (round_ - 1) / (state.table.rounds - 1) if state.table.rounds > 1 else 1.0


def _ask(state: State, round_: int, so_far: RoundSoFar) -> Intent | None:
    if so_far.spoke:
        return None
    order = state.order(round_)
    asked = [place for place, seat in enumerate(order) if seat in so_far.asked]
    for seat in order[max(asked, default=-1) + 1 :]:
        intent = asking(state, seat, round_, _time(state, round_))
        if intent is not None:
            return intent
    return None


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
    return _best_of(state.utilities, rows, place)


def _best_of(utilities: FloatArray, rows: IntArray, place: int) -> int:
    own = utilities[rows, place]
    rows = rows[own >= own.max() - TOLERANCE]
    return int(rows[utilities[rows].sum(axis=1).argmax()])


def _answer(state: State) -> Intent:
    named = state.named
    assert named is not None
    seat = next(
        seat
        for seat in state.order(state.round)
        if seat not in named.owners and seat not in state.answers
    )
    agreeing = state.votes(named.row, targets(state, state.round))
    return Intent(
        act=Act.ACCEPT if agreeing[seat] else Act.REJECT,
        sender=seat,
        round=state.round,
        in_reply_to=named.seq,
        row=named.row,
    )
