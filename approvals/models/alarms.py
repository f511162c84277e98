"""What the auditor found: something that is open and that nobody will ever look at again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def live(self) -> AlarmQuerySet:
        return self.filter(ended_at=None)


class Alarm(models.Model):
    """Raised once for each item, however often it is looked at, and ended when it is mended."""

    kind = models.CharField(max_length=30)
    item_id = models.BigIntegerField()
    sentence = models.CharField(max_length=300)
    raised_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "item_id"],
                name="alarm_once_for_an_item",
                condition=Q(ended_at=None),
            ),
        ]
