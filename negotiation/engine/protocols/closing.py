"""The end without an agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.conflicts import conflicts_of, sentence
from negotiation.engine.endings import NoAgreement
from negotiation.engine.messages import MEDIATOR, Act
from negotiation.engine.state import Intent

if TYPE_CHECKING:
    from negotiation.engine.state import State


def closing(state: State) -> Intent:
    """What ends the negotiation and names what conflicts."""
    table = state.table
    conflicts = conflicts_of(table, state.outlooks)
    reason = sentence(table, conflicts)
    return Intent(
        act=Act.SYSTEM, sender=MEDIATOR, round=state.round, ending=NoAgreement(reason, conflicts)
    )
