"""What the seats know after some messages: their beliefs, and over which offers they negotiate.

Only what was told and what people asked for moves these, so nothing has to be played: the same as a
session that is replayed, at the cost of the few messages that tell something.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.beliefs import Belief, fuse, note
from negotiation.engine.outlook import Outlook
from negotiation.engine.reopenings import constrained

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from negotiation.engine.messages import Evidence, Message
    from negotiation.engine.space import FloatArray
    from negotiation.engine.table import Table


@dataclass(frozen=True, slots=True)
class Hearing:
    """A claim that was made in message `seq`, with the belief of each seat that heard it, before
    and after. Where both are the same it had counted the source already, or had no doubt."""

    seq: int
    sender: str
    evidence: Evidence
    everybody: bool
    before: Mapping[str, Belief]
    after: Mapping[str, Belief]


@dataclass(frozen=True)
class Retelling:
    """`beliefs`: by seat and fact; `table`: what is negotiated, once people asked for more."""

    table: Table
    beliefs: Mapping[str, Mapping[str, Belief]]
    hearings: tuple[Hearing, ...] = ()
    told: Mapping[str, Evidence] = field(default_factory=dict)

    @classmethod
    def begin(cls, table: Table) -> Retelling:
        """Before anything is said."""
        return cls(table, {seat.name: Outlook.first(table, seat).beliefs for seat in table.seats})

    @property
    def utilities(self) -> FloatArray:
        """What each seat expects of each lawful offer, shape (rows, seats); computed anew."""
        return np.stack(
            [
                Outlook(self.table, seat, self.beliefs[seat.name]).utilities
                for seat in self.table.seats
            ],
            axis=1,
        )

    def after(self, messages: Iterable[Message]) -> Retelling:
        """Once these have been said too."""
        found = self
        for message in messages:
            if message.told is not None:
                found = found._heard(message, message.told)
            if message.requirements:
                table = constrained(found.table, message, found.told)
                found = Retelling(table, found.beliefs, found.hearings, found.told)
        return found

    def _heard(self, message: Message, claim: Evidence) -> Retelling:
        fact = self.table.fact[claim.fact]
        to = message.recipients or tuple(self.beliefs)
        before = {name: self.beliefs[name][fact.name] for name in to}
        after = {name: fuse(belief, claim, fact=fact) for name, belief in before.items()}
        changed = {name: {**self.beliefs[name], fact.name: after[name]} for name in to}
        told = dict(self.told)
        if not message.recipients:
            note(told, claim)
        hearing = Hearing(message.seq, message.sender, claim, not message.recipients, before, after)
        return Retelling(self.table, {**self.beliefs, **changed}, (*self.hearings, hearing), told)
