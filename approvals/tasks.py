"""Doors for the workers, as in `negotiation/tasks.py`."""

from __future__ import annotations

from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from negotiation.models import Decision
from negotiation.services import decisions


@shared_task
def expire_decisions(**_: object) -> None:
    """Ends what nobody decided in its window."""
    now = timezone.now()
    for decision in Decision.objects.overdue(now).select_related("negotiation"):
        # Somebody decided it this very moment: then there is nothing to expire.
        with suppress(decisions.NotParked):
            decisions.expire(decision=decision, now=now)
