"""How a negotiation can end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.messages import Offer


@dataclass(frozen=True, slots=True)
class Agreement:
    """An accepted offer. `confidence`: for each seat P(u ≥ r) when it was accepted."""

    offer: Offer
    confidence: Mapping[str, float]


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
class NoAgreement:
    """The end without an accepted offer: a sentence for people, and what cannot be met together.

    `conflicts` is a smallest set; it is empty if an offer would have done and time ran out.
    """

    reason: str
    conflicts: tuple[Conflict, ...] = ()
