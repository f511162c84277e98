"""A person asks for something more: the table goes on from where it stood, over fewer offers.

What was told is known, standing offers that are still lawful stand, what was refused stays
refused, and rounds are counted on; nobody asks for more again than it did. There are at least a
few rounds more; in those after the deadline that was planned all ask for their limits only. An
agreement is withdrawn, and then, before the table gives up, the mediator takes what enough seats
can accept, if there is anything.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from math import inf
from typing import TYPE_CHECKING

from negotiation.engine import requirements
from negotiation.engine.endings import Agreement
from negotiation.engine.messages import PERSON
from negotiation.engine.outlook import Outlook
from negotiation.engine.standings import RoundSoFar
from negotiation.engine.strategies.players import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.messages import Evidence, Message
    from negotiation.engine.standings import Standing
    from negotiation.engine.state import State
    from negotiation.engine.table import Table

_MORE = 3
"""So many rounds are left at least."""


def narrow(state: State, message: Message) -> None:
    """Counts in the requirements of a message that fits the table."""
    withdrawn = isinstance(state.ending, Agreement)
    before, after = state.table, _narrowed(state, message, withdrawn=withdrawn)
    rows = _Rows(before, after)
    state.conceded = _conceded(state)
    state.table = after
    state.outlooks = {
        name: Outlook(after, outlook.seat, outlook.beliefs)
        for name, outlook in state.outlooks.items()
    }
    state.standing = rows.standing(state.standing)
    state.text = rows.moved(state.text) if state.text else None
    so_far = state.so_far
    state.so_far = RoundSoFar(rows.standing(so_far.before), so_far.asked, so_far.spoke)
    state.refused = {row for old in state.refused if (row := rows.now(old)) != NOTHING}
    state.record.renumber(rows.now)
    state.players.clear()
    if withdrawn:
        state.ending = None
        state.reopened.append(message.seq)
        state.excused = len(state.refused)
    if state.named is not None:
        row = NOTHING if withdrawn else rows.now(state.named.row)
        state.named = replace(state.named, row=row) if row != NOTHING else None
        state.answers = state.answers if state.named else {}
    state.forget("utilities", "reach", "course")


class _Rows:
    """Where offers of one table stand at another one over the same space or another pool."""

    def __init__(self, before: Table, after: Table) -> None:
        self._before = before
        self._after = after

    def now(self, row: int) -> int:
        """The row at the other table; NOTHING if the offer is not lawful there."""
        found = self._after.row_of(int(self._before.lawful[row])) if row != NOTHING else None
        return NOTHING if found is None else found

    def standing(self, offers: Mapping[str, Standing]) -> dict[str, Standing]:
        """The offers that are still lawful."""
        return {name: kept for name, own in offers.items() if (kept := self.moved(own))}

    def moved(self, own: Standing) -> Standing | None:
        row = self.now(own.row)
        return replace(own, row=row) if row != NOTHING else None


def constrained(table: Table, message: Message, told: Mapping[str, Evidence]) -> Table:
    """The table with the requirements of a message, at what everybody was told before it."""
    by = message.sender.removeprefix(PERSON)
    facts = {name: claim.mean for name, claim in told.items()}
    rules = [
        requirements.constraint(table, each, by=by, facts=facts) for each in message.requirements
    ]
    return replace(table, constraints=(*table.constraints, *rules))


def _narrowed(state: State, message: Message, *, withdrawn: bool) -> Table:
    table, narrowed = state.table, constrained(state.table, message, state.told)
    round_ = state.round
    if table.protocol == "alternating":
        round_ = max(round_, state.turns // len(state.names) + 1)
    narrowed = replace(narrowed, rounds=max(table.rounds, round_ + _MORE))
    return replace(narrowed, resolution=_steps(table.resolution)) if withdrawn else narrowed


def _steps(resolution: tuple[str, ...]) -> tuple[str, ...]:
    """What is tried at the end: the mediator first, and no person, for one has just spoken."""
    before = takewhile(lambda step: step != "ask", resolution)
    last = ("status_quo",) if "status_quo" in resolution else ()
    return tuple(dict.fromkeys(("mediate", *before, *last)))


def _conceded(state: State) -> dict[str, float]:
    """The least that each seat has asked for: in its own offers, and in what it accepted."""
    least = {}
    offers = state.record.read().offers
    for place, name in enumerate(state.names):
        own = list(offers[place])
        if state.named is not None and state.answers.get(name):
            own.append(state.named.row)
        utilities = state.outlooks[name].utilities
        asked = float(utilities[own].min()) if own else inf
        least[name] = min(asked, state.conceded.get(name, inf))
    return least
