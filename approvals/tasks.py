"""Doors for the workers, as in `negotiation/tasks.py`."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from negotiation.models import Timer
from negotiation.services import deadlines


@shared_task
def fire_timers(**_: object) -> None:
    """Reminds, asks more people, and ends what nobody decided: whatever has come due, in order."""
    now = timezone.now()
    for pk in Timer.objects.due(now).values_list("pk", flat=True):
        deadlines.fire(timer_id=pk, now=now)
