"""What a person approves beforehand: a bounded region of one scenario's agreements.

Each use takes one of `max_count` and its expected harm of `max_harm`, in the transaction that
routes the agreement; what is taken is never given back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from negotiation.roles import may_watch

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser, User


class MandateQuerySet(models.QuerySet["Mandate"]):
    def visible_to(self, user: User | AnonymousUser) -> MandateQuerySet:
        return self if may_watch(user) else self.none()

    def live(self, now: datetime) -> MandateQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=now)

    def with_room_for(self, harm: float) -> MandateQuerySet:
        return self.filter(used_count__lt=F("max_count"), max_harm__gte=F("used_harm") + harm)


class Mandate(models.Model):
    scenario = models.ForeignKey("Scenario", on_delete=models.PROTECT, related_name="mandates")
    # engine/requirements.Requirement, each as plain JSON: all of them have to hold.
    requirements = models.JSONField()
    max_count = models.PositiveIntegerField()
    max_harm = models.FloatField()
    expires_at = models.DateTimeField()
    reason = models.CharField(max_length=1000)
    # Whether it is the voice of a senior.
    senior = models.BooleanField(default=False)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mandates"
    )
    given_at = models.DateTimeField()
    used_count = models.PositiveIntegerField(default=0)
    used_harm = models.FloatField(default=0.0)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="mandate_is_bounded",
                condition=Q(max_count__gte=1, max_harm__gt=0, expires_at__gt=F("given_at")),
            ),
            models.CheckConstraint(
                name="mandate_never_used_more_often", condition=Q(used_count__lte=F("max_count"))
            ),
            models.CheckConstraint(
                name="mandate_never_takes_more_harm",
                condition=Q(used_harm__gte=0, used_harm__lte=F("max_harm")),
            ),
            models.CheckConstraint(name="mandate_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="mandate_revoked_by_somebody",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__gte=F("given_at"), revoked_by__isnull=False),
            ),
        ]
        indexes = [
            # Read by the transaction that routes an agreement.
            models.Index(
                fields=["scenario", "id"], name="mandate_live", condition=Q(revoked_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"mandate {self.pk}"
