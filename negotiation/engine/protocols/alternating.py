"""Alternating offers in turn (SAO; stacked for three seats and more, Aydoğan et al. 2017).

On its turn a seat accepts the offer on the table or makes one of its own, as its strategy says.
Before that it may ask one question.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import cycle, islice
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.faults import Faulty, asks_of, move_of, player_of
from negotiation.engine.intents import Intent
from negotiation.engine.messages import Act, Move
from negotiation.engine.protocols.closing import closing
from negotiation.engine.questions import asking
from negotiation.engine.replies import answer, challenge
from negotiation.engine.standings import Named, RoundSoFar, Standing
from negotiation.engine.strategies.players import NOTHING
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from negotiation.engine.space import FloatArray
    from negotiation.engine.state import State

Speak = Callable[[int, int], int]
"""`Player.move`: from the turn and the row of the offer on the table to a row."""


def targets(state: State, round_: int) -> FloatArray:
    """The utility each seat asks for when it speaks in a round, shape (seats,)."""
    order = state.order(0)
    first = (round_ - 1) * len(order)
    return np.array([asks_of(state, name, first + order.index(name)) for name in state.names])


def next_intent(state: State) -> Intent:
    """What is said next: what is owed, a question, an answer or an offer, or the end."""
    if state.doubt is not None:
        return challenge(state, state.doubt)
    if state.question is not None:
        return answer(state, state.round)
    order = state.order(0)
    if _is_over(state):
        return closing(state)
    seat = order[state.turns % len(order)]
    round_ = latest_round(state)
    if round_ > state.round or seat not in state.so_far.asked:
        time = min(state.turns / (state.planned * len(order) - 1), 1.0)
        intent = asking(state, seat, round_, time)
        if intent is not None:
            return intent
    try:
        return _offer_or_accept(state, seat, round_)
    except Faulty as fault:
        return fault.hold(round_)


def latest_round(state: State, _expected: Intent | None = None) -> int:
    """The last round in which a message may be said now: a round ends when all had their turn."""
    return state.turns // len(state.names) + 1


def run(state: State, until: float) -> None:
    """Plays turn after turn without words, where nobody has anything to ask.

    It stops after `until` moves in all, and before whatever is more than an offer, or an
    acceptance that leaves others to answer: before the agreement, the deadline, a failure.
    `next_intent` and `absorb` would say and count the same move by move; this leaves out what
    only other protocols and people need.
    """
    before = len(state.moves)
    # A strategy that fails is met again, and recorded, by the `next_intent` that follows.
    with suppress(Exception):
        _play(state, until)
    if len(state.moves) > before:
        _catch_up(state, before)


def _play(state: State, until: float) -> None:
    """Appends to `state.moves`, and changes nothing else."""
    order, table, named = state.order(0), state.table, state.named
    seats = [_at_work(state, seat) for seat in order]
    opened = set(state.standing)
    on_table, on_seq, consents, silent = NOTHING, None, 0, frozenset[str]()
    if named is not None:
        on_table, on_seq = named.row, named.seq
        silent = named.owners | state.answers.keys()  # who is not asked about it any more
        consents = len(silent)
    quiet = table.quiet_rounds is not None
    start, seq, new, append = state.turns, state.head, tuple.__new__, state.moves.append
    many, accept, propose, revise = len(order), Act.ACCEPT, Act.PROPOSE, Act.REVISE
    speakers = islice(cycle(seats), start % many, None)
    last = int(min(table.rounds * many, start + until - len(state.moves)))
    for turn, speaker in zip(range(start, last), speakers, strict=False):
        seat, move, utilities, limit = speaker
        answers = seat not in silent
        row = move(turn, on_table if answers else NOTHING)
        seq += 1
        round_ = turn // many + 1
        if row.__class__ is not int or (quiet and turn % many == 0 and _is_quiet(state)):
            return
        if answers and row == on_table != NOTHING:
            consents += 1
            if consents == many:
                return
            append(new(Move, (seq, round_, seat, accept, row, on_seq, "strategy", table)))
            continue
        if row < 0 or utilities[row] < limit:
            return
        act = revise if seat in opened else propose
        append(new(Move, (seq, round_, seat, act, row, None, "strategy", table)))
        opened.add(seat)
        on_table, on_seq, consents, silent = row, seq, 1, frozenset()


def _is_over(state: State) -> bool:
    """Whether nothing lawful is left to offer, no time, or nothing new."""
    table, many = state.table, len(state.names)
    out_of_time = state.turns >= table.rounds * many
    return out_of_time or not len(table.lawful) or (state.turns % many == 0 and _is_quiet(state))


def _is_quiet(state: State) -> bool:
    """Whether so many rounds have brought nothing new that the negotiation is over."""
    most = state.table.quiet_rounds
    return most is not None and state.record.read().quiet >= most * len(state.names)


def _at_work(state: State, seat: str) -> tuple[str, Speak, memoryview, float]:
    outlook = state.outlooks[seat]
    utilities = outlook.utilities.data  # reads single figures faster than an array
    return seat, player_of(state, seat).move, utilities, outlook.reservation - TOLERANCE


def _catch_up(state: State, before: int) -> None:
    """Counts in the moves from number `before` on, all of them offers and acceptances."""
    moves, many = state.moves, len(state.names)
    last = moves[-1]
    state.head, state.round = last.seq, last.round
    state.turns += len(moves) - before
    missing = set(state.names)
    answers: dict[str, bool] = {}
    named: Move | None = None
    for number in range(len(moves) - 1, before - 1, -1):
        move = moves[number]
        if not move.offered:
            if named is None:
                answers[move.sender] = True
            continue
        named = named or move
        if move.sender in missing:
            missing.remove(move.sender)
            state.standing[move.sender] = Standing(move.row, move.seq)
        if not missing:
            break
    if named is not None:
        state.named, state.answers = Named(named.row, named.seq, frozenset({named.sender})), {}
    state.answers |= answers
    spoke = {move.sender for move in moves[-many:] if move.round == last.round}
    state.so_far = RoundSoFar(before=dict(state.standing), spoke=spoke)


def _offer_or_accept(state: State, seat: str, round_: int) -> Intent:
    named = state.named
    answers = named is not None and seat not in named.owners and seat not in state.answers
    on_the_table = named.row if named is not None and answers else NOTHING
    row = move_of(state, seat, state.turns, on_the_table)
    if row == NOTHING:  # nothing lawful reaches its limit, and it will never consent
        return closing(state)
    if named is not None and answers and row == named.row:
        return Intent(act=Act.ACCEPT, sender=seat, round=round_, in_reply_to=named.seq, row=row)
    act = Act.REVISE if seat in state.standing else Act.PROPOSE
    return Intent(act=act, sender=seat, round=round_, row=row)
