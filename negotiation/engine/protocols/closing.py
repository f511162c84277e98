"""The end of a protocol that found no agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.endings import Agreement
from negotiation.engine.intents import Intent
from negotiation.engine.messages import MEDIATOR, Act
from negotiation.engine.resolutions import resolve

if TYPE_CHECKING:
    from negotiation.engine.state import State


def closing(state: State) -> Intent:
    """The mediator's last word: what the table's rule decides, or what conflicts."""
    ending = resolve(state)
    row = state.row_of(ending.offer) if isinstance(ending, Agreement) else None
    return Intent(act=Act.SYSTEM, sender=MEDIATOR, round=state.round, row=row, ending=ending)
