from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from negotiation.roles import may_audit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User


class TrailCheckQuerySet(models.QuerySet["TrailCheck"]):
    def visible_to(self, user: User | AnonymousUser) -> TrailCheckQuerySet:
        return self if may_audit(user) else self.none()

    def open(self) -> TrailCheckQuerySet:
        return self.filter(ended_at=None)


class TrailCheck(models.Model):
    """One reading of the whole audit trail, by the clock or because a person asked.

    open ──▶ sound | broken (a worker)  |  given up (it took too long, or its worker died)
    """

    class Result(models.TextChoices):
        SOUND = "sound", "Sound"
        BROKEN = "broken", "Broken"
        GIVEN_UP = "given_up", "Not finished"

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=8, choices=Result, blank=True)
    # Of a sound trail how many rows it had; of a broken one the first that is wrong.
    number = models.PositiveBigIntegerField(null=True)
    sentence = models.CharField(max_length=500, blank=True)

    objects = TrailCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            # All that are open have the same result: none.
            models.UniqueConstraint(
                fields=["result"], name="trail_check_is_one_at_a_time", condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="trail_check_ends_with_a_result",
                condition=Q(ended_at=None, result="")
                | Q(ended_at__isnull=False, result__in=["sound", "broken", "given_up"]),
            ),
        ]

    def __str__(self) -> str:
        return f"Check of the audit trail at {self.asked_at}"
