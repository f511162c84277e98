"""An annealed single negotiating text (Klein, Faratin, Sayama & Bar-Yam 2003).

Each seat opens with its best offer. The mediator keeps one text and changes it bit by bit, as the
seats vote (`texts`). It reads the text out now and then, and who would settle for it yet shows
beside it: a message that replies to another offer is such a reading, and nobody answers it. The
last text nobody can improve on without a loss for somebody else, and the seats answer it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.faults import Faulty
from negotiation.engine.messages import MEDIATOR, Act
from negotiation.engine.protocols.closing import closing
from negotiation.engine.protocols.rounds import (
    best_of,
    first_said,
    latest_round,
    owed,
    question,
    targets,
)
from negotiation.engine.questions import opening
from negotiation.engine.state import Intent

if TYPE_CHECKING:
    from negotiation.engine.standings import RoundSoFar, Standing
    from negotiation.engine.state import State

__all__ = ["latest_round", "next_intent", "targets"]

_READINGS = 4
"""The text is read out after each of so many equal parts of the rounds, the last time for good."""

_REFUSALS = 3
"""The mediator gives up after so many texts that did not find enough consent."""


def next_intent(state: State) -> Intent:
    """What is said next: what is owed, a question, an opening, a text, or the end."""
    try:
        return _next(state)
    except Faulty as fault:
        return fault.hold(state.round)


def _next(state: State) -> Intent:
    intent = owed(state)
    if intent is not None:
        return intent
    if not len(state.table.lawful) or len(state.refused) >= _REFUSALS:
        return closing(state)
    return first_said(state, question, _open, _read) or opening(state) or closing(state)


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
    known = {own.row for own in _on_the_table(state)}
    if not due or not known or row in known:
        return None
    seq = (state.text or _nearest(state, row)).seq
    return Intent(act=Act.MEDIATE, sender=MEDIATOR, round=round_, row=row, in_reply_to=seq)


def _on_the_table(state: State) -> list[Standing]:
    return [*state.standing.values(), *([state.text] if state.text else [])]


def _nearest(state: State, row: int) -> Standing:
    """The seat's offer that differs from this one on the fewest issues."""
    offer = state.table.offer(row).items()
    return min(
        state.standing.values(), key=lambda own: len(offer - state.table.offer(own.row).items())
    )
