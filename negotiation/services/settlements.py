"""What a report of what really happened makes of what agents had said.

Each claim of a seat about a measured fact is settled, and so is how sure it was of the agreement.
Everything is read from rows that never change, so that the same report settles the same way again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from negotiation.engine.messages import Act
from negotiation.engine.messages import Message as EngineMessage
from negotiation.engine.space import NotInSpace
from negotiation.engine.trust import SELF_SERVING, deviation, is_right
from negotiation.models import Decision, Message, Report, TrustEntry
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.readings import FactsUsed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from negotiation.engine.messages import Option
    from negotiation.engine.table import Seat
    from negotiation.models import Negotiation
    from negotiation.scenarios.compilers import CompiledScenario


@dataclass(frozen=True)
class World:
    """What the agreed offer was worth to each seat, at any figures of the facts."""

    scenario: CompiledScenario
    offer: Mapping[str, Option]
    facts: FactsUsed

    @classmethod
    def of(cls, decision: Decision, said: Sequence[Message]) -> World | None:
        """None where the scenario can no longer be read, or has no such offer."""
        try:
            scenario = decision.negotiation.version.compiled()
            places = scenario.table.space.places_of(decision.agreed)
        except (ScenarioError, ValidationError, NotInSpace):
            return None
        moves = [EngineMessage.from_dict(message.body) for message in said]
        facts = scenario.facts_used(moves)
        return cls(scenario.through(np.array([places])), decision.agreed, facts)

    def at(self, measured: Mapping[str, float]) -> World:
        """The same with what was measured in the place of what was told."""
        facts = tuple(
            replace(fact, value=measured[fact.fact]) if fact.fact in measured else fact
            for fact in self.facts.facts
        )
        return World(self.scenario, self.offer, FactsUsed(facts))

    def utilities(self) -> dict[str, float | None]:
        """By seat; None where a figure is unknown."""
        values = self.scenario.values(dict(self.offer), self.facts)
        return {seat.name: _utility(seat, values) for seat in self.scenario.table.seats}

    def limit(self, seat: str) -> float:
        return self.scenario.table.seat[seat].preferences.reservation


def _utility(seat: Seat, values: Mapping[str, Option | None]) -> float | None:
    total = 0.0
    for objective in seat.preferences.objectives:
        value = values.get(objective.subject)
        if value is None:
            return None
        total += float(seat.preferences.contribution(objective, np.array([value]))[0])
    return total


def settled(decision: Decision, report: Report) -> list[TrustEntry]:
    """The entries of a report, unsaved: of claims about what was measured, then of confidences."""
    negotiation = decision.negotiation
    said = list(negotiation.messages.order_by("seq"))
    seats = {seat["name"] for seat in negotiation.version.document["seats"]}
    told, sure = _last_claims(said, seats), _last_confidences(said, seats)
    if not told and not sure:
        return []
    measured = {each["name"]: each for each in report.measured}
    world = World.of(decision, said) if measured else None
    entries = [
        _claim(negotiation, message, measured[fact], world)
        for (_, fact), message in sorted(told.items())
        if fact in measured
    ]
    entries += [
        _confidence(negotiation, message, report, world) for _, message in sorted(sure.items())
    ]
    for entry in entries:
        entry.report, entry.settled_at = report, report.reported_at
    return entries


def told(entries: Sequence[TrustEntry]) -> list[dict[str, Any]]:
    """For the audit trail: who was right about what."""
    return [
        {"seat": each.seat, "fact": each.fact, "right": each.right, "weight": each.weight}
        for each in entries
    ]


def _last_claims(said: Sequence[Message], seats: set[str]) -> dict[tuple[str, str], Message]:
    """By seat and fact; what a seat said last about a fact is what it stands for."""
    return {
        (message.sender, message.body["evidence"]["fact"]): message
        for message in said
        if message.sender in seats and message.act == Act.INFORM and message.body.get("evidence")
    }


def _last_confidences(said: Sequence[Message], seats: set[str]) -> dict[str, Message]:
    """Of offers and consents: how sure each seat was, the last time it said so."""
    acts = {Act.PROPOSE, Act.REVISE, Act.ACCEPT}
    return {
        message.sender: message
        for message in said
        if message.sender in seats
        and message.act in acts
        and isinstance(message.body.get("confidence"), int | float)
    }


def _claim(
    negotiation: Negotiation, message: Message, measured: Mapping[str, Any], world: World | None
) -> TrustEntry:
    said = message.body["evidence"]
    z = deviation(said["mean"], said["sd"], measured["value"], measured["sd"])
    right = is_right(z)
    serving = not right and _served(world, message.sender, said, measured["value"])
    return TrustEntry(
        negotiation=negotiation,
        seat=message.sender,
        fact=said["fact"],
        seq=message.seq,
        claimed=said["mean"],
        sd=said["sd"],
        measured=measured["value"],
        z=z,
        provenance="resolvable" if said.get("url") else "none",
        stated=message.body.get("confidence"),
        right=right,
        weight=SELF_SERVING if serving else 1,
    )


def _served(world: World | None, seat: str, said: Mapping[str, Any], measured: float) -> bool:
    """Whether the claim made what was agreed look better to the others than it was."""
    if world is None:
        return False
    as_said = world.at({said["fact"]: said["mean"]}).utilities()
    as_it_was = world.at({said["fact"]: measured}).utilities()
    pairs = [(one, as_it_was[name]) for name, one in as_said.items() if name != seat]
    gains = [one - was for one, was in pairs if one is not None and was is not None]
    return sum(gains) > 0


def _confidence(
    negotiation: Negotiation, message: Message, report: Report, world: World | None
) -> TrustEntry:
    return TrustEntry(
        negotiation=negotiation,
        seat=message.sender,
        seq=message.seq,
        stated=min(max(float(message.body["confidence"]), 0.0), 1.0),
        right=_came_true(message.sender, report, world),
    )


def _came_true(seat: str, report: Report, world: World | None) -> bool:
    """It went well, and at what was measured the agreement cleared the seat's limit."""
    if report.outcome in Report.BAD:
        return False
    if world is None:
        return True
    found = {each["name"]: each["value"] for each in report.measured}
    utility = world.at(found).utilities()[seat]
    return utility is None or utility >= world.limit(seat) - 1e-9
