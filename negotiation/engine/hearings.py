"""What those who hear a claim make of it: new beliefs, and a doubt that is worth a challenge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.beliefs import SURPRISING, counted, fuse, note, surprise
from negotiation.engine.standings import Doubt

if TYPE_CHECKING:
    from negotiation.engine.messages import Evidence, Message
    from negotiation.engine.state import State


def learn(state: State, message: Message, evidence: Evidence) -> None:
    """Fuses a claim into the beliefs of all who hear it, whoever makes it."""
    if not message.recipients:
        note(state.told, evidence)
    fact = state.table.fact[evidence.fact]
    for name in message.recipients or state.names:
        outlook = state.outlooks[name]
        held = outlook.beliefs[fact.name]
        if counted(held, evidence):
            continue
        state.outlooks[name] = outlook.learn(fact.name, fuse(held, evidence, fact=fact))
        state.players.pop(name, None)
    state.forget("utilities", "reach", "course")


def doubt_about(state: State, message: Message, evidence: Evidence) -> Doubt | None:
    """Whom the claim of a seat surprises most, where it is about something that matters to it."""
    fact, most, doubt = state.table.fact[evidence.fact], SURPRISING, None
    for name in message.recipients or state.names:
        outlook = state.outlooks[name]
        held = outlook.beliefs[fact.name]
        surprised = abs(surprise(held, evidence, fact=fact))
        news = not counted(held, evidence) and name != message.sender
        if surprised > most and news and outlook.reads(fact.name):
            most, private = surprised, bool(message.recipients)
            doubt = Doubt(name, message.seq, message.sender, private, held, evidence)
    return doubt
