"""When a parked decision is looked at again: a row for each moment, made when it is parked.

live ──▶ fired        once, in the transaction of what it does (services/deadlines)
  └────▶ cancelled    the decision was parked anew, or is parked no longer
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from negotiation.models.decisions import Decision
from negotiation.models.stops import Stop

if TYPE_CHECKING:
    from datetime import datetime


class TimerQuerySet(models.QuerySet["Timer"]):
    def live(self) -> TimerQuerySet:
        return self.filter(fired_at=None, cancelled_at=None)

    def due(self, now: datetime) -> TimerQuerySet:
        """In the order of their times, however long nobody looked."""
        return self.live().filter(due_at__lte=now).order_by("due_at", "id")

    def unstopped(self) -> TimerQuerySet:
        """Of decisions over which there is no live stop: under one no time passes."""
        return self.filter(~Stop.objects.live().reach("decision__negotiation__"))

    def needed(self) -> TimerQuerySet:
        """A decision that is parked no longer needs none."""
        return self.filter(decision__status=Decision.Status.PARKED)


class Timer(models.Model):
    class Kind(models.TextChoices):
        REMIND_HALF = "remind_half", "Half of the time has passed"
        REMIND_LATE = "remind_late", "A tenth of the time is left"
        END = "end", "The time has run out"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="timers")
    kind = models.CharField(max_length=11, choices=Kind)
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    objects = TimerQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "kind"],
                name="timer_one_live_of_a_kind",
                condition=Q(fired_at=None, cancelled_at=None),
            ),
            models.CheckConstraint(
                name="timer_fired_or_cancelled",
                condition=Q(fired_at__isnull=True) | Q(cancelled_at__isnull=True),
            ),
            models.CheckConstraint(
                name="timer_never_fires_early",
                condition=Q(fired_at__isnull=True) | Q(fired_at__gte=models.F("due_at")),
            ),
            models.CheckConstraint(
                name="timer_is_of_a_known_kind",
                condition=Q(kind__in=["remind_half", "remind_late", "end"]),
            ),
        ]
        indexes = [
            # Read by the task that fires them.
            models.Index(
                fields=["due_at"],
                name="timer_due",
                condition=Q(fired_at=None, cancelled_at=None),
            ),
        ]
