"""What happens when a timer's time has come: a reminder, more people are asked, or it is over.

A timer fires once: the effect is in the transaction that marks it as fired. Who decides at the same
moment holds the decision's row, as this does; the one who comes second finds nothing to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from negotiation import broadcast
from negotiation.models import Decision, Timer
from negotiation.services import audits, decisions, stops, timers

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def fire(*, timer_id: int, now: datetime) -> bool:
    """Whether it did anything. Harmless for one that has fired, was moved, is needed no more, or
    whose decision is stopped."""
    stops.share()
    timer = Timer.objects.filter(pk=timer_id).unstopped().first()
    if timer is None:
        return False
    # The decision first, as whoever moves it does: rows are locked in one order.
    decision = Decision.objects.select_for_update().parked().filter(pk=timer.decision_id).first()
    mine = Timer.objects.due(now).filter(pk=timer_id)
    if decision is None:
        mine.update(cancelled_at=now)
        return False
    if mine.update(fired_at=now) != 1:
        return False
    if timer.kind == Timer.Kind.END:
        _end(decision, now)
    else:
        _remind(decision, timer, now)
    return True


def _remind(decision: Decision, timer: Timer, now: datetime) -> None:
    audits.record("decision.reminded", decision, now=now, kind=timer.kind, due=_due(decision))


def _end(decision: Decision, now: datetime) -> None:
    if decision.escalated < decision.tier.get("escalations", 0):
        _escalate(decision, now)
    else:
        decisions.expire(decision=decision, now=now)


def _escalate(decision: Decision, now: datetime) -> None:
    """More people are asked, who have as much time again from now on."""
    decision.due_at = timers.end_of_window(decision, now)
    Decision.objects.filter(pk=decision.pk).update(
        escalated=F("escalated") + 1, due_at=decision.due_at
    )
    timers.start(decision, now)
    audits.record(
        "decision.escalated",
        decision,
        now=now,
        times=decision.escalated + 1,
        due=_due(decision),
    )
    broadcast.queue_changed()
    broadcast.transcript_changed(negotiation_id=decision.negotiation_id)


def _due(decision: Decision) -> str | None:
    return decision.due_at.isoformat() if decision.due_at else None
