"""A stored transcript as the session that it is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.messages import Message
from negotiation.engine.session import Session

if TYPE_CHECKING:
    from negotiation.models import Negotiation
    from negotiation.scenarios.compilers import CompiledScenario


def replayed(negotiation: Negotiation, scenario: CompiledScenario) -> Session:
    """As it stands in the database now; raises IllegalMove if a message cannot stand."""
    said = [Message.from_dict(message.body) for message in negotiation.messages.all()]
    return Session.replay(scenario.table, seed=negotiation.seed, messages=said)
