"""What a row of the audit trail means to people: the events it makes, each as one line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from approvals.models import Event
from negotiation.models import Timer
from negotiation.scenarios.texts import visible

if TYPE_CHECKING:
    from negotiation.models import AuditEntry, Decision, Negotiation

LONGEST_NAME = 120
LONGEST_REASON = 200


class Told(NamedTuple):
    event: Event
    text: str


# What a row of this action tells. `{why}` and `{when}` bring their own space.
SAID: dict[str, list[Told]] = {
    "decision.parked": [Told(Event.PARKED, "{name} needs approval.{when}")],
    "decision.chosen": [
        Told(Event.PARKED, "{name} was chosen where nobody agreed and needs approval.{when}{why}")
    ],
    "decision.amended": [Told(Event.PARKED, "{name} was amended and needs approval.{when}{why}")],
    "decision.returned": [
        Told(Event.PARKED, "{name} came back and needs approval again.{when}{why}"),
        Told(Event.DECIDED, "{name} came back to people.{why}"),
    ],
    "decision.reminded": [
        Told(Event.REMINDER, "{name} still needs approval: {share} of its time has passed.{when}")
    ],
    "decision.escalated": [
        Told(
            Event.ESCALATED,
            "{name} was escalated to senior managers: nobody decided in time.{when}",
        )
    ],
    "decision.cleared": [Told(Event.DECIDED, "{name} was approved by {who}.{why}")],
    "decision.rejected": [Told(Event.DECIDED, "{name} was rejected by {who}.{why}")],
    "decision.withdrawn": [Told(Event.DECIDED, "{name} was withdrawn by {who}.{why}")],
    "decision.sent_back": [Told(Event.DECIDED, "{name} was sent back by {who}.{why}")],
    "decision.refused": [
        Told(Event.DECIDED, "{name} is refused by the policy; no person can clear it.{why}")
    ],
    "glass.broken": [
        Told(
            Event.PARKED,
            "{name} was cleared by {who} alone, with broken glass. Look at it within a day.{why}",
        ),
        Told(Event.DECIDED, "{name} was cleared by {who} alone, with broken glass.{why}"),
    ],
    "decision.voided": [Told(Event.DECIDED, "{name} is void.{why}")],
    "decision.expired": [
        Told(
            Event.DECIDED,
            "{name} expired: nobody decided in time, and nothing was carried out.",
        )
    ],
    "execution.succeeded": [Told(Event.EXECUTED, "{name} was carried out.")],
    "execution.failed": [Told(Event.FAILED, "{name} failed.{why}")],
}


def told_by(entry: AuditEntry, decision: Decision) -> list[Told]:
    """What the row tells; who is concerned by two of these is told the first."""
    if entry.action == "decision.cleared" and entry.user_id is None:
        return []  # by the policy: nobody waited for it
    words = {
        "name": name_of(decision),
        "who": _short(entry.actor, LONGEST_NAME),
        "why": _why(entry),
        "when": _by_when(decision),
        "share": "half" if entry.details.get("kind") == Timer.Kind.REMIND_HALF else "nine tenths",
    }
    return [Told(event, text.format(**words)) for event, text in SAID.get(entry.action, ())]


def asked_by(negotiation: Negotiation) -> Told:
    """The end of a table that asks a person, as one line."""
    name = f"{_short(negotiation.title, LONGEST_NAME)} #{negotiation.pk}"
    why = _short(negotiation.reason)
    return Told(Event.ASKED, f"{name} ended without an agreement and asks you to choose. {why}")


def name_of(decision: Decision) -> str:
    """Action and target of the package and the number of its table, as a name at the beginning of
    a line: equal decisions are told apart."""
    try:
        package = json.loads(decision.package)
        action, target = str(package["action"]), str(package["target"])
    except (ValueError, KeyError, TypeError):
        # Somebody changed it behind Parley's back: its page says so.
        return f"Decision {decision.pk}"
    words = action.replace("-", " ")
    shown = _short(f"{words[:1].upper()}{words[1:]} · {target}", LONGEST_NAME)
    return f"{shown} #{decision.negotiation_id}"


def _why(entry: AuditEntry) -> str:
    why = _short(entry.details.get("reason") or entry.details.get("answer"))
    return f" “{why}”" if why else ""


def _by_when(decision: Decision) -> str:
    return f" Decide by {decision.due_at:%d %b %Y, %H:%M} UTC." if decision.due_at else ""


def _short(text: object, longest: int = LONGEST_REASON) -> str:
    shown = " ".join(visible(str(text or "")).split())
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
