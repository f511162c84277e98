"""What is said next, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from negotiation.engine.endings import Agreement, NoAgreement
    from negotiation.engine.messages import Act, Evidence, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a seat or the mediator does next, before it is put into words as a message."""

    act: Act
    sender: str
    round: int
    recipients: tuple[str, ...] = ()
    in_reply_to: int | None = None
    row: int | None = None
    question: Question | None = None
    evidence: Evidence | None = None
    decided_by: str = "strategy"
    choices: int = 0  # how many offers the mediator chose from
    ending: Agreement | NoAgreement | None = None
