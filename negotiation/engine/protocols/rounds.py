"""What the protocols with a mediator share: rounds, questions in them, what is owed, the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.faults import Faulty, demand_of
from negotiation.engine.intents import Intent
from negotiation.engine.messages import Act
from negotiation.engine.protocols.closing import closing
from negotiation.engine.questions import asking, handed_out, opening
from negotiation.engine.replies import answer, challenge
from negotiation.engine.standings import RoundSoFar
from negotiation.engine.state import State
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from negotiation.engine.space import FloatArray, IntArray

Speaking = Callable[[State, int, RoundSoFar], Intent | None]
"""From a round to what is said in it; None for nothing."""


def said_next(state: State, *speaking: Speaking, over: bool = False) -> Intent:
    """What is owed, else a question or what `speaking` finds in this round or a later one, else
    the end; nothing more is looked for once it is `over`."""
    try:
        intent = _owed(state)
        if intent is None and not over and len(state.table.lawful):
            intent = _first_said(state, _question, *speaking) or opening(state)
        return intent or closing(state)
    except Faulty as fault:
        return fault.hold(state.round)


def targets(state: State, round_: int) -> FloatArray:
    """The utility each seat asks for in a round, shape (seats,)."""
    time = state.time(round_)
    return np.array(
        [state.outlooks[name].target(demand_of(state, name, time)) for name in state.names]
    )


def latest_round(state: State, expected: Intent) -> int:
    """The last round in which a message may be said now: the next, or the one that comes next
    because nobody has anything to say until then."""
    return max(expected.round, min(state.round + 1, state.table.rounds))


def _owed(state: State) -> Intent | None:
    """What somebody else waits for: a word about a claim that surprises, an answer."""
    if state.doubt is not None:
        return challenge(state, state.doubt)
    if state.named is not None:
        return _vote(state)
    if state.question is not None:
        return answer(state, state.round)
    return None


def _first_said(state: State, *speaking: Speaking) -> Intent | None:
    """The first thing worth saying in this round or a later one; None if there is nothing."""
    for round_ in range(state.round, state.table.rounds + 1):
        so_far = state.so_far if round_ == state.round else RoundSoFar(before=dict(state.standing))
        for speak in speaking:
            intent = speak(state, round_, so_far)
            if intent is not None:
                return intent
    return None


def _question(state: State, round_: int, so_far: RoundSoFar) -> Intent | None:
    """The next question of a round, each seat at most one, before anybody makes an offer."""
    if so_far.spoke:
        return None
    if state.table.questions is not None:
        # What is worth asking does not depend on the round; only who asked in this one does.
        soon = round_ <= state.round + 1
        return handed_out(state, round_, so_far.asked) if soon else None
    order = state.order(round_)
    asked = [place for place, seat in enumerate(order) if seat in so_far.asked]
    for seat in order[max(asked, default=-1) + 1 :]:
        intent = asking(state, seat, round_, state.time(round_))
        if intent is not None:
            return intent
    return None


def best_of(utilities: FloatArray, rows: IntArray, place: int) -> int:
    """Of `rows` the best for the seat at `place`; of equal ones the best for all together."""
    own = utilities[rows, place]
    rows = rows[own >= own.max() - TOLERANCE]
    return int(rows[utilities[rows].sum(axis=1).argmax()])


def _vote(state: State) -> Intent:
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
