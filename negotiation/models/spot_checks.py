"""Some of what is cleared without a person is looked at afterwards, so that one knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from negotiation.models.decisions import Decision
from negotiation.roles import may_watch

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User


class SpotCheckQuerySet(models.QuerySet["SpotCheck"]):
    def visible_to(self, user: User | AnonymousUser) -> SpotCheckQuerySet:
        return self if may_watch(user) else self.none()

    def open(self) -> SpotCheckQuerySet:
        return self.filter(checked_at=None)


class SpotCheck(models.Model):
    """One automatic decision that was drawn. It holds up nothing."""

    class Verdict(models.TextChoices):
        RIGHT = "right", "Right"
        WRONG = "wrong", "Wrong"

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="spot_check")
    drawn_at = models.DateTimeField()
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict = models.CharField(max_length=5, choices=Verdict, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    checked_at = models.DateTimeField(null=True)

    objects = SpotCheckQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="spot_check_is_whole",
                condition=Q(checked_at__isnull=True, checked_by__isnull=True, verdict="")
                | Q(
                    checked_at__gte=F("drawn_at"),
                    checked_by__isnull=False,
                    verdict__in=["right", "wrong"],
                ),
            ),
            models.CheckConstraint(
                name="spot_check_wrong_says_why", condition=~Q(verdict="wrong", note="")
            ),
        ]
        indexes = [
            # Read by the approvals page.
            models.Index(fields=["drawn_at"], name="spot_check_open", condition=Q(checked_at=None)),
        ]
