"""How a negotiation can end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.messages import Offer

Rule = Literal["consent", "mediation", "precedence", "vote", "person"]
IMPOSED: Mapping[Rule, str] = {
    "precedence": "The seats did not agree; an order of precedence decided.",
    "vote": "The seats did not agree; a weighted vote decided.",
    "person": "A person decided this, not the seats.",
}
"""What decides without asking whether the seats can live with it, with a sentence for people."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The offer in which a negotiation ends. `confidence`: for each seat P(u ≥ r) at that time.

    `by` what it was decided; `below` names the seats that expect less than their limit from it.
    They have not accepted it: they were outnumbered, or a rule of the table imposed it.
    """

    offer: Offer
    confidence: Mapping[str, float]
    by: Rule = "consent"
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """One of the demands that cannot be met together.

    `name` is a constraint's or a seat's; `relaxed` is the limit that would do if every other
    constraint stays, None where no single number does.
    """

    name: str
    text: str
    kind: Literal["constraint", "reservation"]
    relaxed: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer that a person may look at, and the seats whose limit it is below."""

    offer: Offer
    below: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoAgreement:
    """The end without an offer: a sentence for people, and what cannot be met together.

    `conflicts` is a smallest set; it is empty if an offer would have done and time ran out. Where
    the table `asks` a person, `candidates` are offers to begin with. `status_quo`: by the table's
    rule everything stays as it is.
    """

    reason: str
    conflicts: tuple[Conflict, ...] = ()
    asks: bool = False
    candidates: tuple[Candidate, ...] = ()
    status_quo: bool = False
