"""What follows when no agreement comes: the table's list, tried in its order.

`mediate`: of the offers that clear the limits of enough seats now, the fairest. `precedence`: the
seats' limits in order of importance (lexicographic). `vote`: the largest Nash product over the
limits. `ask`: a person is asked. `status_quo`: nothing changes. What precedence or vote finds is
imposed by rule: nobody is counted as having accepted it, and it says whose limit it is below. The
limit of a seat with a veto is kept by all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.conflicts import conflicts_of, sentence
from negotiation.engine.endings import Agreement, Candidate, NoAgreement
from negotiation.engine.solutions import fairest, nash_products
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from negotiation.engine.endings import Rule
    from negotiation.engine.space import IntArray
    from negotiation.engine.state import State

_CANDIDATES = 3


def resolve(state: State) -> Agreement | NoAgreement:
    """The end of a negotiation whose protocol found no agreement.

    A step that finds no offer gives way to the next. Without a list, or where no offer is lawful,
    it is the end without agreement, with what conflicts.
    """
    steps = state.table.resolution if len(state.table.lawful) else ()
    for step in steps:
        if step in _RULES:
            row = _RULES[step](state)
            if row is not None:
                return state.agreement(row, _DECIDED[step])
        else:
            return _without(state, asks=step == "ask", status_quo="status_quo" in steps)
    return _without(state)


def _without(state: State, *, asks: bool = False, status_quo: bool = False) -> NoAgreement:
    conflicts = conflicts_of(state.table, state.outlooks)
    return NoAgreement(
        reason=sentence(state.table, conflicts) if conflicts else _what_ran_out(state),
        conflicts=conflicts,
        asks=asks,
        candidates=_candidates(state) if asks else (),
        status_quo=status_quo,
    )


def _what_ran_out(state: State) -> str:
    turns = state.table.rounds * len(state.names)
    if state.table.protocol == "alternating" and state.turns < turns:
        return "Nobody had anything new to offer, and the seats had not met."
    return "Time ran out before the seats met."


def _mediate(state: State) -> int | None:
    rows = np.flatnonzero(state.suffices(state.clears(state.limits)))
    return fairest(state.utilities, state.limits, rows) if rows.size else None


def _precedence(state: State) -> int | None:
    """Seat by seat only the offers that clear its limit are kept; where none does, its best."""
    rows = _kept_for_vetoes(state)
    if not rows.size:
        return None
    for name in state.table.precedence:
        own = state.utilities[rows, state.names.index(name)]
        tier = min(float(state.table.seat[name].preferences.reservation), float(own.max()))
        rows = rows[own >= tier - TOLERANCE]
    return fairest(state.utilities, state.limits, rows)


def _vote(state: State) -> int | None:
    rows = _kept_for_vetoes(state)
    return fairest(state.utilities, state.limits, rows) if rows.size else None


def _kept_for_vetoes(state: State) -> IntArray:
    """The rows that are below the limit of no seat with a veto."""
    veto = [place for place, seat in enumerate(state.table.seats) if seat.veto]
    kept = state.utilities[:, veto] >= state.limits[veto] - TOLERANCE
    return np.flatnonzero(kept.all(axis=1))


def _candidates(state: State) -> tuple[Candidate, ...]:
    """Offers for a person to look at: below the fewest limits, then the largest Nash product."""
    below = (state.utilities < state.limits - TOLERANCE).sum(axis=1)
    rows = np.flatnonzero(below == below.min())
    products = nash_products(state.utilities[rows], state.limits)
    first = rows[np.lexsort((rows, -products))][:_CANDIDATES].tolist()
    return tuple(Candidate(state.table.offer(row), state.below(row)) for row in first)


_RULES: dict[str, Callable[[State], int | None]] = {
    "mediate": _mediate,
    "precedence": _precedence,
    "vote": _vote,
}
_DECIDED: dict[str, Rule] = {"mediate": "mediation", "precedence": "precedence", "vote": "vote"}
