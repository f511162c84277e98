from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from negotiation.roles import may_edit_rules

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser, User


class PolicyChangeQuerySet(models.QuerySet["PolicyChange"]):
    def visible_to(self, user: User | AnonymousUser) -> PolicyChangeQuerySet:
        return self if may_edit_rules(user) else self.none()

    def parked(self) -> PolicyChangeQuerySet:
        return self.filter(status=PolicyChange.Status.PARKED)

    def overdue(self, now: datetime) -> PolicyChangeQuerySet:
        return self.parked().filter(expires_at__lte=now)


class PolicyChange(models.Model):
    """A whole scenario that somebody wants to save and that loosens what its policy says.

    parked ──▶ saved | rejected        an admin who is not its author
       └─────▶ withdrawn | superseded | expired
    """

    class Status(models.TextChoices):
        PARKED = "parked", "Waits for a second admin"
        SAVED = "saved", "Saved"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"
        SUPERSEDED = "superseded", "Out of date"
        EXPIRED = "expired", "Expired"

    scenario = models.ForeignKey(
        "Scenario", on_delete=models.PROTECT, related_name="policy_changes"
    )
    # The version that was edited, and the only one that this may follow.
    base = models.ForeignKey("ScenarioVersion", on_delete=models.PROTECT, related_name="+")
    document = models.JSONField()
    document_hash = models.CharField(max_length=64)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300)
    # What it changes, as it was told to the author: texts and what each one does.
    changes = models.JSONField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PARKED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    # Why it was rejected or is over: a sentence for people.
    reason = models.CharField(max_length=1000, blank=True)

    objects = PolicyChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="policy_change_needs_four_eyes",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("author")),
            ),
            models.CheckConstraint(
                name="policy_change_is_decided_by_somebody",
                condition=~Q(status__in=["saved", "rejected"]) | Q(decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="policy_change_ends_at_a_time",
                condition=Q(status="parked", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(status="parked") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(name="policy_change_has_a_note", condition=~Q(note="")),
            models.UniqueConstraint(
                fields=["scenario", "author"],
                name="policy_change_one_parked_of_each",
                condition=Q(status="parked"),
            ),
        ]
        indexes = [
            # Read by the task that ends what nobody decided.
            models.Index(
                fields=["expires_at"], name="policy_change_due", condition=Q(status="parked")
            ),
        ]
