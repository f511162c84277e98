"""Alternating offers in turn (SAO; stacked for three seats and more, Aydoğan et al. 2017).

A seat accepts the offer on the table if it is at least as good as what it would offer next
(AC_next, Baarslag et al. 2013); otherwise it offers the least that reaches its target. When it is
its turn it may first ask one question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.messages import Act
from negotiation.engine.protocols.closing import closing
from negotiation.engine.questions import asking
from negotiation.engine.replies import answer, challenge
from negotiation.engine.state import Intent
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from negotiation.engine.outlook import Outlook
    from negotiation.engine.space import FloatArray
    from negotiation.engine.state import State


def targets(state: State, round_: int) -> FloatArray:
    """The utility each seat asks for when it speaks in a round, shape (seats,)."""
    return np.array(
        [
            _target(state, name, (round_ - 1) * len(state.names) + turn)
            for name, turn in zip(state.names, _turns(state), strict=True)
        ]
    )


def next_intent(state: State) -> Intent:
    """What is said next: what is owed, a question, an answer or an offer, or the end."""
    if state.doubt is not None:
        return challenge(state, state.doubt)
    if state.question is not None:
        return answer(state, state.round)
    order = state.order(0)
    if state.turns >= state.table.rounds * len(order) or not len(state.table.lawful):
        return closing(state)
    seat = order[state.turns % len(order)]
    round_ = state.turns // len(order) + 1
    if round_ > state.round or seat not in state.so_far.asked:
        intent = asking(state, seat, round_, _time(state, state.turns))
        if intent is not None:
            return intent
    return _offer_or_accept(state, seat, round_)


def latest_round(state: State, _expected: Intent) -> int:
    """The last round in which a message may be said now: a round ends when all had their turn."""
    return state.turns // len(state.names) + 1


def _offer_or_accept(state: State, seat: str, round_: int) -> Intent:
    outlook, named = state.outlooks[seat], state.named
    row = _least_above(outlook, _target(state, seat, state.turns))
    if row is None:  # nothing lawful reaches its limit, and it will never consent
        return closing(state)
    if named is not None and seat not in named.owners:
        offered = outlook.utilities[named.row]
        if offered >= outlook.utilities[row] - TOLERANCE:
            return Intent(
                act=Act.ACCEPT, sender=seat, round=round_, in_reply_to=named.seq, row=named.row
            )
    act = Act.REVISE if seat in state.standing else Act.PROPOSE
    return Intent(act=act, sender=seat, round=round_, row=row)


def _turns(state: State) -> list[int]:
    order = state.order(0)
    return [order.index(name) for name in state.names]


def _target(state: State, seat: str, turn: int) -> float:
    demand = state.table.seat[seat].strategy.demand(_time(state, turn))
    return state.outlooks[seat].target(demand)


def _time(state: State, turn: int) -> float:
    return turn / (state.table.rounds * len(state.names) - 1)


def _least_above(outlook: Outlook, target: float) -> int | None:
    """The row of the smallest utility that reaches `target`; None if nothing does."""
    rising = outlook.rising
    place = int(np.searchsorted(outlook.utilities, target - TOLERANCE, sorter=rising))
    return int(rising[place]) if place < len(rising) else None
