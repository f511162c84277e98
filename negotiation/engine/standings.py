"""What lies on the table: standing offers, the one being answered, a claim that is doubted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.beliefs import Belief
    from negotiation.engine.messages import Evidence


@dataclass(frozen=True, slots=True)
class Standing:
    """An offer on the table: its row among the lawful ones and the message that made it."""

    row: int
    seq: int


@dataclass(frozen=True, slots=True)
class Named:
    """The offer that the seats are answering; its `owners` have asked for it themselves."""

    row: int
    seq: int
    owners: frozenset[str]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A claim, message `seq`, that is far from what `seat` believed (`held`) when it heard it.

    `private`: not everybody heard it.
    """

    seat: str
    seq: int
    sender: str
    private: bool
    held: Belief
    evidence: Evidence


@dataclass(slots=True)
class RoundSoFar:
    """What happened in one round: who asked, who spoke, and the offers that stood before."""

    before: Mapping[str, Standing] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    spoke: set[str] = field(default_factory=set)
