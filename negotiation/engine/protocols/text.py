"""An annealed single negotiating text (Klein, Faratin, Sayama & Bar-Yam 2003).

Each seat opens with its best offer. The mediator keeps one text and changes it bit by bit, as the
seats vote (`texts`). It reads the text out now and then, and who would settle for it yet shows
beside it: a message that replies to another offer is such a reading, and nobody answers it. The
last text nobody can improve on without a loss for somebody else, and the seats answer it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.intents import Intent
from negotiation.engine.messages import MEDIATOR, Act
from negotiation.engine.protocols.rounds import best_of, latest_round, said_next, targets

if TYPE_CHECKING:
    from negotiation.engine.standings import RoundSoFar
    from negotiation.engine.state import State

__all__ = ["latest_round", "next_intent", "targets"]

_READINGS = 4
"""The text is read out after each of so many equal parts of the rounds, the last time for good."""

_REFUSALS = 3
"""The mediator gives up after so many texts that did not find enough consent."""


def next_intent(state: State) -> Intent:
    """What is said next: what is owed, a question, an opening, a text, or the end."""
    return said_next(state, _open, _read, over=len(state.refused) - state.excused >= _REFUSALS)


def _open(state: State, round_: int, so_far: RoundSoFar) -> Intent | None:
    """The first offer of a seat that has made none, if anything reaches its limit."""
    clears = state.clears(state.limits)
    for seat in state.order(round_):
        place = state.names.index(seat)
        rows = np.flatnonzero(clears[:, place])
        if seat not in state.standing and seat not in so_far.spoke and rows.size:
            row = best_of(state.utilities, rows, place)
            return Intent(act=Act.PROPOSE, sender=seat, round=round_, row=row)
    return None


def _read(state: State, round_: int, _so_far: RoundSoFar) -> Intent | None:
    """The mediator reads out its text where it is new, and asks for consent in the last round."""
    may_be_agreed, rounds = state.reach[0], state.table.rounds
    if not may_be_agreed.size:
        return None
    row = int(state.course[round_ - 1])
    if round_ == rounds:
        return Intent(act=Act.MEDIATE, sender=MEDIATOR, round=round_, row=row)
    due = round_ in {-(-rounds * part // _READINGS) for part in range(1, _READINGS)}
    before = state.text or state.nearest(row)
    known = {own.row for own in (*state.standing.values(), before) if own is not None}
    if not due or before is None or row in known:
        return None
    return Intent(act=Act.MEDIATE, sender=MEDIATOR, round=round_, row=row, in_reply_to=before.seq)
