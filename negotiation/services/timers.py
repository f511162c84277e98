"""The times of a parked decision: set when it is parked, moved while its clock stands still.

Call these in the transaction that parks or holds the decision; that is whose audit row it is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from negotiation.models import Decision, Timer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

# How much of the window has passed when people are reminded.
REMINDERS = {Timer.Kind.REMIND_HALF: 0.5, Timer.Kind.REMIND_LATE: 0.9}


@transaction.atomic
def start(decision: Decision, now: datetime) -> None:
    """Sets the times of a decision that is parked, from now until its `due_at` in the database.

    Whatever was set before is cancelled.
    """
    Timer.objects.live().filter(decision=decision).update(cancelled_at=now)
    end = Decision.objects.parked().values_list("due_at", flat=True).get(pk=decision.pk)
    if end is None:
        raise AssertionError("what is parked has a due time")
    window = max(end - now, timedelta(0))
    moments = {kind: now + window * share for kind, share in REMINDERS.items()}
    moments[Timer.Kind.END] = end
    Timer.objects.bulk_create(
        Timer(decision=decision, kind=kind, due_at=moment) for kind, moment in moments.items()
    )


@transaction.atomic
def shift(decision: Decision, *, by: timedelta) -> None:
    """Moves all that is still to come of a parked decision: its clock stood still for `by`.

    Harmless in every other state.
    """
    if Decision.objects.parked().filter(pk=decision.pk).update(due_at=F("due_at") + by):
        Timer.objects.live().filter(decision=decision).update(due_at=F("due_at") + by)


@transaction.atomic
def shift_all(decision_ids: Sequence[int], *, by: timedelta) -> None:
    """As `shift`, for many at once."""
    parked = Decision.objects.parked().filter(pk__in=decision_ids)
    parked.update(due_at=F("due_at") + by)
    Timer.objects.live().filter(decision__in=parked.values("pk")).update(due_at=F("due_at") + by)


def end_of_window(decision: Decision, now: datetime) -> datetime:
    """When its time runs out if that begins now: as its tier said when it was routed."""
    return now + timedelta(hours=decision.tier["window_hours"])
