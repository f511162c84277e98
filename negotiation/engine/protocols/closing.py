"""The end without an agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.conflicts import constraint_conflicts, reservation_conflicts, sentence
from negotiation.engine.endings import NoAgreement
from negotiation.engine.messages import MEDIATOR, Act
from negotiation.engine.state import Move

if TYPE_CHECKING:
    from negotiation.engine.state import State


def closing(state: State) -> Move:
    """The move that ends the negotiation and names what conflicts."""
    table = state.table
    conflicts = (
        reservation_conflicts(table, state.outlooks)
        if len(table.lawful)
        else constraint_conflicts(table)
    )
    reason = sentence(conflicts, {seat.name: seat.title for seat in table.seats})
    return Move(
        act=Act.SYSTEM, sender=MEDIATOR, round=state.round, ending=NoAgreement(reason, conflicts)
    )
