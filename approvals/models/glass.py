"""Every broken glass is looked at afterwards by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from negotiation.models import Decision
from negotiation.roles import may_watch

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser, User


class GlassReviewQuerySet(models.QuerySet["GlassReview"]):
    def visible_to(self, user: User | AnonymousUser) -> GlassReviewQuerySet:
        return self if may_watch(user) else self.none()

    def open(self) -> GlassReviewQuerySet:
        return self.filter(reviewed_at=None)

    def overdue(self, now: datetime) -> GlassReviewQuerySet:
        """Nobody has looked at it in time: alarmed, and still to be done."""
        return self.open().filter(due_at__lte=now)


class GlassReview(models.Model):
    class Verdict(models.TextChoices):
        JUSTIFIED = "justified", "Justified"
        NOT_JUSTIFIED = "not_justified", "Not justified"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="glass_reviews")
    # What was cleared: the decision may come back and be another package afterwards.
    package_hash = models.CharField(max_length=64)
    broken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    broken_at = models.DateTimeField()
    reason = models.CharField(max_length=1000)
    # Chosen by who calls, one for each intention.
    key = models.CharField(max_length=100)
    due_at = models.DateTimeField()
    # When the log was told that it is overdue.
    alarmed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict = models.CharField(max_length=13, choices=Verdict, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    reviewed_at = models.DateTimeField(null=True)

    objects = GlassReviewQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["broken_by", "key"], name="glass_broken_once_per_key"),
            models.CheckConstraint(
                name="glass_review_by_somebody_else",
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("broken_by")),
            ),
            models.CheckConstraint(
                name="glass_review_is_whole",
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, verdict="", note="")
                | Q(
                    reviewed_at__gte=F("broken_at"),
                    reviewed_by__isnull=False,
                    verdict__in=["justified", "not_justified"],
                )
                & ~Q(note=""),
            ),
            models.CheckConstraint(
                name="glass_review_has_a_time", condition=Q(due_at__gt=F("broken_at"))
            ),
        ]
        indexes = [
            # Read by the approvals page and by the alarm.
            models.Index(
                fields=["due_at"], name="glass_review_open", condition=Q(reviewed_at=None)
            ),
        ]
