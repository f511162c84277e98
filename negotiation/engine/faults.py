"""One seat that fails does not end the table: it loses its turn and falls back.

What a strategy answers is checked here, whoever wrote it. A seat whose strategy raises, takes too
long or makes an impossible move is `Faulty`; the session records that as a `hold` of this seat,
and from then on the next of its strategies plays: the declared one after one that was put in its
place, at last an even concession by the clock.
"""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, TypeVar

from negotiation.engine.intents import Intent
from negotiation.engine.messages import FALLBACK, Act
from negotiation.engine.strategies import LINEAR
from negotiation.engine.strategies.players import NOTHING, View, Yielding
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from negotiation.engine.state import State
    from negotiation.engine.strategies.players import Player, Strategy

_Result = TypeVar("_Result")


class Faulty(Exception):
    """The strategy of `seat` has failed; `cause` says how, in its words."""

    def __init__(self, seat: str, cause: str) -> None:
        super().__init__(f"{seat}: {cause}")
        self.seat = seat
        self.cause = cause

    def hold(self, round_: int) -> Intent:
        """What the seat says instead of its move."""
        return Intent(
            act=Act.HOLD, sender=self.seat, round=round_, decided_by=FALLBACK + self.cause
        )


def strategy_of(state: State, seat: str) -> Strategy:
    """Who bargains for a seat now."""
    declared = state.table.seat[seat].strategy
    chain = [declared, LINEAR, LINEAR]
    if seat in state.negotiators:
        chain.insert(0, state.negotiators[seat])
    return chain[min(state.failures.get(seat, 0), len(chain) - 1)]


def player_of(state: State, seat: str) -> Player:
    """The player of a seat, made when it is first needed; raises Faulty."""
    if seat not in state.players:
        order = state.order(0)
        view = View(
            state.outlooks[seat],
            state.record,
            place=state.names.index(seat),
            first=order.index(seat),
            seats=len(order),
            turns=state.planned * len(order),
            seed=state.seed,
            conceded=state.conceded.get(seat, inf),
        )
        strategy = strategy_of(state, seat)
        player = _guarded(state, seat, lambda: strategy.player(view))
        state.players[seat] = Yielding(view, player) if view.conceded < inf else player
    return state.players[seat]


def move_of(state: State, seat: str, turn: int, named: int) -> int:
    """The row with which a seat answers the offer `named`; NOTHING if no offer reaches its limit.

    Raises Faulty if its strategy fails or the move is impossible.
    """
    player = player_of(state, seat)
    row = _guarded(state, seat, lambda: player.move(turn, named))
    outlook = state.outlooks[seat]
    if isinstance(row, bool) or not isinstance(row, int):
        raise Faulty(seat, "my move is no offer")
    if row == NOTHING and outlook.best < outlook.reservation - TOLERANCE:
        return row
    if not 0 <= row < len(outlook.utilities):
        raise Faulty(seat, "I named an offer that does not exist")
    if outlook.utilities[row] < outlook.reservation - TOLERANCE:
        raise Faulty(seat, "my offer is below my own limit")
    return row


def asks_of(state: State, seat: str, turn: int) -> float:
    """The least utility that a seat would accept at a turn; its limit if its strategy fails."""
    limit = state.outlooks[seat].reservation
    try:
        player = player_of(state, seat)
        asked = float(_guarded(state, seat, lambda: player.asks(turn)))
    except (Faulty, TypeError, ValueError):
        return limit
    return max(asked, limit) if isfinite(asked) else limit


def demand_of(state: State, seat: str, time: float) -> float:
    """The share of the way from limit to best that a seat asks for; raises Faulty."""
    strategy = strategy_of(state, seat)
    demand = _guarded(state, seat, lambda: strategy.demand(time))
    if not isinstance(demand, (int, float)) or not 0 <= demand <= 1:
        raise Faulty(seat, "my demand is not a share between 0 and 1")
    return float(demand)


def _guarded(state: State, seat: str, work: Callable[[], _Result]) -> _Result:
    started = state.clock()
    try:
        result = work()
    except Exception as problem:  # it may be anybody's code
        raise Faulty(seat, f"my strategy raised {type(problem).__name__}") from problem
    taken = state.clock() - started
    if taken > state.patience:
        raise Faulty(seat, f"my strategy took {taken:.1f} of {state.patience:g} seconds")
    return result
